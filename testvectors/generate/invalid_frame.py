"""Preambles, volumes and the checks of a frame (spec 3 and 4.1)."""

from .builder import Bundle
from .frame import preamble
from .vector import Vector, finding


def name(text):
    return f"invalid/{text}"


def start(seed):
    """A bundle with one item of two data records, the first of which is written."""
    b = Bundle(seed)
    b.data(b"first part, ")
    return b


def finish(b):
    b.data(b"second part")
    b.close_item(name=b"parts.txt")
    b.seal()
    return b.layout()


def minimal_files(seed, change):
    b = Bundle(seed)
    b.file(b"a", b"a")
    b.seal()
    data = bytearray(b.layout().files()[0])
    change(data)
    return [bytes(data)]


def preambles():
    def put(at, new):
        def change(data):
            data[at:at + len(new)] = new
        return change

    def cut(keep):
        def change(data):
            del data[keep:]
        return change

    cases = [
        ("preamble_truncated", "preamble-truncated", cut(31), "31 bytes in all."),
        ("preamble_empty", "preamble-truncated", cut(0), "An empty file."),
        ("preamble_truncated-before-magic", "preamble-truncated",
         lambda d: (put(0, b"X")(d), cut(20)(d)), "Too short, which is judged before the magic."),
        ("preamble_magic", "preamble-magic", put(0, b"\x88"), "First byte of the magic differs."),
        ("preamble_magic-crlf", "preamble-magic", put(6, b"\n\n"), "A text transfer made 0D 0A 0A 0A."),
        ("preamble_magic-before-version", "preamble-magic", lambda d: (put(9, b"\0")(d), put(10, b"\2")(d)),
         "Magic and major differ: the magic is judged first."),
        ("preamble_version", "preamble-version", put(10, b"\2"), "Major version 2."),
        ("preamble_version-zero", "preamble-version", put(10, b"\0"), "Major version 0."),
    ]
    for tail, code, change, comment in cases:
        yield Vector(name(tail), comment, ["B-VOL-1"]).refused(minimal_files(tail, change), code)


def volumes():
    b = Bundle("volume_number-of-first")
    b.preambles = [preamble(b.id, 1)]
    b = rechain(b)
    b.file(b"a", b"a")
    b.seal()
    lay = b.layout()
    v = Vector(name("volume_number-of-first"), "Volume 0 says that it is volume 1.",
               ["B-VOL-1", "B-VOL-2"])
    v.files = lay.files()
    yield mismatch_at_start(v)

    second = [
        ("volume_magic", dict(magic=b"\x89BUKTI\r\n\x1a\x0b"), "another magic", ["B-VOL-2"]),
        ("volume_major", dict(major=2), "another major version", ["B-VOL-2"]),
        ("volume_minor", dict(minor=1), "another minor version than volume 0", ["B-VOL-2"]),
        ("volume_bundle-id", dict(bundle_id=bytes(16)), "another bundle id", ["B-VOL-2"]),
        ("volume_number", dict(volume=2), "number 2 after volume 0", ["B-VOL-2"]),
    ]
    for tail, fields, what, rules in second:
        b, lay = two_volumes(tail, **fields)
        v = Vector(name(tail), f"The second volume has {what}: reading ends there.", rules)
        yield cut_off(v, b, lay)
    b, lay = two_volumes("volume_short")
    lay.volumes[1] = lay.volumes[1][:1]
    lay.volumes[1][0].data = lay.volumes[1][0].data[:31]
    v = Vector(name("volume_short"), "The second volume has 31 bytes: no whole preamble.", ["B-VOL-2"])
    yield cut_off(v, b, lay)

    b, lay = two_volumes("volume_frame-across")
    record = b.records[6]
    data = record.frame()
    v0 = lay.volumes[0]
    lay.volumes[1] = [lay.volumes[1][0]]
    lay.volumes[1].append(type(v0[0])(data[100:]))
    piece = lay.append(data[:100], 0)
    del b.records[6:]
    b.all_seals.pop()
    b.base = 6
    v = Vector(name("volume_frame-across"), "A frame is split between two volumes.", ["B-VOL-3"])
    n = len(b.records)
    rest = lay.volumes[1][1]
    v.report(lay, [v.bytes(lay, "torn-tail", n, piece, 100),
                   v.bytes(lay, "torn-tail", n, rest, len(rest.data))])
    yield v


def rechain(b):
    """Begins again with the preamble that was put in place."""
    other = Bundle(b.seed.decode(), genesis=False, session=False)
    other.preambles = b.preambles
    from .tree import sha256
    other.previous = sha256(b.preambles[0])
    other.genesis()
    other.session()
    return other


def mismatch_at_start(v):
    """Nothing is read: what a reader says of a bundle of no records."""
    from .vector import claims
    out = [finding("volume-mismatch", 0, (0, 0)), finding("unsealed", 0, length=0), finding("bundle-open"), finding("seal-none"),
           finding("timestamp-none"), finding("custody-none")]
    v.expect = {"claims": claims(out), "findings": out, "seals": [], "items": {}}
    return v


def two_volumes(seed, **fields):
    """Volume 0 is sealed; volume 1 adds a session, a note and a seal."""
    b = Bundle(seed)
    b.file(b"a", b"a")
    b.seal()
    b.new_volume(**fields)
    b.cut_at = len(b.records)
    b.session()
    b.note()
    b.seal()
    return b, b.layout()


def cut_off(v, b, lay):
    n = b.cut_at
    b.records, b.all_seals, b.base = b.records[:n], b.all_seals[:1], n
    return v.report(lay, [finding("volume-mismatch", n, (1, 0))])


# --- frames without an end: B-DMG-1 ---

def unframed():
    cases = [
        ("frame_mark", "frame-mark", dict(mark=bytes.fromhex("f7b14b9ed3c509")), "the last byte of the sync mark differs", "B-FRM-4"),
        ("frame_crc", "frame-crc", dict(crc=1), "the CRC-32 differs in one bit", "B-FRM-4"),
        ("frame_state", "frame-state", dict(state=0x00), "the state is 00", "B-FRM-4"),
        ("frame_state-lost", "frame-state", dict(state=0x5A), "the state is 5A, which is reserved", "B-FRM-4"),
        ("frame_reserved", "frame-reserved", dict(reserved=1), "bytes 140 to 143 are 00000001", "B-CON-2"),
        ("frame_length", "frame-length", dict(trailer=9999), "the trailing length is 9999", "B-FRM-4"),
        ("frame_length-high", "frame-length", dict(trailer=1 << 63), "the trailing length is 2^63", "B-FRM-4"),
    ]
    for tail, code, tweak, what, rule in cases:
        yield no_end(tail, code, f"In a data record {what}; reading goes on at the next frame.",
                     [rule, "B-DMG-1", "B-DMG-4"], tweak=tweak)
    cores = [
        ("frame_truncated", "frame-truncated", dict(stored=100016, plain=100000), "the stored length reaches past the volume's end", "B-VOL-3"),
        ("frame_length-stored-low", "length-stored", dict(stored=15), "the stored length is 15", "B-FRM-5"),
        ("frame_length-stored-zero", "length-stored", dict(stored=0), "the stored length is 0", "B-FRM-5"),
        ("frame_length-stored-high", "length-stored", dict(stored=(16 << 20) + 17), "the stored length is 16 MiB + 17", "B-FRM-5"),
        ("frame_length-stored-2^40", "length-stored", dict(stored=1 << 40), "the stored length is 2^40", "B-FRM-5"),
        ("frame_length-zero-run", "length-stored", dict(codec=2, stored_body=b"broken, "), "a zero run has a body", "B-FRM-5"),
        ("core_integer-stored", "core-integer", dict(stored=1 << 63), "the stored length is 2^63: check 7 names it, check 12 fails in silence", "B-FRM-4"),
        ("core_flags-and-no-end", "core-flags", dict(flags=1, stored=15), "a flag is set and the stored length is 15: the first check names it, and the frame has no end", "B-FRM-4"),
    ]
    for tail, code, core, what, rule in cores:
        yield no_end(tail, code, f"In a data record {what}; reading goes on at the next frame.",
                     [rule, "B-DMG-1", "B-DMG-4"], **core)


def no_end(tail, code, comment, rules, **broken):
    b = start(tail)
    bad = b.data(b"broken, ", **broken)
    lay = finish(b)
    v = Vector(name(tail), comment, rules)
    length = bad.length
    return v.report(lay, [v.bytes(lay, code, bad.number, bad, length)], lost=bad)


# --- frames with an end: B-DMG-2 ---

def framed():
    data = [
        ("core_reserved", "core-reserved", dict(reserved=1), "core bytes 20 to 23 are 00000001", "B-CON-2"),
        ("core_integer-item", "core-integer", dict(core_item=(1 << 63) + 1), "the item id is 2^63 + 1", "B-CON-1"),
        ("core_integer-offset", "core-integer", dict(offset=1 << 63), "the offset is 2^63", "B-CON-1"),
        ("core_integer-plain", "core-integer", dict(plain=(1 << 64) - 1), "the plain length is 2^64 − 1", "B-CON-1"),
        ("core_flags-encrypted", "core-flags", dict(flags=1), "flag bit 0 (encrypted) is set", "B-CON-2"),
        ("core_flags-high", "core-flags", dict(flags=0x8000), "flag bit 15 is set", "B-CON-2"),
        ("core_type-zero", "type-unknown", dict(type=0), "the type is 0", "B-FRM-4"),
        ("core_type-unknown", "type-unknown", dict(type=18), "the type is 18", "B-FRM-4"),
        ("core_type-127", "type-unknown", dict(type=127), "the type is 127, the last critical one", "B-FRM-4"),
        ("core_codec-unknown", "codec-unknown", dict(codec=3), "the codec is 3", "B-FRM-4"),
        ("core_codec-255", "codec-unknown", dict(codec=255), "the codec is 255", "B-FRM-4"),
        ("core_length-plain-more", "length-plain", dict(plain=9), "the plain length is one more than the stored body", "B-FRM-4"),
        ("core_length-plain-less", "length-plain", dict(plain=7), "the plain length is one less than the stored body", "B-FRM-4"),
        ("core_length-plain-zero", "length-plain", dict(plain=0), "the plain length is 0", "B-FRM-4"),
        ("core_length-plain-high", "length-plain", dict(plain=(16 << 20) + 1, codec=1), "the plain length is 16 MiB + 1", "B-FRM-5"),
        ("core_length-plain-deflate", "length-plain", dict(plain=8, codec=1), "a DEFLATE body is as long as its plain bytes", "B-FRM-4"),
        ("core_item-zero", "core-item", dict(core_item=0), "the item id is 0", "B-FRM-4"),
        ("core_offset-high", "core-offset", dict(offset=(1 << 56) - 8), "offset and plain length reach 2^56", "B-FRM-4"),
        ("core_flags-before-type", "core-flags", dict(flags=2, type=99), "a flag is set and the type is unknown: the flag is judged first", "B-FRM-4"),
    ]
    for tail, code, core, what, rule in data:
        b = start(tail)
        bad = b.data(b"broken, ", stored_body=b"broken, ", **core)
        lay = finish(b)
        v = Vector(name(tail), f"In a data record {what}.", [rule, "B-DMG-2", "B-DMG-8"])
        yield v.report(lay, [v.core(lay, code, bad)], lost=bad)

    others = [
        ("core_codec-zero-run-note", "codec-not-allowed", "note", b"", dict(codec=2), "A note as zero run."),
        ("core_length-plain-index", "length-plain", "index", b"x", dict(codec=1, plain=(1 << 20) + 1, stored_body=b"x"), "An index record declares more than 1 MiB."),
        ("core_length-plain-deflate-empty", "length-plain", "note", b"x", dict(codec=1, stored_body=b"", plain=5), "A DEFLATE body of no bytes."),
        ("core_item-session", "core-item", "session", b"\xa0", dict(item=1), "A session has an item id."),
        ("core_item-tail", "core-item", "tail", b"\xa0", dict(item=1), "A tail has an item id."),
        ("core_item-offset-note", "core-item", "note", {1: "x"}, dict(offset=1), "A note has an offset."),
        ("core_item-offset-item", "core-item", "item-open", {1: 1, 2: b"x"}, dict(item=2, offset=1), "An item-open has an offset."),
        ("core_offset-gap", "core-offset", "gap", {1: 1, 2: 1, 3: 5, 4: 1}, dict(item=1, offset=1 << 56), "A gap begins at 2^56."),
        ("core_integer-note", "core-integer", "note", {1: "x"}, dict(item=1 << 63), "The item id of a note is 2^63."),
    ]
    for tail, code, kind, plain, core, comment in others:
        b = start(tail)
        bad = b.append(kind, plain, **core)
        lay = finish(b)
        v = Vector(name(tail), comment, ["B-FRM-4", "B-DMG-2", "B-DMG-8"])
        yield v.report(lay, [v.core(lay, code, bad)], lost=bad)

    b = start("core_codec-attest")
    b.close_item(name=b"a")
    seal = b.seal()
    bad = b.attest(seal, 5, codec=1, data=[b"a" * 200])
    lay = b.layout()
    v = Vector(name("core_codec-attest"), "An attest is deflated.", ["B-FRM-4", "B-DMG-2"])
    yield v.report(lay, [v.core(lay, "codec-not-allowed", bad)], lost=bad, stamps=[finding("timestamp-none")])

    b = start("core_codec-seal")
    b.close_item(name=b"a")
    bad = b.seal(signatures=[b"\0" * 600], codec=1)
    lay = b.layout()
    v = Vector(name("core_codec-seal"), "A seal is deflated: its content is unusable.",
               ["B-FRM-4", "B-DMG-2", "B-DMG-7"])
    yield v.report(lay, [v.core(lay, "codec-not-allowed", bad)], lost=bad,
                   seals={bad.number: ("not established", ["seal-unproven"], "unusable")})

    b = start("core_integer-number")
    bad = b.data(b"broken, ", number=1 << 63)
    lay = finish(b)
    v = Vector(name("core_integer-number"), "The record number is 2^63: the frame is passed over.",
               ["B-CON-1", "B-DMG-2", "B-DMG-4"])
    after = b.records[b.records.index(bad) + 1]
    yield v.report(lay, [finding("core-integer", after.number - 1, lay.where(bad)),
                         v.claims_number(lay, "chain-number", after)], lost=after.number)

    for tail, pick in (("tail", -2), ("session", 1), ("genesis", 0), ("seal", -1)):
        b = start(f"withheld_{tail}")
        finish(b)
        bad = b.records[pick]
        lay = b.layout([bad.number])
        v = Vector(name(f"core_withheld-{tail}"), f"A {tail} is withheld.",
                   ["B-DMG-2", "B-WTH-1"])
        over = {}
        if pick == -1:
            over = {bad.number: ("not established", ["seal-unproven"], "unusable")}
        yield v.report(lay, [v.core(lay, "withheld-type", bad)], lost=bad, seals=over)


# --- chain: checks 19 to 22 ---

def chain():
    b = start("chain_bundle-id")
    other = start("chain_bundle-id-other")
    foreign = other.data(b"foreign")
    lay = finish(b)
    piece = lay.insert_before(b.records[3], foreign.frame())
    v = Vector(name("chain_bundle-id"), "A frame of another bundle stands between two frames.",
               ["B-DMG-3"])
    yield v.report(lay, [finding("core-bundle-id", foreign.number, lay.where(piece))])

    b = start("chain_previous")
    bad = b.data(b"broken, ", previous=bytes(32))
    lay = finish(b)
    v = Vector(name("chain_previous"), "The previous record hash of a data record is zero.",
               ["B-FRM-3", "B-DMG-5"])
    yield v.report(lay, [v.on(lay, "chain-previous", bad)], lost=bad)

    b = Bundle("chain_first-previous", genesis=False, session=False)
    bad = b.genesis(previous=bytes(32))
    b.session()
    b.file(b"a", b"a")
    b.seal()
    lay = b.layout()
    v = Vector(name("chain_first-previous"), "Genesis does not hold the digest of the preamble.",
               ["B-FRM-3", "B-DMG-5"])
    yield v.report(lay, [v.on(lay, "chain-previous", bad)], lost=bad)

    for tail, tweak, what in (("body", dict(body=b"Broken, "), "The body"),
                              ("salt", dict(salt=b"\1" * 16), "The salt")):
        b = start(f"chain_payload-{tail}")
        bad = b.data(b"broken, ", tweak=tweak)
        lay = finish(b)
        v = Vector(name(f"chain_payload-{tail}"),
                   f"{what} of a data record differs from the payload digest.",
                   ["B-FRM-1", "B-DMG-6", "B-DMG-7", "B-ITM-8"])
        yield v.report(lay, [v.on(lay, "payload-digest", bad)], unusable=(1,))


def vectors():
    for part in (preambles, volumes, unframed, framed, chain):
        yield from part()

