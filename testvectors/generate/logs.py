"""Log proofs (8.4): the log is `testvectors/log.py`, written from the C2SP texts."""

import base64

from testvectors import log as tlog
from testvectors.log import COSIGNATURE, ED25519, Key, Log, assemble, b64, signature_line

from .builder import Bundle
from .tree import sha256
from .vector import Vector, finding

NOW = 1709380800


def key(name, kind, seed=None):
    return Key(name, kind, sha256(b"log key " + (seed or name).encode()))


LOG = key("log.example/receipts", ED25519)
OTHER = key("other.example/log", ED25519)
COURT = key("court.example/witness", COSIGNATURE)
PRESS = key("press.example/witness", COSIGNATURE)


def vkey(name, key_id, kind, public):
    return "%s+%s+%s" % (name, key_id.hex(), b64(bytes([kind]) + public))


class Case:
    """A sealed bundle whose checkpoint is leaf `index` of a log of `size` leaves."""

    def __init__(self, seed, index=2, size=7, log=LOG):
        self.b = b = Bundle(seed)
        b.file(b"a.txt", b"evidence")
        self.seal = b.seal()
        self.point = b.all_seals[-1]["checkpoint"]
        self.index, self.size = index, size
        self.log = Log(log, [b"receipt %d\n" % n for n in range(size)])
        self.log.leaves[index] = self.point
        self.path = tlog.tree_path(index, self.log.leaves)
        self.text = self.log.note_text()
        self.lines, self.said = [], []
        self.extra = None

    def sign(self, by=LOG, role="log", maths="valid", at=None, name=None, key_id=None, data=None, text=None):
        """A signature line, and what must be said of it; None for what is by the key itself."""
        data = by.sign(text or self.text, at) if data is None else data
        name, key_id = name or by.name, key_id or by.id
        self.lines.append(signature_line(name, key_id, data))
        shown = at if (role, maths) == ("witness", "valid") else None
        self.said.append({"name": name, "key": key_id.hex(), "role": role, "mathematics": maths,
                          "time": shown})
        return self

    def proof(self):
        return assemble(self.index, self.path, self.text, self.lines, self.extra)

    def read(self):
        origin, size, root = self.text.decode().split("\n")[:3]
        return {"origin": origin, "index": self.index, "size": int(size),
                "root": base64.b64decode(root).hex(), "signatures": self.said}


UNREAD = {"origin": None, "index": None, "size": None, "root": None, "signatures": []}


def judged(v, entries, layout, findings=(), **report):
    """entries: (attest, seal, outcome, what was read), in the order of the attests."""
    stamps, timed = [], False
    for attest, seal, outcome, read in entries:
        if outcome != "holds":
            stamps.append(finding("log-proof-" + outcome.replace(" ", "-"), attest))
        timed |= outcome == "holds" and any(s["time"] is not None for s in read["signatures"])
    v.report(layout, findings, stamps=stamps + ([] if timed else [finding("timestamp-none")]), **report)
    v.log_proofs = [{"record": attest.number, "seal": seal.number, "outcome": outcome, **read}
                    for attest, seal, outcome, read in entries]
    return v


def one(name, comment, rules, c, outcome, data=None, read=None, logs=(LOG,), witnesses=(COURT, PRESS)):
    """One attest with one proof."""
    v = Vector(name, comment, rules)
    v.log_keys = [k if isinstance(k, str) else k.vkey for k in logs]
    v.witness_keys = [k if isinstance(k, str) else k.vkey for k in witnesses]
    values = data if isinstance(data, list) else [c.proof() if data is None else data]
    attest = c.b.attest(c.seal, 3, values)
    return judged(v, [(attest, c.seal, outcome, c.read() if read is None else read)], c.b.layout())


def holding():
    def good(tail, comment, c, rules=("B-LOG-5",), outcome="holds", **given):
        return one(f"valid/log-{tail}", comment, rules, c, outcome, **given)

    yield good("holds", "A log has the checkpoint; nobody says since when.", Case("log-holds").sign(),
               ("B-LOG-1", "B-LOG-3", "B-LOG-4", "B-LOG-5"))
    for index, size in ((0, 1), (0, 2), (1, 2), (4, 5), (6, 7), (3, 8), (0, 13), (12, 13), (9, 13)):
        yield good(f"tree-{index}-{size}", f"Leaf {index} of {size}.",
                   Case(f"log-tree-{index}-{size}", index, size).sign(), ("B-LOG-3",))
    c = Case("log-cosigned").sign().sign(COURT, "witness", at=NOW)
    yield good("cosigned", "A witness saw the log's tree, and says when.", c, ("B-LOG-4", "B-LOG-6"))
    c = Case("log-cosigned-only").sign().sign(COURT, "witness", at=NOW)
    yield good("cosigned-only", "The witness's key is given and the log's is not: no time is shown.",
               flip(c, 0, "unknown"), ("B-LOG-5", "B-LOG-6"), "not evaluated", logs=())
    c = Case("log-cosigned-twice").sign().sign(COURT, "witness", at=NOW).sign(COURT, "witness", at=NOW + 60)
    yield good("cosigned-twice", "One witness signed at two times: both lines are listed.", c, ("B-LOG-4",))
    c = Case("log-cosigned-two").sign().sign(COURT, "witness", at=NOW).sign(PRESS, "witness", at=NOW + 60)
    yield good("cosigned-two", "Two witnesses.", c, ("B-LOG-4",))
    c = Case("log-witness-unknown").sign().sign(COURT, "unknown", "not evaluated", at=NOW)
    yield good("witness-unknown", "A witness whose key was not given: no time is shown.", c, ("B-LOG-4", "B-LOG-6"),
               witnesses=())
    c = Case("log-no-key").sign(maths="not evaluated", role="unknown")
    yield good("no-key", "No key was given.", c, outcome="not evaluated", logs=(), witnesses=())
    c = Case("log-other-key").sign(maths="not evaluated", role="unknown")
    yield good("other-key", "The key of another log was given.", c, outcome="not evaluated", logs=(OTHER,))
    c = Case("log-extra")
    c.extra = b"anything"
    yield good("extra", "Extra data, which mean nothing.", c.sign(), ("B-LOG-1",))
    c = Case("log-extensions")
    c.text = c.log.note_text(more=("an extension", "— no signature"))
    yield good("extensions", "Extension lines are signed, and mean nothing.", c.sign(), ("B-LOG-1", "B-LOG-4"))
    c = Case("log-rotated")
    old = key(LOG.name, ED25519, "an older key")
    yield good("rotated", "The log signs with an old key, too, which is unknown.",
               c.sign(old, "unknown", "not evaluated").sign(), ("B-LOG-4",))
    c = Case("log-id-other-name")
    c.sign(LOG, "unknown", "not evaluated", name="log.example/receipt").sign()
    yield good("id-other-name", "The key's id under another name is another key.", c, ("B-LOG-4",))
    c = Case("log-name-composed")
    composed, plain = "log.example/\u00e9", "log.example/e\u0301"
    c.log.key = key(composed, ED25519)
    c.text = c.log.note_text()
    c.sign(c.log.key, "unknown", "not evaluated", name=plain)
    yield good("name-composed", "Two names that look alike and differ in their bytes are two keys.",
               c.sign(c.log.key), ("B-LOG-4",), logs=(c.log.key,))
    quantum = sha256(b"ml-dsa")[:4]
    c = Case("log-type-other").sign(LOG, "log", "not evaluated", key_id=quantum, data=bytes(8 + 2420))
    yield good("type-other", "The given key has type 06 (ML-DSA): the signature is not evaluated.", c,
               ("B-LOG-2", "B-LOG-4", "B-LOG-5"), "not evaluated", logs=(vkey(LOG.name, quantum, 6, bytes(1312)),))
    c = Case("log-type-both").sign(LOG, "log", "not evaluated", key_id=quantum, data=bytes(8 + 2420)).sign()
    yield good("type-both", "The same log signs with a key of type 06 and one of type 01.", c, ("B-LOG-2", "B-LOG-4"),
               logs=(vkey(LOG.name, quantum, 6, bytes(1312)), LOG))
    c = Case("log-signatures-64").sign()
    for n in range(63):
        c.sign(key(f"w{n}.example", COSIGNATURE, "many"), "unknown", "not evaluated", data=bytes(72))
    yield good("signatures-64", "64 signatures are taken.", c, ("B-LOG-1",))
    c = Case("log-time-highest").sign().sign(COURT, "witness", at=2**63 - 1)
    yield good("time-highest", "The last second that a witness can name.", c, ("B-LOG-4",))


def flip(c, place, role):
    """What is said of a line when its key is not given."""
    c.said[place].update(role=role, mathematics="not evaluated", time=None)
    return c


def later():
    c = Case("log-later")
    proof = c.sign().proof()
    c.b.session()
    c.b.note()
    second = c.b.seal()
    v = Vector("valid/log-later", "Stored after a second seal, about the first one.", ["B-LOG-3", "B-ATT-1"])
    v.log_keys = [LOG.vkey]
    yield judged(v, [(c.b.attest(c.seal, 3, [proof]), c.seal, "holds", c.read())], c.b.layout())

    c = Case("log-both")
    good = c.sign().proof()
    read = c.read()
    attests = [(c.b.attest(c.seal, 3, [good[:-1]]), c.seal, "invalid", UNREAD),
               (c.b.attest(c.seal, 3, [good]), c.seal, "holds", read)]
    v = Vector("valid/log-both", "One proof is broken, the next one holds: anyone can append the first.", ["B-LOG-5"])
    v.log_keys = [LOG.vkey]
    yield judged(v, attests, c.b.layout())

    c = Case("log-refused")
    proof = c.sign().proof()
    c.b.session()
    c.b.note()
    c.b.attest(c.seal, 3, [proof])
    entry = c.b.all_seals[0]
    c.b.session(change={8: {1: entry["record"], 2: entry["root"], 3: entry["signers"], 4: 2}},
                refuse=(entry["record"] + 1, 3, "not ours"))
    c.b.base = len(c.b.records)
    c.b.seal()
    v = Vector("valid/log-refused", "An attest that was refused is not listed.", ["B-LOG-5", "B-SES-4"])
    v.log_keys = [LOG.vkey]
    yield judged(v, [], c.b.layout(), [finding("refused", entry["record"] + 1, length=3)])


def wrong():
    def bad(tail, comment, rules, c, data=None, read=None, outcome="invalid", **given):
        return one(f"invalid/log_{tail}", comment, rules, c, outcome, data, read, **given)

    def malformed(tail, comment, change, c=None):
        c = c or Case(f"log_{tail}").sign()
        text = c.proof()
        data = change(text)
        assert data != text, tail
        return bad(tail, comment, ["B-LOG-1"], c, data, UNREAD)

    def lines(change):
        """Changes the list of lines, the last of which is empty."""
        def made(text):
            parts = text.split(b"\n")
            return b"\n".join(change(parts) or parts)
        return made

    def put(place, line):
        def change(parts):
            parts[place:place + 1] = line if isinstance(line, list) else [line]
        return lines(change)

    # The path: 7 leaves, leaf 2, so that line 1 is the index, 2 to 4 the path, 6 the origin, 7 the size.
    c = Case("log_leaf")
    c.log.leaves[2] = c.point.rstrip(b"\n")
    c.path, c.text = tlog.tree_path(2, c.log.leaves), c.log.note_text()
    yield bad("leaf", "The leaf is the checkpoint without its last LF.", ["B-LOG-3"], c.sign())
    c = Case("log_leaf-other", index=2).sign()
    other = Case("log_leaf-other second")
    yield bad("leaf-other", "The proof is of another bundle's checkpoint.", ["B-LOG-3"], other.sign(), c.proof(), c.read())
    c = Case("log_leaf-bare")
    right, left, last = c.path
    root = tlog.sha256(b"\1", tlog.sha256(b"\1", left, tlog.sha256(b"\1", sha256(c.point), right)), last)
    c.text = c.text.replace(b64(tlog.tree_hash(c.log.leaves)).encode(), b64(root).encode())
    yield bad("leaf-bare", "The leaf was hashed without the byte 00 before it.", ["B-LOG-3"], c.sign())
    for tail, index, comment in (("index", 3, "The index is that of the neighbour."),
                                 ("index-level", 0, "The index is another with as long a path."),
                                 ("index-high", 7, "The index is the number of leaves.")):
        c = Case(f"log_{tail}").sign()
        c.index = index
        yield bad(tail, comment, ["B-LOG-3"], c)
    c = Case("log_size")
    c.text = c.text.replace(b"\n7\n", b"\n9\n")
    yield bad("size", "The log signed another number of leaves.", ["B-LOG-3"], c.sign())
    c = Case("log_size-zero", 0, 1)
    c.text = c.text.replace(b"\n1\n", b"\n0\n")
    yield bad("size-zero", "The log signed a tree without leaves.", ["B-LOG-3"], c.sign())
    for tail, change, comment in (("path-short", lambda p: p[:-1], "A hash too few."),
                                  ("path-long", lambda p: p + [bytes(32)], "A hash too many."),
                                  ("path-empty", lambda p: [], "No path at all."),
                                  ("path-order", lambda p: p[::-1], "The hashes from the root down."),
                                  ("path-hash", lambda p: [bytes(32)] + p[1:], "Another hash.")):
        c = Case(f"log_{tail}").sign()
        c.path = change(c.path)
        yield bad(tail, comment, ["B-LOG-3"], c)
    c = Case("log_root")
    c.text = c.text.replace(b64(tlog.tree_hash(c.log.leaves)).encode(), b64(sha256(b"")).encode())
    yield bad("root", "The log signed another root.", ["B-LOG-3"], c.sign())

    # Signatures.
    c = Case("log_signature")
    forged = bytearray(LOG.sign(c.text))
    forged[10] ^= 1
    yield bad("signature", "A bit of the log's signature is another.", ["B-LOG-4", "B-LOG-5"],
              c.sign(maths="invalid", data=bytes(forged)))
    c = Case("log_signature-scalar")
    order = 2**252 + 27742317777372353535851937790883648493
    good = LOG.sign(c.text)
    twin = good[:32] + (int.from_bytes(good[32:], "little") + order).to_bytes(32, "little")
    yield bad("signature-scalar", "The signature's number is not below the order of the group.", ["B-LOG-4"],
              c.sign(maths="invalid", data=twin))
    for tail, change in (("short", lambda s: s[:-1]), ("long", lambda s: s + b"\0")):
        c = Case(f"log_signature-{tail}")
        yield bad(f"signature-{tail}", f"The signature is a byte too {tail}.", ["B-LOG-4"],
                  c.sign(maths="invalid", data=change(LOG.sign(c.text))))
    c = Case("log_signature-other")
    yield bad("signature-other", "The log's signature over another tree.", ["B-LOG-4"],
              c.sign(maths="invalid", text=c.log.note_text(6)))
    c = Case("log_signature-bare")
    yield bad("signature-bare", "The log's key signed the three lines without their last LF.", ["B-LOG-4"],
              c.sign(maths="invalid", text=c.text[:-1]))
    c = Case("log_key-id")
    yield bad("key-id", "Another key signed, and bears the name and the id of the log's.", ["B-LOG-4", "B-LOG-5"],
              c.sign(OTHER, maths="invalid", name=LOG.name, key_id=LOG.id))
    c = Case("log_key-id-beside").sign()
    yield bad("key-id-beside", "Beside the log's signature stands one that is false and bears its name and id.",
              ["B-LOG-5"], c.sign(OTHER, maths="invalid", name=LOG.name, key_id=LOG.id))
    c = Case("log_origin")
    c.text = c.text.replace(LOG.name.encode(), OTHER.name.encode())
    yield bad("origin", "The log's key signed for another origin.", ["B-LOG-5"], c.sign())
    c = Case("log_cosignature-other").sign()
    yield bad("cosignature-other", "A witness's signature over another tree of the log.", ["B-LOG-4", "B-LOG-5"],
              c.sign(COURT, "witness", "invalid", NOW, text=c.log.note_text(6)))
    c = Case("log_cosignature-time").sign()
    yield bad("cosignature-time", "The time of a witness's signature was set back.", ["B-LOG-4"],
              c.sign(COURT, "witness", "invalid", data=(NOW - 86400).to_bytes(8, "big") + COURT.sign(c.text, NOW)[8:]))
    c = Case("log_cosignature-high").sign()
    yield bad("cosignature-high", "A time of 2^63.", ["B-LOG-4"], c.sign(COURT, "witness", "invalid", at=2**63))
    c = Case("log_cosignature-short").sign()
    yield bad("cosignature-short", "A witness's line with the signature alone.", ["B-LOG-4"],
              c.sign(COURT, "witness", "invalid", data=COURT.sign(c.text, NOW)[8:]))
    c = Case("log_cosignature-seven").sign()
    yield bad("cosignature-seven", "A witness's line with seven bytes.", ["B-LOG-4"],
              c.sign(COURT, "witness", "invalid", data=bytes(7)))
    c = Case("log_cosignature-plain").sign()
    yield bad("cosignature-plain", "A witness signed the text as a log does.", ["B-LOG-4"],
              c.sign(COURT, "witness", "invalid", data=NOW.to_bytes(8, "big") + COURT.ed25519(c.text)))

    # The form.
    yield malformed("crlf", "Lines that end in CR LF.", lambda t: t.replace(b"\n", b"\r\n"))
    yield malformed("no-newline", "The last LF is missing.", lambda t: t[:-1])
    yield malformed("newline-more", "An empty line at the end.", lambda t: t + b"\n")
    yield malformed("line-extra", "A line after the signatures that is none.", lambda t: t + b"extra aGVsbG8=\n")
    yield malformed("truncated", "It ends after the log's checkpoint.", lambda t: t[:t.rindex(b"\n\n") + 1])
    yield malformed("unsigned", "No signature follows the empty line.", lambda t: t[:t.rindex(b"\n\n") + 2])
    yield malformed("empty", "Nothing at all.", lambda t: b"")
    yield malformed("first-line", "Another version.", lambda t: t.replace(b"@v1", b"@v2", 1))
    yield malformed("bom", "A byte order mark.", lambda t: b"\xef\xbb\xbf" + t)
    yield malformed("extra-empty", "An extra line without data.", put(0, [tlog.HEADER.encode(), b"extra "]))
    yield malformed("extra-base64", "The extra line is no base64.", put(0, [tlog.HEADER.encode(), b"extra a"]))
    yield malformed("extra-twice", "Two extra lines.", put(0, [tlog.HEADER.encode()] + [b"extra YQ=="] * 2))
    yield malformed("extra-late", "The extra line follows the index.", put(1, [b"index 2", b"extra YQ=="]))
    yield malformed("index-missing", "No index.", put(1, []))
    for tail, digits in (("zeros", b"02"), ("plus", b"+2"), ("minus", b"-2"), ("none", b""), ("space", b"2 "),
                         ("beyond", b"9223372036854775808"), ("long", b"18446744073709551618"), ("hex", b"0x2"),
                         ("arabic", "\u0662".encode())):
        yield malformed(f"index-{tail}", f"An index `{digits.decode()}`.", put(1, b"index " + digits))
    yield malformed("size-zeros", "The number of leaves has a zero before it.", put(7, b"07"))
    yield malformed("path-31", "A hash of 31 bytes.", put(2, b64(bytes(31)).encode()))
    yield malformed("path-33", "A hash of 33 bytes.", put(2, b64(bytes(33)).encode()))
    yield malformed("path-64", "64 hashes.", put(2, [b64(bytes(32)).encode()] * 62))
    yield malformed("path-bits", "Base64 whose last bits are not zero.",
                    lambda t: t.replace(t.split(b"\n")[2], t.split(b"\n")[2][:-2] + b"\x7a="))
    yield malformed("path-unpadded", "Base64 without its padding.", lines(lambda p: p.__setitem__(2, p[2].rstrip(b"="))))
    yield malformed("path-url", "Base64 with the letters for URLs.", put(2, b64(b"\xff" * 32).replace("/", "_").encode()))
    yield malformed("path-space", "A space behind a hash.", lines(lambda p: p.__setitem__(2, p[2] + b" ")))
    yield malformed("empty-line", "An empty line more before the log's checkpoint.", put(5, [b"", b""]))
    yield malformed("origin-empty", "An empty origin.", put(6, b""))
    yield malformed("root-missing", "The log's checkpoint has two lines.", put(8, []))
    yield malformed("control", "A control character in an extension line.", put(8, [b"", b"\x0b"]))
    yield malformed("tab", "A tab in the origin.", put(6, b"log.example/\treceipts"))
    yield malformed("utf8", "The origin is not UTF-8.", put(6, b"log.example/\xff"))
    yield malformed("surrogate", "A surrogate in UTF-8.", put(6, b"log.example/\xed\xa0\x80"))
    for tail, name in (("plus", "a+b"), ("nbsp", "a\u00a0b"), ("nel", "a\u0085b"), ("thin", "a\u2009b"),
                       ("line", "a\u2028b"), ("wide", "a\u3000b"), ("empty", "")):
        c = Case(f"log_name-{tail}").sign()
        c.lines.append(signature_line(name, bytes(4), bytes(64)))
        yield bad(f"name-{tail}", "A name of a key that cannot be one.", ["B-LOG-1"], c, read=UNREAD)
    yield malformed("dash", "A hyphen stands for the dash.", lambda t: t.replace("\u2014".encode(), b"-"))
    yield malformed("dash-space", "Two spaces behind the dash.", lambda t: t.replace("\u2014 ".encode(), "\u2014  ".encode()))
    c = Case("log_signature-none").sign()
    c.lines.append(signature_line("a.example", bytes(4), b""))
    yield bad("signature-none", "A line with the id of a key and nothing behind it.", ["B-LOG-1"], c, read=UNREAD)
    c = Case("log_signatures-65").sign()
    c.lines += [signature_line(f"w{n}.example", bytes(4), bytes(64)) for n in range(64)]
    yield bad("signatures-65", "65 signatures.", ["B-LOG-1"], c, read=UNREAD)
    c = Case("log_too-long").sign()
    long = c.proof()
    filled = long.replace(b"\nindex", b"\nextra " + b64(bytes(3 * (262144 // 4))).encode() + b"\nindex")
    yield bad("too-long", "More bytes than a proof may have.", ["B-LOG-1"], c, filled, UNREAD)
    c = Case("log_two").sign()
    yield bad("two", "Two proofs in one attest.", ["B-LOG-1"], c, [c.proof(), c.proof()], UNREAD)


def unknown():
    """What the seal signs is not known, or not what it should be."""
    c = Case("log_mismatched")
    b = c.b
    b.session()
    b.note()
    b.tail()
    bad = b.seal(tail=False, checkpoint=b.checkpoint(root=bytes(32)))
    c.log.leaves[2] = b.all_seals[-1]["checkpoint"]
    c.path, c.text = tlog.tree_path(2, c.log.leaves), c.log.note_text()
    attest = b.attest(bad, 3, [c.sign().proof()])
    lay = b.layout()
    v = Vector("invalid/log_mismatched", "A log has the checkpoint of a seal that is not over these records.",
               ["B-LOG-5", "B-SEA-3"])
    v.log_keys = [LOG.vkey]
    yield judged(v, [(attest, bad, "not evaluated", UNREAD)], lay, [v.on(lay, "seal-mismatch", bad)],
                 seals={bad.number: ("fails", ["seal-unproven"])})

    c = Case("log_lost")
    b = c.b
    b.session()
    bad = b.note(change={2: 999})
    attest = b.attest(c.seal, 3, [c.sign().proof()])
    lay = b.layout()
    v = Vector("invalid/log_lost", "The attest came after a record that broke a rule.", ["B-LOG-5", "B-DMG-8"])
    v.log_keys = [LOG.vkey]
    yield judged(v, [(attest, c.seal, "not evaluated", UNREAD)], lay, [v.on(lay, "item-unknown", bad)], lost=bad)


def vectors():
    for part in (holding, later, wrong, unknown):
        yield from part()
