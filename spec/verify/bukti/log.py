"""Proofs that a log holds a seal's checkpoint: section 8.4."""
import base64, hashlib, os, re, shutil, subprocess, tempfile

from .shape import LIMIT, MAX63, must
from .tree import node

ED25519, COSIGNATURE = 1, 4
SPACES = "\x20\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
SPKI = bytes.fromhex("302a300506032b6570032100")  # Ed25519 as X.509 writes a key, before its 32 bytes

class BadProof(Exception):
    """[B-LOG-1] or [B-LOG-3] does not hold."""

class BadKey(Exception):
    """[B-LOG-2] does not hold."""

def decode64(text, error=BadProof):
    data = b""
    if re.fullmatch("(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)?", text):
        data = base64.b64decode(text)
    must(data and base64.b64encode(data).decode() == text, "base64 was expected: %r" % text, error)
    return data

def hash64(text):
    data = decode64(text)
    must(len(data) == 32, "a hash has 32 bytes", BadProof)
    return data

def number(text):
    must(re.fullmatch("(0|[1-9][0-9]{0,18})", text) and int(text) < MAX63, "no number: %r" % text,
         BadProof)
    return int(text)

def is_name(text):
    return bool(text) and not any(c in SPACES + "+" or c < " " for c in text)

class Key:
    """A line NAME+ID+BASE64 [B-LOG-2]."""

    def __init__(self, data):
        try:
            line = data.decode("utf-8")
        except UnicodeDecodeError:
            raise BadKey("a key is one line NAME+ID+KEY") from None
        must(len(data) <= LIMIT["max-log-proof"], "too long for a key", BadKey)
        parts = re.fullmatch(r"([^+]+)\+([0-9a-f]{8})\+([^\n]+)\n?", line)
        must(parts and is_name(parts[1]), "a key is one line NAME+ID+KEY", BadKey)
        self.name, self.id, decoded = parts[1], parts[2], decode64(parts[3], BadKey)
        self.type, self.key = decoded[0], decoded[1:]
        must(self.key, "there is no key in it", BadKey)
        if self.type in (ED25519, COSIGNATURE):
            digest = hashlib.sha256(self.name.encode() + b"\n" + decoded).hexdigest()
            must(len(self.key) == 32 and digest[:8] == self.id, "its id is not its own", BadKey)

class Proof:
    """[B-LOG-1]: reads a proof line by line."""

    def __init__(self, data):
        must(len(data) <= LIMIT["max-log-proof"], "too long", BadProof)
        try:
            lines = data.decode("utf-8").split("\n")
        except UnicodeDecodeError:
            raise BadProof("not UTF-8") from None
        must(not any(c < " " for line in lines for c in line), "a control character", BadProof)
        must(lines.pop() == "" and lines.count("") == 2, "not two empty lines, and a last LF", BadProof)
        first = lines.index("")
        second = lines.index("", first + 1)
        head, note, below = lines[:first], lines[first + 1:second], lines[second + 1:]
        must(head[:1] == ["c2sp.org/tlog-proof@v1"], "another first line", BadProof)
        at = 1
        if head[1:] and head[1].startswith("extra "):
            decode64(head[1][6:])
            at = 2
        must(head[at:] and head[at].startswith("index "), "no index", BadProof)
        self.index, path = number(head[at][6:]), head[at + 1:]
        must(len(path) <= LIMIT["max-log-path"], "too many hashes", BadProof)
        self.path = [hash64(line) for line in path]
        must(len(note) >= 3, "the log's checkpoint has fewer than three lines", BadProof)
        self.origin, self.size, self.root = note[0], number(note[1]), hash64(note[2])
        self.text = "".join(line + "\n" for line in note).encode()
        must(1 <= len(below) <= LIMIT["max-log-signatures"], "how many signatures?", BadProof)
        self.signatures = [self.signature(line) for line in below]

    @staticmethod
    def signature(line):
        """(name, id, bytes)"""
        parts = line.split(" ")
        must(len(parts) == 3 and parts[0] == "\u2014" and is_name(parts[1]), "no signature", BadProof)
        data = decode64(parts[2])
        must(len(data) > 4, "no signature", BadProof)
        return parts[1], data[:4].hex(), data[4:]

    def follow(self, leaf):
        """[B-LOG-3]: RFC 6962 section 2.1.1, from the leaf up."""
        must(self.index < self.size, "the index is beyond the tree", BadProof)
        place, last, path = self.index, self.size - 1, list(self.path)
        while last:
            if place & 1 or place < last:
                must(path, "too few hashes", BadProof)
                other = path.pop(0)
                leaf = node(other, leaf) if place & 1 else node(leaf, other)
            place, last = place >> 1, last >> 1
        must(not path, "too many hashes", BadProof)
        must(leaf == self.root, "the path leads to another root", BadProof)

class Logs:
    """Whom the operator knows; each key as one line of bytes."""

    def __init__(self, logs=(), witnesses=()):
        self.keys = {"log": [Key(line) for line in logs],
                     "witness": [Key(line) for line in witnesses]}
        self.program, self.known = shutil.which("openssl"), {}
        for role, other in (("log", COSIGNATURE), ("witness", ED25519)):
            must(all(key.type != other for key in self.keys[role]),
                 "a log's key is not a witness's", BadKey)

    def judge(self, values, checkpoint):
        """What the report says of an attest of kind 3 [B-LOG-5]. checkpoint: None if not known."""
        entry = {"origin": None, "index": None, "size": None, "root": None, "signatures": []}
        if checkpoint is None:
            return {**entry, "outcome": "not evaluated", "reason": "what the seal signs is not known"}
        try:
            must(len(values) == 1, "not one proof", BadProof)
            proof = Proof(values[0])
            entry.update(origin=proof.origin, index=proof.index, size=proof.size,
                         root=proof.root.hex(),
                         signatures=[self.signature(proof, *line) for line in proof.signatures])
            proof.follow(hashlib.sha256(b"\0" + checkpoint).digest())
        except BadProof as wrong:
            return {**entry, "outcome": "invalid", "reason": str(wrong)}
        signed = [s["name"] == proof.origin for s in entry["signatures"]
                  if s["role"] == "log" and s["mathematics"] == "valid"]
        invalid = any(s["mathematics"] == "invalid" for s in entry["signatures"])
        outcome = ("invalid" if invalid or not all(signed) else "holds" if signed else "not evaluated")
        reason = {"invalid": "signed for another log, or not by the key that it names",
                  "holds": "a log whose key was given says that it holds the checkpoint",
                  "not evaluated": "by no log whose key was given, or not of type 1"}[outcome]
        return {**entry, "outcome": outcome, "reason": reason}

    def signature(self, proof, name, key_id, data):
        """[B-LOG-4]"""
        role, keys = next(((role, found) for role, keys in self.keys.items() for found in [
            [key for key in keys if (key.name, key.id) == (name, key_id)]] if found), ("unknown", []))
        answers = {self.check(proof, data, role, key) for key in keys}
        maths = next((m for m in ("valid", "invalid") if m in answers), "not evaluated")
        timed = maths == "valid" and role == "witness"
        return {"name": name, "key": key_id, "role": role, "mathematics": maths,
                "time": int.from_bytes(data[:8], "big") if timed else None}

    def check(self, proof, data, role, key):
        text = proof.text
        if (role, key.type) not in (("log", ED25519), ("witness", COSIGNATURE)):
            return "not evaluated"
        if role == "witness":
            time, data = int.from_bytes(data[:8], "big"), data[8:]
            text = b"cosignature/v1\ntime %d\n" % time + text
            if time >= MAX63:
                return "invalid"
        if len(data) != 64:
            return "invalid"
        question = (key.key, data, text)
        if question not in self.known:
            self.known[question] = self.ed25519(*question)
        return self.known[question]

    def ed25519(self, key, signature, text):
        if not self.program:
            return "not evaluated"
        with tempfile.TemporaryDirectory(prefix="bukti-") as folder:
            for name, data in (("key", SPKI + key), ("signature", signature), ("text", text)):
                with open(os.path.join(folder, name), "wb") as file:
                    file.write(data)
            try:
                done = subprocess.run(
                    [self.program, "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "key",
                     "-rawin", "-in", "text", "-sigfile", "signature"], cwd=folder, timeout=60,
                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            except (OSError, subprocess.TimeoutExpired):
                return "not evaluated"
        return ("valid" if done.returncode == 0 and b"Verified Successfully" in done.stdout else
                "invalid" if b"Verification Failure" in done.stdout else "not evaluated")
