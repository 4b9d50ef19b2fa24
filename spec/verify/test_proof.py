"""Runs every proof of testvectors/proofs.json, and damaged proofs that must not raise."""
import hashlib
import io
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

from bukti.cms import Trust
from bukti.frames import Refused
from bukti.proof import Proof
from bukti.tree import parse_receipt

VECTORS = pathlib.Path(__file__).resolve().parents[2] / "testvectors"


def entries():
    return json.loads((VECTORS / "proofs.json").read_text("utf-8"))["vectors"]


def content(entry):
    if entry["content"]:
        data = (VECTORS / entry["content"]).read_bytes()
        return len(data), hashlib.sha256(data).hexdigest()
    return None


def run(entry, data=None, out=None):
    roots = [str(VECTORS / entry["roots"])] if entry["roots"] else []
    receipts = [parse_receipt((VECTORS / name).read_bytes()) for name in entry["receipts"]]
    data = (VECTORS / entry["file"]).read_bytes() if data is None else data
    proof = Proof(io.BytesIO(data), out)
    return proof.report(Trust(roots, entry["pins"]), content(entry), receipts)


class Vectors(unittest.TestCase):
    maxDiff = None

    def test_every_proof(self):
        for entry in entries():
            with self.subTest(entry["id"]):
                self.one(entry)

    def one(self, entry):
        expect, out = entry["expect"], io.BytesIO()
        if "refused" in expect:
            with self.assertRaises(Refused) as caught:
                run(entry)
            self.assertEqual(str(caught.exception), expect["refused"])
            return
        report = run(entry, out=out)
        self.assertEqual([(f["code"], f["record"]) for f in report["findings"]],
                         [(f["code"], f["record"]) for f in expect["findings"]])
        self.assertEqual(report["claims"], expect["claims"])
        for name in ("bundle", "item", "range"):
            said = report[name] and {k: report[name][k] for k in expect[name] or report[name]}
            self.assertEqual(said, expect[name], name)
        if report["range"]:
            self.assertEqual(hashlib.sha256(out.getvalue()).hexdigest(), report["range"]["sha256"])


class Damage(unittest.TestCase):
    """A proof that was changed is refused or fails, or was changed where nothing is signed."""

    def test_mutations_do_not_raise(self):
        chance, usable = random.Random(11), [e for e in entries() if "/valid_" in e["id"]]
        for number in range(400):
            entry = chance.choice(usable)
            data = bytearray((VECTORS / entry["file"]).read_bytes())
            for _ in range(chance.randrange(1, 3)):
                at = chance.randrange(len(data))
                change = chance.randrange(3)
                if change == 0:
                    data[at] ^= 1 << chance.randrange(8)
                elif change == 1:
                    del data[at:at + chance.randrange(1, 40)]
                else:
                    data[at:at] = chance.randbytes(chance.randrange(1, 9))
            with self.subTest(entry["id"], number=number):
                try:
                    json.dumps(run(entry, bytes(data)))
                except Refused:
                    pass

    def test_no_changed_bit_of_the_smallest_goes_unnoticed(self):
        """Each bit of header, checkpoint, records and hashes; signatures are for openssl."""
        entry = next(e for e in entries() if e["id"] == "proofs/valid_content")
        data = (VECTORS / entry["file"]).read_bytes()
        start = data.index(b"\x02\x81\x59")
        end = start + 5 + int.from_bytes(data[start + 3:start + 5], "big")
        places = [at for at in range(len(data)) if not start + 2 < at < end and at != 11]
        for at in places:
            changed = bytearray(data)
            changed[at] ^= 1 << at % 8
            with self.subTest(at=at):
                try:
                    proof = Proof(io.BytesIO(changed))
                    self.assertFalse(proof.included)
                except Refused:
                    pass


class Command(unittest.TestCase):
    def call(self, *words):
        script = pathlib.Path(__file__).with_name("bukti-verify")
        return subprocess.run([sys.executable, str(script), "verify-proof", *words], capture_output=True)

    def test_exit_codes(self):
        entry = next(e for e in entries() if e["id"] == "proofs/valid_content")
        path, text = str(VECTORS / entry["file"]), str(VECTORS / entry["content"])
        pin = ("--pin", entry["pins"][0])
        self.assertEqual(self.call(path, *pin, "--content", text).returncode, 0)
        self.assertEqual(self.call(path, *pin).returncode, 0)
        self.assertEqual(self.call(path).returncode, 2)
        self.assertEqual(self.call(path, *pin, "--content", __file__).returncode, 1)
        self.assertEqual(self.call(path, *pin, "--require", "existed-by").returncode, 2)
        self.assertEqual(self.call(path, *pin, "--to", "never").returncode, 64)
        self.assertEqual(self.call(text).returncode, 65)
        self.assertEqual(self.call(path + ".none").returncode, 66)

    def test_a_range_is_written_and_never_over_something(self):
        entry = next(e for e in entries() if e["id"] == "proofs/valid_range")
        with tempfile.TemporaryDirectory() as folder:
            target = pathlib.Path(folder, "out")
            done = self.call(str(VECTORS / entry["file"]), "--pin", entry["pins"][0], "--to", str(target))
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(target.read_bytes(), (VECTORS / entry["content"]).read_bytes())
            again = self.call(str(VECTORS / entry["file"]), "--to", str(target))
            self.assertEqual(again.returncode, 73)
            broken = next(e for e in entries() if e["id"] == "proofs/invalid_range-forged")
            self.call(str(VECTORS / broken["file"]), "--to", str(target) + "2")
            self.assertEqual([p.name for p in pathlib.Path(folder).iterdir()], ["out"])

    def test_openssl_alone_repeats_the_check(self):
        entry = next(e for e in entries() if e["id"] == "proofs/valid_minimal")
        with tempfile.TemporaryDirectory() as folder:
            out = self.call(str(VECTORS / entry["file"]), "--export", folder).stdout.decode()
            line = next(line for line in out.splitlines() if line.startswith("    openssl"))
            line = line.replace("roots.pem", str(VECTORS / "keys/examiner.cert.pem"))
            self.assertEqual(subprocess.run(line, shell=True, capture_output=True).returncode, 0)
            point = pathlib.Path(folder, "checkpoint.txt")
            point.write_bytes(point.read_bytes().replace(b"\n5\n", b"\n6\n"))
            self.assertNotEqual(subprocess.run(line, shell=True, capture_output=True).returncode, 0)


if __name__ == "__main__":
    unittest.main()
