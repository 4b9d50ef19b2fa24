"""Runs every vector of testvectors/manifest.json, and damaged bundles that must not raise."""
import datetime
import hashlib
import io
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

import bukti
from bukti import command
from bukti.cms import Trust
from bukti.command import shown
from bukti.log import Logs
from bukti.tree import parse_receipt
from bukti.verdict import HOLDS

VECTORS = pathlib.Path(__file__).resolve().parents[2] / "testvectors"
OLDER_OPENSSL = """#!/bin/sh
case " $* " in
*" -help "*) %(real)s "$@" 2>&1 | grep -v -e -cades -e -partial_chain; exit 0 ;;
*" -cades "* | *" -partial_chain "*) exit 1 ;;
esac
exec %(real)s "$@"
"""
PLACE = ("code", "record", "volume", "offset", "length", "item")


def path_of(name):
    """The largest vectors are written below build/, on demand."""
    return VECTORS / name if (VECTORS / name).exists() else VECTORS / "build" / name


def entries():
    for entry in json.loads((VECTORS / "manifest.json").read_text("utf-8"))["vectors"]:
        if all(path_of(name).exists() for name in entry["files"]):
            yield entry


def seconds(text):
    return text and int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


def run(entry, contents=None):
    contents = contents or [path_of(name).read_bytes() for name in entry["files"]]
    roots = [str(VECTORS / entry["roots"])] if entry["roots"] else []
    receipts = [parse_receipt((VECTORS / name).read_bytes()) for name in entry["receipts"]]
    options = {"max_plain": entry["max-plain"]} if entry.get("max-plain") is not None else {}
    trust = Trust(roots, entry["pins"], seconds(entry["at"]))
    files = [io.BytesIO(data) for data in contents]
    logs = Logs(*([key.encode() for key in entry.get(name, ())] for name in ("log-keys", "witness-keys")))
    return bukti.verify(files, trust, receipts, collect=True, logs=logs, **options)


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
        logs = [{k: v for k, v in log.items() if k != "reason"} for log in report["log-proofs"]]
        self.assertEqual(logs, expect.get("log-proofs", []))


class Damage(unittest.TestCase):
    def test_five_hundred_mutations_do_not_raise(self):
        chance = random.Random(7)
        usable = [e for e in entries() if not e.get("generated") and "findings" in e["expect"]]
        for number in range(500):
            entry = chance.choice(usable)
            contents = [bytearray(path_of(name).read_bytes()) for name in entry["files"]]
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


class Signatures(unittest.TestCase):
    def test_one_byte_too_many(self):
        limit = b"\x30" * (1 << 20)
        for data, mathematics in ((limit, "invalid"), (limit + b"\0", "not evaluated")):
            (signature,) = Trust().one_cms(b"", data)
            self.assertEqual(signature["mathematics"], mathematics)
            self.assertIsNone(signature["certificate"])


class Command(unittest.TestCase):
    """The script itself, as a court's technician runs it."""

    def setUp(self):
        self.entry = next(e for e in entries() if e["id"] == "valid/minimal")
        self.path = str(VECTORS / self.entry["files"][0])

    def call(self, *words, **options):
        script = pathlib.Path(__file__).with_name("bukti-verify")
        return subprocess.run([sys.executable, str(script), *words], capture_output=True, **options)

    def test_exit_codes(self):
        pin = self.entry["pins"][0]
        self.assertEqual(self.call("verify", self.path, "--pin", "00" * 32).returncode, 2)
        whole = self.call("verify", self.path, "--pin", pin, "--require", "whole")
        self.assertEqual(whole.returncode, 1)
        self.assertEqual(self.call("verify").returncode, 64)
        self.assertEqual(self.call("verify", __file__).returncode, 65)
        self.assertEqual(self.call("verify", self.path + ".none").returncode, 66)

    def test_what_is_counted_but_not_listed_is_an_exception_too(self):
        lines = []
        words = ["verify", self.path, "--pin", self.entry["pins"][0]]
        with mock.patch("bukti.reader.MAX_FINDINGS", 0), mock.patch.object(command, "say", lines.append):
            self.assertEqual(command.main(words), 0)
            self.assertEqual(command.main([*words, "--require", "whole"]), 1)
        self.assertEqual(lines[lines.index("complete    holds") + 1], "  with exceptions")
        self.assertNotIn("  " + HOLDS["complete"], lines)

    def test_a_pipe_says_what_a_file_says(self):
        with open(self.path, "rb") as file:
            piped = self.call("verify", "-", "--json", stdin=file)
        self.assertEqual(piped.stdout, self.call("verify", self.path, "--json").stdout)
        self.assertEqual(piped.returncode, 2)

    def test_which_openssl_is_said(self):
        said = self.call("verify", self.path).stdout
        self.assertRegex(said, rb"Signatures were checked with /\S+, \w+SSL [0-9.]+")
        bare = self.call("verify", self.path, env={"PATH": ""})
        self.assertEqual(bare.returncode, 2)
        self.assertIn(b"signed by: not established, openssl not found", bare.stdout)
        self.assertIn(b"not evaluated by", bare.stdout)

    def test_the_commands_that_repeat_a_check_do(self):
        if not shutil.which("openssl"):
            self.skipTest("openssl is missing")
        roots = str(VECTORS / "keys" / "examiner.cert.pem")
        out = self.call("verify", self.path, "--roots", roots).stdout.decode()
        lines = [line for line in out.splitlines() if line.startswith("    ")]
        self.assertEqual([line.split()[0] for line in lines], ["tail", "tail", "openssl"])
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(["sh", "-ec", "\n".join(lines)], cwd=folder, capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_an_older_openssl_gives_the_same_report(self):
        """One that knows neither -cades nor -partial_chain, as OpenSSL 1.1.1 or LibreSSL."""
        entry = next(e for e in entries() if e["roots"] and e["id"].startswith("scenarios/")
                     and e["expect"]["claims"]["signed-by"] == "holds")
        words = ["verify", *(str(path_of(name)) for name in entry["files"]), "--json",
                 "--roots", str(VECTORS / entry["roots"])]
        words += ["--at", str(seconds(entry["at"]))] if entry["at"] else []
        with tempfile.TemporaryDirectory() as folder:
            old = pathlib.Path(folder, "openssl")
            old.write_text(OLDER_OPENSSL % {"real": shutil.which("openssl")})
            old.chmod(0o755)
            older = self.call(*words, env={"PATH": folder + ":" + os.environ["PATH"]})
            words.remove("--json")
            text = self.call(*words, env={"PATH": folder + ":" + os.environ["PATH"]})
        words.append("--json")
        self.assertEqual(older.stdout, self.call(*words).stdout)
        self.assertEqual(json.loads(older.stdout)["claims"]["signed-by"], "holds")
        self.assertIn(b"This openssl has no -cades", text.stdout)

    def test_list_and_extract(self):
        row = json.loads(self.call("list", self.path, "--json").stdout)[0]
        with tempfile.TemporaryDirectory() as folder:
            target = pathlib.Path(folder, "out")
            self.assertEqual(self.call("extract", self.path, "1", str(target)).returncode, 0)
            self.assertEqual(hashlib.sha256(target.read_bytes()).hexdigest(), row["sha256"])
            self.assertEqual(self.call("extract", self.path, "1", str(target)).returncode, 73)
            self.assertEqual([p.name for p in pathlib.Path(folder).iterdir()], ["out"])

    def test_every_item_reads_as_its_digest_says(self):
        for entry in entries():
            if entry["expect"].get("items") and entry["id"].startswith("valid/"):
                bundle = bukti.Bundle(*[path_of(name) for name in entry["files"]])
                for number, said in list(entry["expect"]["items"].items())[:4]:
                    with self.subTest(entry["id"], item=number), bundle.item(int(number)) as file:
                        data = file.read()
                        supplements = any(e[4].kind == 6 for e in file.raw.extents)
                        if not supplements:  # a supplement's digest leaves its gaps out
                            self.assertEqual(hashlib.sha256(data).hexdigest(), said["sha256"])
                        self.assertEqual(len(data), said["size"])
                        file.seek(len(data) // 2)
                        self.assertEqual(file.read(7), data[len(data) // 2:][:7])


class Words(unittest.TestCase):
    def test_names_are_escaped(self):
        self.assertEqual(shown(b"a\x1b[2J\xff\\"), "a\\u{1b}[2J\\xff\\u{5c}")
        self.assertEqual(shown("\u202e\x9b\n"), "\\u{202e}\\u{9b}\\u{a}")


if __name__ == "__main__":
    unittest.main()
