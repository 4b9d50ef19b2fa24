"""Runs every vector of testvectors/manifest.json, and damaged bundles that must not raise."""
import datetime
import io
import json
import pathlib
import random
import unittest

import bukti
from bukti.cms import Trust
from bukti.command import shown
from bukti.verdict import parse_receipt

VECTORS = pathlib.Path(__file__).resolve().parents[2] / "testvectors"
PLACE = ("code", "record", "volume", "offset", "length", "item")


def entries():
    for entry in json.loads((VECTORS / "manifest.json").read_text("utf-8"))["vectors"]:
        if all((VECTORS / name).exists() for name in entry["files"]):
            yield entry


def seconds(text):
    return text and int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


def run(entry, contents=None):
    contents = contents or [(VECTORS / name).read_bytes() for name in entry["files"]]
    roots = [str(VECTORS / entry["roots"])] if entry["roots"] else []
    receipts = [parse_receipt((VECTORS / name).read_bytes()) for name in entry["receipts"]]
    options = {"max_plain": entry["max-plain"]} if entry.get("max-plain") is not None else {}
    return bukti.verify([io.BytesIO(data) for data in contents], Trust(roots, entry["pins"], seconds(entry["at"])),
                        receipts, collect=True, **options)


class Vectors(unittest.TestCase):
    maxDiff = None

    def test_every_vector(self):
        count = 0
        for entry in entries():
            with self.subTest(entry["id"]):
                self.one(entry)
            count += 1
        self.assertGreater(count, 0)

    def one(self, entry):
        expect = entry["expect"]
        if "refused" in expect:
            with self.assertRaises(bukti.Refused) as caught:
                run(entry)
            self.assertEqual(str(caught.exception), expect["refused"])
            return
        report, reader = run(entry)
        self.assertEqual([tuple(f[k] for k in PLACE) for f in report["findings"]],
                         [tuple(f[k] for k in PLACE) for f in expect["findings"]])
        self.assertEqual(report["claims"], expect["claims"])
        for found, wanted in zip(report["seals"], expect["seals"]):
            self.assertEqual({k: found[k] for k in wanted if k != "signatures"},
                             {k: v for k, v in wanted.items() if k != "signatures"})
            for signature, said in zip(found["signatures"], wanted.get("signatures", ())):
                self.assertEqual({k: signature[k] for k in said}, said)
        self.assertEqual(len(report["seals"]), len(expect["seals"]))
        items = {str(item): {"sha256": body[5][1].hex(), "size": body[3]}
                 for _, item, body, _, holds in reader.items if holds}
        self.assertEqual(items, expect["items"])


class Damage(unittest.TestCase):
    def test_five_hundred_mutations_do_not_raise(self):
        chance, usable = random.Random(7), [e for e in entries() if "findings" in e["expect"]]
        for number in range(500):
            entry = chance.choice(usable)
            contents = [bytearray((VECTORS / name).read_bytes()) for name in entry["files"]]
            data = chance.choice(contents)
            for _ in range(chance.randrange(1, 4)):
                at = chance.randrange(len(data))
                change = chance.randrange(4)
                if change == 0:
                    data[at] ^= 1 << chance.randrange(8)
                elif change == 1:
                    del data[at:at + chance.randrange(1, 400)]
                elif change == 2:
                    data[at:at] = data[chance.randrange(len(data)):][:chance.randrange(1, 400)]
                else:
                    data[at:at + 8] = chance.randbytes(8)
                if not data:
                    break
            with self.subTest(entry["id"], number=number):
                try:
                    json.dumps(run(entry, [bytes(c) for c in contents])[0])
                except bukti.Refused:
                    pass


class Words(unittest.TestCase):
    def test_names_are_escaped(self):
        self.assertEqual(shown(b"a\x1b[2J\xff\\"), "a\\u{1b}[2J\\xff\\u{5c}")
        self.assertEqual(shown("\u202e\x9b\n"), "\\u{202e}\\u{9b}\\u{a}")


if __name__ == "__main__":
    unittest.main()
