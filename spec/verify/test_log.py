"""Keys of logs, signatures that others made, and the command; what is a proof, the vectors say."""
import base64
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

from bukti.log import BadKey, Key, Logs

VECTORS = pathlib.Path(__file__).resolve().parents[2] / "testvectors"
# From the documentation of golang.org/x/mod/sumdb/note.
KNOWN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = (b"If you think cryptography is the answer to your problem,\n"
        b"then you don't know what your problem is.\n")
SIGNATURE = ("x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=")
NOT_KEYS = [("PeterNeumann", "PeterNewmann"), ("PeterNeumann", ""), ("PeterNeumann", "Peter Neumann"),
            ("PeterNeumann", "Peter\u00a0Neumann"), ("PeterNeumann", "Peter\nNeumann"),
            ("c74f20a3", "C74F20A3"), ("c74f20a3", "c74f20a4"), ("c74f20a3", "c74f20a"),
            ("+c74f20a3", ""), ("10TW", "10TX"), ("10TW", "10T"), ("10TW", "10TW\n\n"), ("10TW", "10TW\r\n"),
            ("10TW", "10TW "), ("+ARpc", "+ARpd"), (KNOWN[22:], "AQ=="), (KNOWN[22:], "")]


class Keys(unittest.TestCase):
    def test_a_note_that_others_signed(self):
        key, data = Key(KNOWN.encode()), base64.b64decode(SIGNATURE)
        self.assertEqual((key.name, key.id, key.type), ("PeterNeumann", data[:4].hex(), 1))
        self.assertEqual(Logs().ed25519(key.key, data[4:], TEXT), "valid")
        self.assertEqual(Logs().ed25519(key.key, data[4:], TEXT[1:]), "invalid")

    def test_what_is_no_key(self):
        for part, other in NOT_KEYS:
            line = KNOWN.replace(part, other)
            self.assertNotEqual(line, KNOWN)
            with self.subTest(line), self.assertRaises(BadKey):
                Key(line.encode())
        for data in (b"", b"\xff+00000000+AQ==", KNOWN.encode() * 8000):
            with self.assertRaises(BadKey):
                Key(data)

    def test_keys_have_a_role(self):
        with self.assertRaises(BadKey):
            Logs(witnesses=[KNOWN.encode()])

    def test_other_types_are_taken(self):
        key = Key(b"a.example+00000000+" + base64.b64encode(b"\6" + bytes(1312)))
        self.assertEqual(key.type, 6)

    def test_without_openssl_nothing_is_evaluated(self):
        logs = Logs([KNOWN.encode()])
        logs.program = None
        self.assertEqual(logs.ed25519(bytes(32), bytes(64), b""), "not evaluated")


class Command(unittest.TestCase):
    def call(self, entry, *words):
        script = pathlib.Path(__file__).with_name("bukti-verify")
        with tempfile.TemporaryDirectory() as folder:
            keys = []
            for name in ("log-keys", "witness-keys"):
                for key in entry[name]:
                    path = pathlib.Path(folder, "%d.vkey" % len(keys))
                    path.write_text(key + "\n")
                    keys += ["--" + name[:-1], str(path)]
            path = str(VECTORS / entry["files"][0])
            return subprocess.run([sys.executable, str(script), "verify", path, "--pin", entry["pins"][0],
                                   *keys, *words], capture_output=True)

    def test_words_and_exit_codes(self):
        entries = {e["id"]: e for e in json.loads((VECTORS / "manifest.json").read_text())["vectors"]}
        done = self.call(entries["valid/log-cosigned"], "--require", "log", "--require", "existed-by")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn(b"Log proof, record 6, of the seal 5: holds.", done.stdout)
        self.assertIn(b"saw it at 2024-03-02 12:00:00 UTC by its own clock", done.stdout)
        self.assertEqual(self.call(entries["valid/log-holds"], "--require", "existed-by").returncode, 2)
        self.assertEqual(self.call(entries["valid/log-later"], "--require", "log").returncode, 2)
        for words in ((), ("--require", "log")):
            done = self.call(entries["invalid/log_signature"], *words)
            self.assertEqual(done.returncode, 2 if words else 0)
        self.assertIn(b"log-proof-invalid (existed-by: note)", done.stdout)
        done = self.call(entries["valid/log-time-highest"])
        self.assertIn(b"9223372036854775807 s after 1970", done.stdout)


if __name__ == "__main__":
    unittest.main()
