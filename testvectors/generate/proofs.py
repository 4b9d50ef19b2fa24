"""Proofs of a part (spec/proof.md), right and wrong. Nothing here reads a proof."""

import copy
import hashlib
import re

from . import cms
from .builder import Bundle
from .cbor import encode
from .frame import payload_digest
from .keys import signer
from .tree import node, sha256
from .vector import REPOSITORY

MAGIC = bytes.fromhex("8942554b50460d0a1a0a")
CLAIMS = ("included", "counted", "content", "signed-by", "existed-by")


def registry():
    """code -> (claim, effect); what is not listed fails *included*."""
    text = (REPOSITORY / "spec/registry.md").read_text().split("\n## Findings of a proof\n")[1]
    rows = re.findall(r"^\| ([a-z0-9-]+) \| ([a-z-]+) \| ([a-z]+) \|", text.split("\n## ")[0], re.M)
    return {code: (claim, effect) for code, claim, effect in rows if claim in CLAIMS}


CODES = registry()


def others(hashes, known, low, high):
    """[B-PRF-6]: the hashes beside the known leaves, in order."""
    if not any(low <= n < high for n in known):
        return [root(hashes[low:high])]
    if high - low == 1:
        return []
    middle = low + split(high - low)
    return others(hashes, known, low, middle) + others(hashes, known, middle, high)


def split(count):
    return 1 << (count - 1).bit_length() - 1


def root(hashes):
    if len(hashes) == 1:
        return hashes[0]
    middle = split(len(hashes))
    return node(root(hashes[:middle]), root(hashes[middle:]))


class Proof:
    """A proof in the making; every part can be replaced before it is written."""

    def __init__(self, b, item, seal=-1, links=1, part=None, genesis=True):
        """part: (offset, length, frames). links: how many sessions are shown, from the last."""
        self.b, self.item, self.part = b, item, part
        self.entry = b.all_seals[seal]
        self.size = self.entry["size"]
        self.frames = list(part[2]) if part else []
        self.shown = [item, b.records[self.size - 1]]
        self.withheld, self.change, self.more = set(), {}, b""
        self.checkpoint, self.signatures = self.entry["checkpoint"], self.entry["signatures"]
        session = self.entry["session"]
        for n in range(links):
            self.shown.append(b.records[session])
            if n + 1 < links:
                before = next(s for s in b.all_seals if s["size"] == b.extends[session])
                self.shown.append(b.records[before["size"] - 1])
                session = before["session"]
        if genesis:
            self.shown.append(b.records[0])
        self.shown.sort(key=lambda r: r.number)
        self.hashes = None

    def fold(self):
        known = {r.number for r in self.shown + self.frames}
        return others([r.hash for r in self.b.records[:self.size]], known, 0, self.size)

    def body(self):
        shown = [[r.core.encode(), False if r.number in self.withheld else r.salt + r.body]
                 for r in self.shown]
        value = {1: self.checkpoint, 2: self.signatures, 3: shown,
                 4: self.fold() if self.hashes is None else self.hashes}
        if self.part:
            value[5] = [self.part[0], self.part[1], len(self.frames)]
        value.update(self.change)
        return encode(value)

    def file(self, body=None, magic=MAGIC, version=b"\x01\x00", length=None):
        body = self.body() if body is None else body
        length = len(body) if length is None else length
        data = magic + version + length.to_bytes(4, "big") + body
        for r in self.frames:
            data += r.core.encode() + r.salt + r.body
        return data + self.more


class ProofVector:
    """One entry of proofs.json."""

    def __init__(self, name, comment, rules, file, proof=None, findings=(), refused=None,
                 content=None, pins=("examiner",), roots=None, receipts=()):
        self.name, self.file, self.content, self.receipts = f"proofs/{name}", file, content, receipts
        self.entry = {
            "id": self.name, "file": f"{self.name}.bukti-proof",
            "sha256": hashlib.sha256(file).hexdigest(), "rules": [f"B-PRF-{n}" for n in rules],
            "comment": comment, "pins": [signer(p).fingerprint.hex() for p in pins],
            "roots": f"keys/{roots}.cert.pem" if roots else None,
            "receipts": [f"{self.name}-{n}.receipt" for n in range(len(receipts))],
            "content": f"{self.name}.content" if content is not None else None,
            "expect": {"refused": refused} if refused else expect(proof, list(findings))}

    def files(self):
        out = {self.entry["file"]: self.file, **dict(zip(self.entry["receipts"], self.receipts))}
        if self.content is not None:
            out[self.entry["content"]] = self.content
        return out


def expect(proof, findings):
    """findings: (code, record), in order; `timestamp-none` comes by itself where anything is judged."""
    pairs = [(c, getattr(r, "number", r)) for c, r in (f if isinstance(f, tuple) else (f, None) for f in findings)]
    broken = any(CODES.get(c, ("included", "fails")) == ("included", "fails") and
                 not c.startswith("receipt-") for c, _ in pairs)
    if not broken:
        at = next((i for i, (c, _) in enumerate(pairs) if c.startswith("receipt-")), len(pairs))
        pairs.insert(at, ("timestamp-none", None))
    out = dict.fromkeys(CLAIMS, "not established" if broken else "holds")
    for code, _ in pairs:
        claim, effect = CODES.get(code, ("included", "fails"))
        if effect == "fails":
            out[claim] = "fails"
        elif effect == "open" and out[claim] == "holds":
            out[claim] = "not established"
    said = {"claims": out, "findings": [{"code": c, "record": r} for c, r in pairs],
            "bundle": None, "item": None, "range": None}
    if not broken:
        said.update(about(proof))
    return said


def about(proof):
    item, b = proof.item, proof.b
    state = next(i for i in b.state.items.values() if i.id == item.item)
    there = item.number not in proof.withheld
    named = there and state.has_bytes
    row = {"record": item.number, "id": item.item, "size": state.size if there else None,
           "sha256": state.hashers[1].hexdigest() if named else None}
    part = None
    if proof.part:
        offset, length, frames = proof.part
        first = frames[0].core.offset
        plain = b"".join(getattr(r, "reads", r.plain) for r in frames)[offset - first:][:length]
        part = {"offset": offset, "length": length, "frames": len(frames),
                "sha256": hashlib.sha256(plain).hexdigest()}
    tree = root([r.hash for r in b.records[:proof.size]])
    return {"bundle": {"id": b.uuid, "records": proof.size, "root": tree.hex()}, "item": row, "range": part}


# --- bundles ---

class Case(Bundle):
    """A bundle that remembers which seal each session extends."""

    def __init__(self, *words, **options):
        self.extends = {}
        super().__init__(*words, **options)

    def session(self, *words, **options):
        before = self.state.seals[-1]["size"] if self.state.seals else None
        record = super().session(*words, **options)
        if before:
            self.extends[record.number] = before
        return record


HELLO = b"Hello, evidence.\n"


def small(seed="proof", **options):
    b = Case(seed, **options)
    item = b.file(b"hello.txt", HELLO)
    return b, item


def sealed(seed="proof", signers=("examiner",), **options):
    b, item = small(seed, **options)
    b.seal(signers)
    return b, item


def frames(seed="proof frames"):
    """An item of seven frames of all kinds, with notes between them; the offsets: 0 64 128 200 264 364 428."""
    b = Case(seed)
    parts = [b"A" * 64, b"B" * 64, b"C" * 72, 64, ("gap", 100), b"D" * 64, b"E" * 36]
    out = []
    for n, content in enumerate(parts):
        if isinstance(content, tuple):
            record = b.gap(content[1], 1)
            record.reads = bytes(content[1])
        else:
            record = b.data(content, 1, codec=1 if n == 2 else 0)
        out.append(record)
        b.note(f"after frame {n}")
    item = b.close_item(1, name=b"disk.img")
    b.seal()
    return b, item, out


def valid():
    v = ProofVector
    b, item = sealed()
    p = Proof(b, item)
    none = ("content-none", item)
    yield v("valid_minimal", "An item of the smallest bundle; nothing is given beside it.", (1, 2, 3, 4, 6, 7, 8, 9, 11), p.file(), p, [none])
    yield v("valid_content", "The same, with the item's bytes.", (9,), p.file(), p, content=HELLO)
    p = Proof(b, item, genesis=False)
    yield v("valid_without-genesis", "The case is not shown.", (3,), p.file(), p, content=HELLO)
    p = Proof(b, item)
    yield v("valid_minor", "A later minor version.", (1,), p.file(version=b"\x01\x07"), p, content=HELLO)
    yield v("valid_no-pins", "Nobody is trusted.", (10,), p.file(), p, [none, "trust-none"], pins=())
    yield v("valid_receipt", "A receipt of the same seal.", (12,), p.file(), p, [none], receipts=(p.checkpoint,))
    other, _ = sealed("proof other")
    later, _ = sealed()
    later.session(), later.note(), later.seal()
    yield v("valid_receipts", "Receipts of another bundle and of a later seal say nothing.", (12,), p.file(), p,
            [none, "receipt-other", "receipt-size"],
            receipts=(other.all_seals[0]["checkpoint"], later.all_seals[1]["checkpoint"]))
    p = Proof(later, later.records[item.number], seal=1, links=2)
    yield v("valid_later-seal", "By a later seal, with the links to the item's session.", (4, 8), p.file(), p, content=HELLO)

    b, item = sealed("proof officer", ("officer",), policy=("officer",))
    p = Proof(b, item)
    yield v("valid_root", "The signer leads to a root.", (10,), p.file(), p, content=HELLO, pins=(), roots="root")
    b, item = sealed("proof two", ("examiner", "second"), policy=("examiner", "second"))
    p = Proof(b, item)
    yield v("valid_two-signers", "Two must sign, and did.", (10,), p.file(), p, content=HELLO, pins=("examiner", "second"))
    b, item = sealed("proof branch", branch=b"\xde" * 16)
    p = Proof(b, item)
    yield v("valid_branch", "In a branch.", (7,), p.file(), p, content=HELLO)

    b = Case("proof many")
    for n in range(600):
        b.file(b"file-%d" % n, b"content %d\n" % n)
        if len(b.state.unnamed) == 200:
            b.names()
    b.seal()
    items = [r for r in b.records if r.type == 4]
    p = Proof(b, items[333])
    yield v("valid_many", "One of 600 items, behind index blocks.", (6,), p.file(), p, content=b"content 333\n")

    b, item, parts = frames()
    p = Proof(b, item, part=(0, 464, parts))
    yield v("valid_range-whole", "All frames: stored, DEFLATE, zeros, a gap.", (5, 9), p.file(), p, [("gap", parts[4])])
    p = Proof(b, item, part=(70, 100, parts[1:3]))
    text = b"B" * 58 + b"C" * 42
    yield v("valid_range", "A range within two frames, with its bytes beside it.", (5, 9), p.file(), p, content=text)
    p = Proof(b, item, part=(230, 1, parts[3:4]))
    yield v("valid_range-one-byte", "One byte of a run of zeros.", (5,), p.file(), p)

    b = Case("proof resumed")
    first = b.data(b"A" * 50, 1)
    b.seal()
    b.session()
    b.open(1, resume=True)
    second = b.data(b"B" * 50, 1)
    item = b.close_item(1, name=b"disk.img", kind=1)
    b.seal()
    p = Proof(b, item, links=2, part=(0, 100, (first, second)))
    yield v("valid_range-resumed", "An item of two sessions, with both links.", (4, 8), p.file(), p)
    p = Proof(b, item, links=1, part=(0, 100, (first, second)))
    yield v("valid_range-link-missing", "The same without the earlier link: nothing is known of the first frame.",
            (8,), p.file(), p, [("proof-session", first)])

    b, item = sealed("proof withheld")
    p = Proof(b, item)
    p.withheld = {item.number}
    yield v("valid_withheld", "From a copy that lacks the item record's content.", (3, 9), p.file(), p, [("withheld", item)])
    b = Case("proof folder")
    item = b.close_item(1, kind=2, name=b"folder")
    b.seal()
    p = Proof(b, item)
    yield v("valid_folder", "A folder has no bytes.", (9,), p.file(), p, [("content-none", item)], content=b"")
    b = Case("proof partial")
    b.data(HELLO, 1)
    item = b.close_item(1, kind=1, name=b"half", state=2)
    b.seal()
    p = Proof(b, item)
    yield v("valid_partial", "An item that is not complete.", (9,), p.file(), p, [("item-state", item)], content=HELLO)

    for name, named in (("valid_adopted", False), ("valid_adopted-named", True)):
        b, _ = sealed(f"proof {name}")
        b.session()
        item = b.file(b"second.txt", b"second\n")
        if named:
            b.names()
        b.session(adopt="compared with the source")
        b.seal()
        p = Proof(b, item, seal=1)
        found = [("adopted", item)] + ([("proof-adopted", item)] if named else [])
        yield v(name, "An adopted item" + (", which a names record between might hide the refusal of."
                                           if named else ", which the tail names as closed."),
                (8,), p.file(), p, found, content=b"second\n")

    b, item = sealed("proof run", policy=("examiner",), run="run")
    b.note()
    b.seal(("run",))
    p = Proof(b, item, seal=1)
    yield v("valid_run", "A seal of the run certificate: the seal that allows it is not shown.", (10,), p.file(), p,
            [("seal-run", p.size)], content=HELLO, pins=("examiner", "run"))
    b, item = small("proof ed25519", policy=("ed25519",))
    b.tail()
    b.seal(tail=False, signatures=[cms.signed_data(b.checkpoint(), signer("ed25519"))])
    p = Proof(b, item)
    yield v("valid_not-evaluated", "An algorithm that is not on the list.", (10,), p.file(), p,
            [("seal-not-evaluated", p.size)], content=HELLO)


def invalid_files():
    """Files that are no proof."""
    b, item = sealed()
    p = Proof(b, item)
    body, whole = p.body(), p.file()

    def v(name, comment, file, refused, rules=(1,)):
        return ProofVector(f"invalid_{name}", comment, rules, file, refused=refused)

    yield v("empty", "No bytes.", b"", "proof-truncated")
    yield v("header-truncated", "Half a header.", whole[:9], "proof-truncated")
    yield v("magic", "A bundle's magic.", p.file(magic=bytes.fromhex("8942554b54490d0a1a0a")), "proof-magic")
    yield v("version", "Major 2.", p.file(version=b"\x02\x00"), "proof-version")
    yield v("body-truncated", "The last byte is missing.", whole[:-1], "proof-truncated")
    yield v("body-huge", "A body of 4 GiB is declared.", p.file(length=0xFFFFFFFF), "proof-length", (1, 2))
    yield v("body-allowed-missing", "64 MiB are declared and a few bytes there.", p.file(length=64 << 20), "proof-truncated", (1, 2))
    yield v("trailing", "A byte behind the proof.", whole + b"\0", "proof-trailing")
    yield v("body-trailing", "A byte behind the value.", p.file(body=body + b"\0"), "cbor-trailing")
    yield v("not-canonical", "A head that is not the shortest.", p.file(body=b"\xb8\x04" + body[1:]), "cbor-head")
    yield v("indefinite", "A map of indefinite length.", p.file(body=b"\xbf" + body[1:] + b"\xff"), "cbor-indefinite")
    point = encode(p.checkpoint)
    swapped = b"\xa4\x02" + encode(p.signatures) + b"\x01" + point + body[body.index(b"\x03\x84"):]
    yield v("keys-swapped", "Keys 1 and 2 in the wrong order.", p.file(body=swapped), "cbor-key-order")
    yield v("array-huge", "2^31 hashes are declared.", p.file(body=body[:body.rindex(b"\x04\x81") + 1] + b"\x9a\x80\0\0\0"), "cbor-length")
    for name, change, code in (
            ("key-unknown", {6: 1}, "schema-key"), ("hash-short", {4: [bytes(31)]}, "schema-value"),
            ("core-short", {3: [[bytes(127), b""]]}, "schema-value"),
            ("payload-true", {3: [[bytes(128), True]]}, "schema-type"),
            ("signatures-many", {2: [b""] * 257}, "schema-value"),
            ("records-many", {3: [[bytes(128), False]] * 1025}, "schema-value"),
            ("range-empty", {5: [0, 0, 1]}, "schema-value"), ("range-no-frames", {5: [0, 1, 0]}, "schema-value"),
            ("range-huge", {5: [0, (1 << 38) + 1, 1]}, "proof-length"),
            ("range-frames-huge", {5: [0, 1, (1 << 20) + 1]}, "proof-length")):
        p = Proof(b, item)
        p.change = change
        yield v(name, f"Key {next(iter(change))} is wrong.", p.file(), code)
    p = Proof(b, item)
    yield v("no-checkpoint", "Key 1 is missing.", p.file(body=encode({2: [], 3: [], 4: []})), "schema-missing")
    b, item, parts = frames()
    p = Proof(b, item, part=(0, 128, parts[:2]))
    yield v("frame-truncated", "The last frame's last byte is missing.", p.file()[:-1], "proof-truncated")
    p.more = b"\0"
    yield v("frame-trailing", "A byte behind the last frame.", p.file(), "proof-trailing")


def tampered(record, core=None, **fields):
    """A copy of a record: `core` replaces fields of its core."""
    other = copy.copy(record)
    other.core = copy.copy(record.core)
    for key, value in (core or {}).items():
        setattr(other.core, key, value)
    for key, value in fields.items():
        setattr(other, key, value)
    return other


def invalid_records():
    b, item = sealed()
    other, foreign = sealed("proof other")

    def v(name, comment, p, findings, rules, **options):
        return ProofVector(f"invalid_{name}", comment, rules, p.file(), p, findings, **options)

    def with_item(record):
        p = Proof(b, item)
        p.hashes = p.fold()
        p.shown[2] = record
        return p

    yield v("other-bundle", "The item record of another bundle.", with_item(foreign), [("core-bundle-id", item)], (3,))
    for name, core, code in (("core-reserved", {"reserved": 1}, "core-reserved"), ("core-flags", {"flags": 1}, "core-flags"),
                             ("core-item", {"item": 0}, "core-item"), ("codec-unknown", {"codec": 3}, "codec-unknown"),
                             ("length-plain", {"plain": 1}, "length-plain"), ("length-stored", {"stored": 15}, "length-stored"),
                             ("type-unknown", {"type": 99}, "type-unknown")):
        yield v(name, f"The item's core fails a check: {code}.", with_item(tampered(item, core)), [(code, item)], (3,))
    yield v("core-integer", "A record number of 2^63.", with_item(tampered(item, {"number": 1 << 63})), ["core-integer"], (3,))
    yield v("payload-short", "The payload lacks its last byte.", with_item(tampered(item, body=item.body[:-1])),
            [("length-stored", item)], (3,))
    yield v("payload-changed", "A byte of the item record is another.",
            with_item(tampered(item, body=item.body.replace(b"hello", b"hallo"))), [("payload-digest", item)], (3,))
    plain = item.plain.replace(b"hello", b"hallo")
    forged = tampered(item, {"digest": payload_digest(item.salt, plain)}, body=plain, plain=plain)
    forged.hash = sha256(b"\0" + forged.core.encode())
    yield v("item-forged", "The item record is forged, core and payload; the tree knows another.", with_item(forged), ["seal-mismatch"], (6, 7))
    bad = tampered(item, {"digest": payload_digest(item.salt, b"\xa0"), "plain": 1, "stored": 17}, body=b"\xa0", plain=b"\xa0")
    yield v("item-shape", "An item record without keys.", with_item(bad), [("schema-missing", item)], (3,))
    bomb = b"\xff" * 5  # a block of the reserved type
    bad = tampered(item, {"digest": payload_digest(item.salt, bomb), "codec": 1, "plain": 1 << 24, "stored": 16 + len(bomb)}, body=bomb)
    yield v("item-deflate", "16 MiB are declared and a broken stream is there.", with_item(bad), [("deflate-invalid", item)], (2, 3))
    p = Proof(b, item)
    p.hashes, p.shown[1:3] = p.fold(), [item, b.records[1]]
    yield v("not-ascending", "The session stands behind the item.", p, [("proof-record", 1)], (3,))
    p = Proof(b, item)
    p.hashes, p.shown = p.fold(), p.shown[:3] + p.shown[2:]
    yield v("item-twice", "The item record is shown twice.", p, [("proof-record", item)], (3,))
    p = Proof(b, item)
    p.shown.insert(2, b.records[2])
    yield v("data-shown", "A data record among the records shown.", p, [("proof-record", 2)], (3,))
    p = Proof(b, item)
    p.withheld = {1}
    yield v("session-withheld", "The session's payload is left out.", p, [("proof-record", 1)], (3,))
    for name, drop in (("no-tail", 4), ("no-item", 3), ("no-session", 1)):
        p = Proof(b, item)
        p.hashes = p.fold()
        p.shown = [r for r in p.shown if r.number != drop]
        yield v(name, f"Record {drop} is left out.", p, ["proof-record"], (4,))
    p = Proof(b, item)
    p.shown = []
    p.hashes = []
    yield v("nothing", "No record is shown.", p, ["proof-record"], (4,))

    p = Proof(b, item)
    p.hashes = [bytes([p.fold()[0][0] ^ 1]) + p.fold()[0][1:]] + p.fold()[1:]
    yield v("hash-wrong", "One bit of a hash is another.", p, ["seal-mismatch"], (6, 7))
    p = Proof(b, item)
    p.hashes = p.fold() + [bytes(32)]
    yield v("hash-more", "A hash too many.", p, ["proof-invalid"], (6,))
    p = Proof(b, item)
    p.hashes = p.fold()[:-1]
    yield v("hash-missing", "A hash too few.", p, ["proof-invalid"], (6,))
    many = Case("proof many small")
    for n in range(20):
        last = many.file(b"file-%d" % n, b"%d" % n)
    many.seal()
    p = Proof(many, many.records[10] if many.records[10].type == 4 else many.records[11])
    p.hashes = p.fold()
    p.hashes[1], p.hashes[2] = p.hashes[2], p.hashes[1]
    yield v("hashes-swapped", "Two hashes have changed places.", p, ["seal-mismatch"], (6,))
    p = Proof(b, item)
    p.checkpoint = p.checkpoint.replace(b"\n5\n", b"\n6\n")
    yield v("checkpoint-size", "The checkpoint says another size.", p, ["seal-mismatch"], (7,))
    p = Proof(b, item)
    p.checkpoint += b"\n"
    yield v("checkpoint-line", "The checkpoint has a fourth line.", p, ["seal-mismatch"], (7,))
    p = Proof(b, item)
    p.checkpoint = other.all_seals[0]["checkpoint"]
    yield v("checkpoint-other", "The checkpoint of another bundle.", p, ["seal-mismatch"], (7,))
    wrong, record = small("proof tail")
    wrong.tail(change={2: [bytes(32)]})
    wrong.seal(tail=False)
    yield v("tail-frontier", "The tail, signed as it is, holds another tree.", Proof(wrong, record), ["tail-mismatch"], (7,))
    wrong, record = small("proof tail count")
    wrong.tail(change={2: [bytes(32)] * 3})
    wrong.seal(tail=False)
    yield v("tail-frontier-count", "The tail's frontier has one hash too many.", Proof(wrong, record), ["tail-mismatch"], (7,))


def invalid_links():
    def v(name, comment, p, findings, rules, **options):
        return ProofVector(f"invalid_{name}", comment, rules, p.file(), p, findings, **options)

    b, item = sealed("proof links")
    b.session(policy=("second",))
    later = b.file(b"later.txt", b"later\n")
    b.seal(("second",))
    p = Proof(b, later, seal=1)
    p.shown = [b.records[1] if r.type == 2 else r for r in p.shown]
    p.hashes = None
    yield v("session-other", "A session whose policy would fit is shown in place of the one in force.", p, ["proof-record"], (4,))
    p = Proof(b, later, seal=1)
    p.shown.insert(1, b.records[1])
    yield v("session-unlinked", "A session that no link leads to.", p, ["proof-record"], (4,))
    p = Proof(b, item, seal=1)
    yield v("session-earlier", "An item of an earlier session, without the link to it.", p, [("proof-session", item)], (8,),
            content=HELLO, pins=("second",))
    p = Proof(b, later, seal=1)
    p.signatures = b.all_seals[0]["signatures"]
    yield v("signature-of-other-seal", "The signature of an earlier seal.", p,
            [("seal-signature", p.size), ("seal-policy", p.size)], (10,), content=b"later\n")

    b, _ = sealed("proof refused")
    b.session(policy=("attacker",))
    planted = b.file(b"planted.txt", b"planted\n")
    state = b.state.items[planted.item]
    b.seal(("attacker",))
    attacker = Proof(b, planted, seal=1)
    yield v("planted", "A planted item under the planter's own seal.", attacker, [("seal-untrusted", attacker.size)], (10,),
            content=b"planted\n")
    b.session(refuse=(6, len(b.records) - 6, "not written by this laboratory"),
              change={8: {1: 5, 2: b.all_seals[0]["root"], 3: [signer("examiner").fingerprint], 4: 2}})
    b.extends[b.state.session] = 5
    b.state.seals = b.state.seals[:1]
    b.note()
    b.seal()
    b.state.items[planted.item] = state
    p = Proof(b, planted, seal=2)
    yield v("refused", "A refused item under the seal of the session that refused it.", p, [("refused", planted)], (8,),
            content=b"planted\n")

    b, _ = sealed("proof account")
    b.session(policy=("attacker",))
    planted = b.file(b"planted.txt", b"planted\n")
    b.session()
    b.note()
    b.seal()
    for name, links in (("unaccounted", 1), ("unaccounted-linked", 2)):
        p = Proof(b, planted, seal=1)
        if links == 2:
            p.shown = sorted(p.shown + [b.records[1], b.records[4]], key=lambda r: r.number)
        yield v(name, "A planted item that the session after it does not account for" + (
            ", with a link to the session before." if links == 2 else "."), p, [("session-account", planted)], (8,),
            content=b"planted\n")

    b = Case("proof refused frame")
    first = b.data(b"A" * 50, 1)
    b.seal()
    session = b.session()
    b.open(1, resume=True)
    bad = b.data(b"X" * 50, 1)
    b.session(refuse="read from another source")
    b.open(1, resume=True)
    good = b.data(b"B" * 50, 1)
    item = b.close_item(1, name=b"disk.img", kind=1)
    b.seal()
    p = Proof(b, item, seal=1, links=2, part=(0, 100, (first, bad)))
    yield v("refused-frame", "A refused frame in place of the one that counts.", p, [("refused", bad)], (8,))

    b, item = sealed("proof stripped", ("examiner", "second"), policy=("examiner", "second"))
    p = Proof(b, item)
    p.signatures = p.signatures[:1]
    yield v("signer-stripped", "Two must sign; one signature was taken out.", p, [("seal-policy", p.size)], (10,),
            content=HELLO, pins=("examiner", "second"))
    p = Proof(b, item)
    p.signatures = [p.signatures[0]] * 2
    yield v("signer-twice", "Two must sign; one signature is there twice.", p, [("seal-policy", p.size)], (10,),
            content=HELLO, pins=("examiner", "second"))
    p = Proof(b, item)
    p.signatures = []
    yield v("signatures-none", "Without any signature.", p, [("seal-policy", p.size)], (10,), content=HELLO)
    b, item = sealed("proof policy", policy=("examiner",), needed=2)
    p = Proof(b, item)
    yield v("policy", "A policy that nobody can meet.", p, [("session-policy", p.size)], (10,), content=HELLO)
    b, item = sealed()
    p = Proof(b, item)
    yield v("content-other", "Other bytes of the same length beside it.", p, [("content-differs", item)], (9,),
            content=HELLO.replace(b"e", b"a"))
    yield v("content-longer", "One byte more beside it.", p, [("content-differs", item)], (9,), content=HELLO + b"\n")
    fork = p.checkpoint.split(b"\n")
    fork = b"\n".join([fork[0], fork[1], b"A" * 43 + b"=", b""])
    yield v("receipt-fork", "A receipt of another history.", p, [("content-none", item), "receipt-fork"], (12,), receipts=(fork,))
    branch = b"/".join([fork.split(b"\n")[0], b"de" * 16]) + fork[fork.index(b"\n"):]
    yield v("receipt-branch", "A receipt of another branch.", p, [("content-none", item), "receipt-branch"], (12,), receipts=(branch,))


def invalid_ranges():
    b, item, parts = frames()

    def v(name, comment, offset, length, records, found, rules=(5,), change=None):
        p = Proof(b, item, part=(offset, length, [r for r in parts if r in records]))
        p.frames = list(records)
        if change:
            change(p)
        return ProofVector(f"invalid_range-{name}", comment, rules, p.file(), p, [found])

    yield v("hole", "A frame is left out.", 0, 200, [parts[0], parts[2]], ("proof-range", parts[2]))
    yield v("late", "The first frame begins behind the range.", 60, 20, parts[1:2], ("proof-range", parts[1]))
    yield v("short", "The last frame ends before the range.", 0, 200, parts[:2], ("proof-range", parts[1]))
    yield v("long", "A frame more than the range needs.", 0, 100, parts[:3], ("proof-range", parts[2]))
    yield v("beyond", "The range ends behind the item.", 400, 100, parts[5:], ("proof-range", item))
    yield v("overflow", "Offset and length come to 2^63 and more.", (1 << 63) - 1, 1 << 38, parts[5:], ("proof-range", item))

    def swap(p):
        p.hashes = p.fold()
        p.frames.reverse()
    yield v("order", "Two frames in the wrong order.", 0, 128, parts[:2], ("proof-range", parts[1]), change=swap)

    def twice(p):
        p.hashes = p.fold()
        p.frames.append(p.frames[0])
    yield v("twice", "A frame is there twice.", 0, 64, parts[:1], ("proof-frame", parts[0]), change=twice)

    def payload(p):
        p.frames[0] = tampered(parts[0], body=b"X" * 64)
    yield v("payload", "Other bytes in a frame.", 0, 64, parts[:1], ("payload-digest", parts[0]), change=payload)

    def forged(p):
        p.hashes = p.fold()
        bad = tampered(parts[0], {"digest": payload_digest(parts[0].salt, b"X" * 64)}, body=b"X" * 64)
        bad.hash = sha256(b"\0" + bad.core.encode())
        p.frames[0] = bad
    p_forged = v("forged", "A forged frame, core and payload.", 0, 64, parts[:1], "seal-mismatch", (5, 6), forged)
    yield p_forged

    def core(p):
        p.frames[0] = tampered(parts[0], {"stored": 1 << 40})
    yield v("stored", "A frame of 2^40 bytes is declared.", 0, 64, parts[:1], ("length-stored", parts[0]), (2, 5), core)

    def note(p):
        p.frames[0] = b.records[parts[0].number + 1]
    yield v("note", "A note in place of a frame.", 0, 64, parts[:1], ("proof-frame", parts[0].number + 1), change=note)

    def withheld(p):
        p.withheld = {item.number}
    yield v("withheld", "The item record's content is withheld.", 0, 64, parts[:1], ("proof-record", item), change=withheld)

    c = Case("proof two items")
    one = c.data(b"A" * 50, 1)
    two = c.data(b"B" * 50, 2)
    item_one = c.close_item(1, kind=1, name=b"one")
    c.close_item(2, kind=1, name=b"two")
    c.seal()
    p = Proof(c, item_one, part=(0, 50, (two,)))
    yield ProofVector("invalid_range-other-item", "A frame of another item.", (5,), p.file(), p, [("proof-frame", two)])
    foreign, _, others_ = frames("proof frames other")
    p = Proof(b, item, part=(0, 64, parts[:1]))
    p.hashes, p.frames = p.fold(), [others_[0]]
    yield ProofVector("invalid_range-other-bundle", "A frame of another bundle.", (5,), p.file(), p, [("core-bundle-id", parts[0])])
    p = Proof(b, item, part=(70, 100, parts[1:3]))
    yield ProofVector("invalid_range-content", "Other bytes beside the range.", (9,), p.file(), p,
                      [("content-differs", item)], content=b"B" * 100)


def vectors():
    for part in (valid, invalid_files, invalid_records, invalid_links, invalid_ranges):
        yield from part()


def files(written):
    """path -> bytes, below testvectors/; `written` makes the manifest's text."""
    out, entries = {}, []
    for v in vectors():
        out.update(v.files())
        entries.append(v.entry)
    if len({e["id"] for e in entries}) != len(entries):
        raise SystemExit("a proof has a name twice")
    out["proofs.json"] = written({"proofs": 1, "vectors": entries})
    return out

