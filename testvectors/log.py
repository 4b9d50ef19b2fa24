"""A transparency log for tests, from the C2SP texts alone (tlog-proof, tlog-checkpoint, signed-note,
tlog-cosignature) and RFC 6962; nothing of the verifiers is in it.

    python3 testvectors/log.py LOG create ORIGIN [WITNESS ...]   makes LOG/, its keys and their .vkey files
    python3 testvectors/log.py LOG add FILE ...                  each file is a leaf
    python3 testvectors/log.py LOG prove FILE [SIZE]             a tlog-proof, by default in the whole tree

Keys lie unencrypted in LOG/: never use it for anything but tests. Ed25519 is that of openssl.
"""
import base64
import hashlib
import os
import secrets
import subprocess
import sys
import tempfile
import time

ED25519, COSIGNATURE = 1, 4
PKCS8 = bytes.fromhex("302e020100300506032b657004220420")  # before the 32 bytes of a private key
HEADER = "c2sp.org/tlog-proof@v1"


def b64(data):
    return base64.b64encode(data).decode("ascii")


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


# RFC 6962 section 2.1, as it is written: slow and plain.

def split(count):
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def tree_hash(leaves):
    if not leaves:
        return sha256()
    if len(leaves) == 1:
        return sha256(b"\0", leaves[0])
    k = split(len(leaves))
    return sha256(b"\1", tree_hash(leaves[:k]), tree_hash(leaves[k:]))


def tree_path(index, leaves):
    if len(leaves) <= 1:
        return []
    k = split(len(leaves))
    if index < k:
        return tree_path(index, leaves[:k]) + [tree_hash(leaves[k:])]
    return tree_path(index - k, leaves[k:]) + [tree_hash(leaves[:k])]


def openssl(*words, **options):
    return subprocess.run(["openssl", *words], check=True, capture_output=True, **options).stdout


class Key:
    """A named Ed25519 key of a log (type 1) or of a witness (type 4)."""

    public_keys = {}

    def __init__(self, name, kind, seed):
        self.name, self.kind, self.private = name, kind, PKCS8 + seed

    @property
    def public(self):
        if self.private not in self.public_keys:
            spki = openssl("pkey", "-inform", "DER", "-pubout", "-outform", "DER", input=self.private)
            self.public_keys[self.private] = spki[-32:]
        return self.public_keys[self.private]

    @property
    def id(self):
        return sha256(self.name.encode(), b"\n", bytes([self.kind]), self.public)[:4]

    @property
    def vkey(self):
        return "%s+%s+%s" % (self.name, self.id.hex(), b64(bytes([self.kind]) + self.public))

    def ed25519(self, message):
        with tempfile.TemporaryDirectory() as folder:
            for name, data in (("key", self.private), ("message", message)):
                with open(os.path.join(folder, name), "wb") as file:
                    file.write(data)
            return openssl("pkeyutl", "-sign", "-inkey", "key", "-keyform", "DER", "-rawin", "-in",
                           "message", cwd=folder)

    def sign(self, text, at=None):
        """What follows the key's id in a signature line: for a witness it begins with the time."""
        if self.kind == ED25519:
            return self.ed25519(text)
        return at.to_bytes(8, "big") + self.ed25519(b"cosignature/v1\ntime %d\n" % at + text)

    def line(self, text, at=None):
        return signature_line(self.name, self.id, self.sign(text, at))


def signature_line(name, key_id, signature):
    return "\u2014 %s %s" % (name, b64(key_id + signature))


class Log:
    def __init__(self, key, leaves=()):
        self.key, self.leaves = key, list(leaves)

    def add(self, leaf):
        self.leaves.append(leaf)
        return len(self.leaves) - 1

    def note_text(self, size=None, more=()):
        size = len(self.leaves) if size is None else size
        lines = [self.key.name, str(size), b64(tree_hash(self.leaves[:size])), *more]
        return "".join(line + "\n" for line in lines).encode()

    def proof(self, index, size=None, witnesses=(), extra=None, more=()):
        """witnesses: pairs of a key and the time at which it saw the tree."""
        text = self.note_text(size, more)
        lines = [self.key.line(text)] + [key.line(text, at) for key, at in witnesses]
        return assemble(index, tree_path(index, self.leaves[:size]), text, lines, extra)


def assemble(index, path, text, signatures, extra=None):
    head = [HEADER] + (["extra " + b64(extra)] if extra else []) + ["index %d" % index]
    head += [b64(node) for node in path] + [""]
    return ("\n".join(head) + "\n" + text.decode() + "\n" + "\n".join(signatures) + "\n").encode()


# The command.

def create(folder, origin, *witnesses):
    os.mkdir(folder)
    for number, name in enumerate((origin, *witnesses)):
        kind, short = (COSIGNATURE, "witness%d" % number) if number else (ED25519, "log")
        seed = secrets.token_bytes(32)
        write(folder, short + ".secret", ("%s %d %s\n" % (name, kind, seed.hex())).encode())
        write(folder, short + ".vkey", (Key(name, kind, seed).vkey + "\n").encode())
    os.mkdir(os.path.join(folder, "leaves"))


def write(folder, name, data):
    with open(os.path.join(folder, name), "xb") as file:
        file.write(data)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def opened(folder):
    keys = {}
    for name in sorted(os.listdir(folder)):
        if name.endswith(".secret"):
            key, kind, seed = read(os.path.join(folder, name)).decode().split()
            keys[name[:-7]] = Key(key, int(kind), bytes.fromhex(seed))
    leaves = os.path.join(folder, "leaves")
    log = Log(keys.pop("log"), [read(os.path.join(leaves, n)) for n in sorted(os.listdir(leaves))])
    return log, list(keys.values())


def add(folder, *paths):
    log, _ = opened(folder)
    for path in paths:
        index = log.add(read(path))
        write(os.path.join(folder, "leaves"), "%08d" % index, log.leaves[index])


def prove(folder, path, size=None):
    log, witnesses = opened(folder)
    now = int(time.time())
    proof = log.proof(log.leaves.index(read(path)), size and int(size), [(key, now) for key in witnesses])
    sys.stdout.buffer.write(proof)


if __name__ == "__main__":
    if len(sys.argv) < 4 or sys.argv[2] not in ("create", "add", "prove"):
        sys.exit(__doc__)
    {"create": create, "add": add, "prove": prove}[sys.argv[2]](sys.argv[1], *sys.argv[3:])
