"""Damage to the bytes of a volume, and how a reader goes on (spec 4.3)."""

from .builder import Bundle
from .frame import Core, Record, payload_digest
from .tree import Tree, sha256
from .vector import Vector, finding


def parts(seed, names=("a", "b", "c", "d")):
    """A bundle whose item has four data records; returns it with these."""
    b = Bundle(seed)
    data = [b.data(f"part {n}, ".encode() * 4) for n in names]
    b.close_item(name=b"parts.txt")
    b.seal()
    return b, data


def vector(tail, comment, *rules):
    return Vector(f"invalid/damage_{tail}", comment, rules)


def headers():
    for at, code, where in ((0, "frame-mark", "sync mark"), (7, "frame-crc", "state"),
                            (40, "frame-crc", "record number"), (63, "frame-crc", "stored length"),
                            (100, "frame-crc", "previous record hash"), (136, "frame-crc", "CRC-32")):
        b, data = parts(f"damage_flip-{at}")
        lay = b.layout()
        lay.flip(data[1], at, 0x40)
        bad = data[1]
        v = vector(f"flip-{at}", f"One bit of the {where} of a data record is flipped.",
                   "B-DMG-1", "B-DMG-4", "B-DMG-8")
        yield v.report(lay, [v.bytes(lay, code, bad.number, bad, bad.length)], lost=bad)
    b, data = parts("damage_flip-reserved")
    lay = b.layout()
    bad = data[1]
    lay.flip(bad, 143)
    v = vector("flip-143", "One bit of the reserved bytes after the CRC-32 is flipped.", "B-DMG-1")
    yield v.report(lay, [v.bytes(lay, "frame-reserved", bad.number, bad, bad.length)], lost=bad)
    b, data = parts("damage_flip-trailer")
    lay = b.layout()
    bad = data[1]
    lay.flip(bad, -1)
    v = vector("flip-trailer", "One bit of the trailing length is flipped.", "B-DMG-1")
    yield v.report(lay, [v.bytes(lay, "frame-length", bad.number, bad, bad.length)], lost=bad)
    for at, what in ((144, "salt"), (161, "body")):
        b, data = parts(f"damage_flip-{at}")
        lay = b.layout()
        lay.flip(data[1], at)
        v = vector(f"flip-{what}", f"One bit of the {what} of a data record is flipped: only that "
                   "record is lost.", "B-DMG-6", "B-DMG-7")
        yield v.report(lay, [v.on(lay, "payload-digest", data[1])], unusable=(1,))
    b, data = parts("damage_flip-seal-body")
    lay = b.layout()
    bad = b.records[-1]
    lay.flip(bad, 170)
    v = vector("flip-seal-body", "One bit of a seal's checkpoint is flipped: the seal is unusable.",
               "B-DMG-7")
    yield v.report(lay, [v.on(lay, "payload-digest", bad)], lost=bad,
                   seals={bad.number: ("not established", ["seal-unproven"], "unusable")})
    b, data = parts("damage_flip-genesis-header")
    lay = b.layout()
    bad = b.records[0]
    lay.flip(bad, 20)
    v = vector("flip-genesis-header", "One bit of the header of genesis is flipped: the session "
               "after it still gives the policy, and the seal holds.", "B-DMG-1", "B-DMG-4")
    yield v.report(lay, [v.bytes(lay, "frame-crc", 0, bad, bad.length)], lost=bad)
    b, data = parts("damage_flip-preamble-id")
    lay = b.layout()
    piece = lay.volumes[0][0]
    piece.data = piece.data[:31] + bytes([piece.data[31] ^ 1])
    v = vector("flip-preamble-id", "One bit of the bundle id in the preamble is flipped: every frame "
               "belongs to another bundle.", "B-DMG-3")
    out = [finding("core-bundle-id", r.number, lay.where(r)) for r in b.records]
    yield v.report(lay, out, unsealed=[finding("unsealed", 0, length=0)], unclosed=[],
                   seals={b.records[-1].number: None}, items={})


def lost_records():
    b, data = parts("damage_lost-one")
    lay = b.layout()
    lay.remove(data[1])
    v = vector("lost-one", "A data record was cut out: one is lost, and its hash stands in the next.",
               "B-DMG-4", "B-FRM-3")
    yield v.report(lay, [v.claims_number(lay, "chain-number", data[2])], lost=data[1])

    b, data = parts("damage_lost-two")
    lay = b.layout()
    lay.remove(data[1], data[2])
    v = vector("lost-two", "Two data records were cut out: the tree is unknown from there on.",
               "B-DMG-4", "B-DMG-8")
    yield v.report(lay, [v.claims_number(lay, "chain-number", data[3])], lost=data[1],
                   no_tree_from=data[1].number)

    b, data = parts("damage_overwritten-two")
    lay = b.layout()
    for d in data[1:3]:
        lay.change(d, 0, bytes(d.length))
    v = vector("overwritten-two", "Two data records were overwritten with zeros: one finding over both.",
               "B-DMG-1", "B-DMG-4")
    length = data[1].length + data[2].length
    yield v.report(lay, [v.bytes(lay, "frame-mark", data[1].number, data[1], length)],
                   lost=data[1], no_tree_from=data[1].number)

    b, data = parts("damage_two-places")
    lay = b.layout()
    lay.flip(data[0], 3)
    lay.flip(data[2], 140)
    v = vector("two-places", "Two headers are damaged with a whole frame between them.", "B-DMG-1")
    yield v.report(lay, [v.bytes(lay, "frame-mark", data[0].number, data[0], data[0].length),
                         v.bytes(lay, "frame-reserved", data[2].number, data[2], data[2].length)],
                   lost=data[0])

    b, data = parts("damage_lost-then-session")
    b.session()
    b.note()
    last = b.seal()
    lay = b.layout()
    lay.remove(data[1])
    v = vector("lost-then-session", "A record is lost; a later session gives a policy again, so that "
               "the seal of its own is judged.", "B-DMG-4", "B-DMG-8")
    yield v.report(lay, [v.claims_number(lay, "chain-number", data[2])], lost=data[1])
    assert last.number == b.all_seals[-1]["record"]


def inserted():
    for tail, garbage, what in (("garbage-one", b"\0", "One byte"), ("garbage", b"garbage " * 20, "160 bytes"),
                                ("garbage-mark", bytes.fromhex("f7b14b9ed3c508") + bytes(200), "A sync mark and 200 zeros")):
        b, data = parts(f"damage_{tail}")
        lay = b.layout()
        piece = lay.insert_before(data[2], garbage)
        v = vector(tail, f"{what} stand between two frames: nothing is lost, and the bytes are told.",
                   "B-DMG-1")
        yield v.report(lay, [v.bytes(lay, "frame-crc" if "mark" in tail else "frame-mark",
                                     data[2].number, piece, len(garbage))])

    b, data = parts("damage_duplicate")
    lay = b.layout()
    piece = lay.insert_before(data[2], data[1].frame())
    v = vector("duplicate", "A frame stands twice: the second is passed over.", "B-DMG-4")
    yield v.report(lay, [v.claims_number(lay, "chain-number", data[1], piece)])

    b, data = parts("damage_swap")
    lay = b.layout()
    first, second = lay.find(data[1])[1], lay.find(data[2])[1]
    pieces = lay.volumes[0]
    pieces[first], pieces[second] = pieces[second], pieces[first]
    v = vector("swap", "Two frames changed places: one seems lost, then comes with a lower number.",
               "B-DMG-4")
    yield v.report(lay, [v.claims_number(lay, "chain-number", data[2]),
                         v.claims_number(lay, "chain-number", data[1])], lost=data[1])

    b, data = parts("damage_old-seal-again")
    b.session()
    b.note()
    b.seal()
    lay = b.layout()
    old = b.records[b.all_seals[0]["record"]]
    piece = lay.append(old.frame())
    v = vector("old-seal-again", "The first seal stands once more at the end.", "B-DMG-4")
    yield v.report(lay, [v.claims_number(lay, "chain-number", old, piece)])


def fake(bundle, number):
    """A whole frame of a data record with this bundle's id, made by somebody else."""
    body = b"fake"
    core = Core(bundle.id, 5, number, len(body), 16 + len(body),
                payload_digest(bytes(16), body), sha256(b"fake"), item=1)
    return Record(core, bytes(16), body, body, 0, 0).frame()


def in_bodies():
    """Frames inside a body, met because the frame around them is damaged."""
    for tail, number, taken in (("fake-lower", 1, False), ("fake-equal", 3, True), ("fake-higher", 7, True)):
        b = Bundle(f"damage_{tail}")
        b.data(b"first part")
        inner = fake(b, number)
        body = b"disk image: " + inner + b" and more of the image"
        bad = b.data(body)
        after = b.data(b"last part")
        b.close_item(name=b"disk")
        b.seal()
        lay = b.layout()
        lay.flip(bad, 20)
        v0, start = lay.where(bad)
        inside = start + 160 + len(b"disk image: ")
        if not taken:
            v = vector(tail, "The header of a record is damaged whose body holds a whole frame with a "
                       "lower number: it is no candidate.", "B-DMG-1")
            yield v.report(lay, [v.bytes(lay, "frame-crc", bad.number, bad, bad.length)], lost=bad)
            continue
        out = [finding("frame-crc", bad.number, (0, start), inside - start)]
        rest = (0, inside + len(inner))
        length = start + bad.length - rest[1]
        if number == 3:
            # Taken as record 3; the rest of the body is skipped, then record 4 has another previous hash.
            out.append(finding("chain-previous", 3, (0, inside), item=1))
            v = vector(tail, "The header of a record is damaged whose body holds a whole frame with that "
                       "record's number: the candidate is taken, and the chain shows that it is none.",
                       "B-DMG-1", "B-DMG-5")
            out.append(finding("frame-mark", 4, rest, length))
            out.append(v.on(lay, "chain-previous", after))
            seal = b.records[-1]
            out.append(v.on(lay, "seal-mismatch", seal))
            tree = Tree()
            for r in b.records[:-1]:
                tree.add(sha256(b"\0" + inner[8:136]) if r is bad else r.hash)
            b.all_seals[0]["root"] = tree.root()
            yield v.report(lay, out, lost=bad, seals={seal.number: ("fails", ["seal-unproven"])})
        else:
            v = vector(tail, "The header of a record is damaged whose body holds a whole frame with a "
                       "higher number: the candidate is taken, and all that follows has lower numbers.",
                       "B-DMG-1", "B-DMG-4")
            out.append(finding("torn-tail", 8, rest, sum(len(f) for f in lay.files()) - rest[1]))
            yield v.report(lay, out, lost=bad, items={}, seals={b.records[-1].number: None})


def torn():
    for tail, keep, what in (("torn-1", 1, "one byte"), ("torn-151", 151, "151 bytes"),
                             ("torn-152", 152, "152 bytes"), ("torn-all-but-one", -1, "all bytes but one")):
        b, data = parts(f"damage_{tail}")
        b.session()
        last = b.note("the record that the power cut met")
        lay = b.layout()
        keep = keep if keep > 0 else last.length - 1
        piece = lay.cut(last, keep)
        b.records.pop()
        v = vector(tail, f"The last frame ends after {what}.", "B-DMG-1", "B-VOL-3")
        yield v.report(lay, [v.bytes(lay, "torn-tail", last.number, piece, keep)])

    b, data = parts("damage_torn-garbage")
    lay = b.layout()
    piece = lay.append(b"appended after the last seal")
    v = vector("torn-garbage", "Bytes that are no frame follow the last seal.", "B-DMG-1")
    yield v.report(lay, [v.bytes(lay, "torn-tail", len(b.records), piece, 28)])

    b, data = parts("damage_torn-second-bundle")
    lay = b.layout()
    other, _ = parts("damage_torn-second-bundle-other")
    tail = lay.append(other.layout().files()[0])
    v = vector("torn-second-bundle", "A whole other bundle follows the last seal.", "B-DMG-1")
    yield v.report(lay, [v.bytes(lay, "torn-tail", len(b.records), tail, len(tail.data))])

    b, data = parts("damage_prepended")
    lay = b.layout()
    piece = lay.insert_before(b.records[0], b"#!/bin/sh\n")
    v = vector("prepended", "Bytes stand between the preamble and genesis.", "B-DMG-1")
    yield v.report(lay, [v.bytes(lay, "frame-mark", 0, piece, 10)])

    for tail, change, what in (
            ("torn-volume-wrong-bytes", lambda t: (t[0] - 1, t[1], t[2]), "another number of bytes"),
            ("torn-volume-wrong-digest", lambda t: (t[0], bytes(32), t[2]), "another digest"),
            ("torn-volume-wrong-volume", lambda t: (t[0], t[1], 1), "another volume")):
        v = vector(tail, f"A volume ends torn; the session in the next one names {what}.", "B-SES-7")
        yield torn_volume(f"damage_{tail}", v, change)
    v = vector("torn-volume-unexplained", "A volume ends torn, and the session in the next one does "
               "not say so.", "B-SES-7", "B-DMG-1")
    yield torn_volume("damage_torn-volume-unexplained", v, None)


def torn_volume(seed, v, change):
    b, _ = parts(seed)
    scrap = b"half a frame that never became whole"
    b.new_volume()
    claim = (len(scrap), sha256(scrap), 0)
    torn = change(claim) if change else None
    s = b.session(torn=torn)
    b.note()
    b.seal()
    lay = b.layout()
    piece = lay.append(scrap, 0)
    out = [v.bytes(lay, "torn-tail", s.number, piece, len(scrap))]
    if torn:
        out.append(finding("torn", s.number, lay.where(s), torn[0]))
    return v.report(lay, out)


def vectors():
    for part in (headers, lost_records, inserted, in_bodies, torn):
        yield from part()
