"""Bodies: DEFLATE, the encoding of CBOR and the shape of each record (spec 4.2 and 7)."""

from .builder import AUTHORITY, TIME, TOOL, WHO, Bundle
from .cbor import Raw, encode, without
from .deflate import deflate
from .vector import Vector, finding

TEXT = b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"


def sealed(seed):
    """Begun and with one closed item; the vector adds a record and calls `finish`."""
    b = Bundle(seed)
    b.file(b"a.txt", b"evidence")
    return b


def unusable(area, tail, code, rules, comment, append):
    """A sealed bundle with one record whose content cannot be used; it does not set *lost*."""
    b = sealed(f"{area}_{tail}")
    bad = append(b)
    b.seal()
    lay = b.layout()
    v = Vector(f"invalid/{area}_{tail}", comment, rules + ["B-DMG-6", "B-DMG-7"])
    return v.report(lay, [v.on(lay, code, bad)], unusable=True)


def losing(area, tail, code, rules, comment, append):
    """The same, where the record's content cannot be spared: *lost*."""
    b = sealed(f"{area}_{tail}")
    bad = append(b)
    b.seal()
    lay = b.layout()
    v = Vector(f"invalid/{area}_{tail}", comment, rules + ["B-DMG-6", "B-DMG-7", "B-DMG-8"])
    return v.report(lay, [v.on(lay, code, bad)], lost=bad)


# --- DEFLATE ---

def deflated():
    good = deflate(TEXT)
    no_final = deflate(TEXT, final=False)
    cases = [
        ("reserved-block", "deflate-invalid", b"\x07" + good[1:], "The first block has the reserved type 3."),
        ("truncated", "deflate-invalid", good[:-1], "The last byte of the stream is missing."),
        ("no-final-block", "deflate-invalid", no_final, "No block is marked as the last."),
        ("distance", "deflate-invalid", bytes.fromhex("03020000"), "A match reaches back before the first byte."),
        ("zlib-wrapper", "deflate-invalid", bytes.fromhex("789c") + good, "A zlib header stands before the stream."),
        ("trailing", "deflate-trailing", good + b"\0", "A byte follows the stream."),
        ("second-stream", "deflate-trailing", good + good, "A second stream follows the first."),
        ("too-long", "deflate-length", deflate(TEXT + b"a"), "One byte more than the plain length comes out."),
        ("too-short", "deflate-length", deflate(TEXT[1:]), "One byte less than the plain length comes out."),
        ("too-long-trailing", "deflate-length", deflate(TEXT + b"a") + b"\0", "One byte more than the plain length comes out, and a byte follows the stream: the length is met first."),
        ("bomb", "deflate-length", deflate(bytes(5000)), "5,000 bytes come out where 64 are declared."),
        ("longer-before-error", "deflate-length", deflate(TEXT + b"a", end=False), "The stream is too long and then ends too soon: the length is met first."),
    ]
    for tail, code, body, comment in cases:
        b = sealed(f"deflate_{tail}")
        bad = b.data(TEXT, codec=1, stored_body=body)
        b.close_item(name=b"b.txt")
        b.seal()
        lay = b.layout()
        v = Vector(f"invalid/deflate_{tail}", comment, ["B-COD-1", "B-DMG-6", "B-ITM-8"])
        yield v.report(lay, [v.on(lay, code, bad)], unusable=(2,))
    yield unusable("deflate", "note", "deflate-length", ["B-COD-1"],
                   "A deflated note gives less than its plain length.",
                   lambda b: b.note("a" * 100, codec=1, stored_body=deflate(encode({1: "a" * 98}))))


# --- CBOR ---

def deep(depth):
    """A note's encoding that is nested so deep in all."""
    return encode({1: "x", 255: {0: Raw(b"\x81" * (depth - 2) + b"\x00")}})


CBOR = [
    ("truncated-empty", "cbor-truncated", "B-CBOR-4", b"", "An empty body."),
    ("truncated-head", "cbor-truncated", "B-CBOR-4", bytes.fromhex("a2016141021901"), "A head of three bytes has two."),
    ("truncated-value", "cbor-truncated", "B-CBOR-4", bytes.fromhex("a201614102"), "The value of the last key is missing."),
    ("head-long-1", "cbor-head", "B-CBOR-2", bytes.fromhex("a2016141021805"), "5 in two bytes."),
    ("head-long-2", "cbor-head", "B-CBOR-2", bytes.fromhex("a2016141021900ff"), "255 in three bytes."),
    ("head-long-4", "cbor-head", "B-CBOR-2", bytes.fromhex("a2016141021a0000ffff"), "65,535 in five bytes."),
    ("head-long-8", "cbor-head", "B-CBOR-2", bytes.fromhex("a2016141021b00000000ffffffff"), "2^32 − 1 in nine bytes."),
    ("head-long-text", "cbor-head", "B-CBOR-2", bytes.fromhex("a101780141"), "A text's length in two bytes."),
    ("head-long-map", "cbor-head", "B-CBOR-2", bytes.fromhex("b801016141"), "A map's count in two bytes."),
    ("head-long-key", "cbor-head", "B-CBOR-2", bytes.fromhex("a118016141"), "A key in two bytes."),
    ("head-28", "cbor-head", "B-CBOR-2", bytes.fromhex("a201614102" "1c"), "Additional information 28."),
    ("head-30", "cbor-head", "B-CBOR-2", bytes.fromhex("a101" "7e00"), "Additional information 30 of a text."),
    ("head-31-integer", "cbor-head", "B-CBOR-7", bytes.fromhex("a201614102" "1f"), "Additional information 31 of an integer."),
    ("indefinite-map", "cbor-indefinite", "B-CBOR-2", bytes.fromhex("bf016141ff"), "A map of indefinite length."),
    ("indefinite-text", "cbor-indefinite", "B-CBOR-2", bytes.fromhex("a1017f6141ff"), "A text of indefinite length."),
    ("indefinite-bytes", "cbor-indefinite", "B-CBOR-2", bytes.fromhex("a1015f4141ff"), "A byte string of indefinite length."),
    ("indefinite-array", "cbor-indefinite", "B-CBOR-2", bytes.fromhex("a1019f00ff"), "An array of indefinite length."),
    ("break", "cbor-indefinite", "B-CBOR-2", bytes.fromhex("a101ff"), "A break where a value belongs."),
    ("null", "cbor-type", "B-CBOR-1", bytes.fromhex("a101f6"), "null."),
    ("undefined", "cbor-type", "B-CBOR-1", bytes.fromhex("a101f7"), "undefined."),
    ("simple", "cbor-type", "B-CBOR-1", bytes.fromhex("a101e0"), "The simple value 0."),
    ("simple-long", "cbor-type", "B-CBOR-8", bytes.fromhex("a101f8ff"), "A simple value in two bytes."),
    ("float16", "cbor-type", "B-CBOR-1", bytes.fromhex("a101f93c00"), "A half-precision float."),
    ("float64", "cbor-type", "B-CBOR-1", bytes.fromhex("a101fb3ff0000000000000"), "A double-precision float."),
    ("float-truncated", "cbor-type", "B-CBOR-8", bytes.fromhex("a101fb3f"), "A float that ends too soon: its first byte alone is judged."),
    ("tag", "cbor-type", "B-CBOR-1", bytes.fromhex("a101c06141"), "A tag."),
    ("tag-truncated", "cbor-type", "B-CBOR-8", bytes.fromhex("a101da00"), "A tag that ends too soon: its first byte alone is judged."),
    ("integer-high", "cbor-integer", "B-CBOR-3", bytes.fromhex("a2016141021b8000000000000000"), "2^63."),
    ("integer-low", "cbor-integer", "B-CBOR-3", bytes.fromhex("a2016141023b8000000000000000"), "−2^63 − 1."),
    ("integer-key", "cbor-integer", "B-CBOR-3", bytes.fromhex("a21b80000000000000000001614100"), "A key of 2^63."),
    ("utf8-overlong", "cbor-utf8", "B-CBOR-5", b"\xa1\x01\x62\xc0\x80", "An overlong form of U+0000."),
    ("utf8-overlong-slash", "cbor-utf8", "B-CBOR-5", b"\xa1\x01\x63\xe0\x80\xaf", "An overlong form of a slash."),
    ("utf8-surrogate", "cbor-utf8", "B-CBOR-5", b"\xa1\x01\x63\xed\xa0\x80", "A surrogate."),
    ("utf8-high", "cbor-utf8", "B-CBOR-5", b"\xa1\x01\x64\xf4\x90\x80\x80", "U+110000."),
    ("utf8-cut", "cbor-utf8", "B-CBOR-5", b"\xa1\x01\x61\xc3", "A text that ends within a character."),
    ("utf8-continuation", "cbor-utf8", "B-CBOR-5", b"\xa1\x01\x61\x80", "A continuation byte alone."),
    ("key-text", "cbor-key-type", "B-CBOR-6", bytes.fromhex("a1614100"), "A text as key."),
    ("key-negative", "cbor-key-type", "B-CBOR-6", bytes.fromhex("a120614100"), "A negative key."),
    ("key-text-truncated", "cbor-key-type", "B-CBOR-6", bytes.fromhex("a178ff"), "A text as key that ends too soon: its first byte is judged before its length."),
    ("key-null", "cbor-key-type", "B-CBOR-6", bytes.fromhex("a1f600"), "null as key."),
    ("key-twice", "cbor-key-order", "B-CBOR-6", bytes.fromhex("a201614101" "6142"), "A key twice."),
    ("key-order", "cbor-key-order", "B-CBOR-6", bytes.fromhex("a20201016141"), "Keys that descend."),
    ("depth", "cbor-depth", "B-CBOR-7", deep(17), "Nested 17 deep."),
    ("depth-array-long", "cbor-length", "B-CBOR-8", encode({1: "x", 255: {0: Raw(b"\x81" * 14 + b"\x99\xff\xff")}}), "An array that is too deep and too long: the length is judged first."),
    ("length-text", "cbor-length", "B-CBOR-4", bytes.fromhex("a1016241"), "A text of two bytes of which one is there."),
    ("length-text-huge", "cbor-length", "B-CBOR-4", bytes.fromhex("a1017b7fffffffffffffff41"), "A text of 2^63 − 1 bytes."),
    ("length-text-over", "cbor-length", "B-CBOR-4", bytes.fromhex("a1017bffffffffffffffff41"), "A text of 2^64 − 1 bytes."),
    ("length-array", "cbor-length", "B-CBOR-4", bytes.fromhex("a1018401"), "An array of four with one byte left."),
    ("length-map", "cbor-length", "B-CBOR-4", bytes.fromhex("a20102"), "A map of two with two bytes left."),
    ("length-map-over", "cbor-length", "B-CBOR-4", bytes.fromhex("bbffffffffffffffff0102"), "A map of 2^64 − 1: twice that overflows 64 bits."),
    ("trailing", "cbor-trailing", "B-CBOR-8", bytes.fromhex("a10161" "4100"), "A byte after the value."),
    ("trailing-second", "cbor-trailing", "B-CBOR-8", bytes.fromhex("a1016141a1016142"), "A second value after the first."),
]


def cbor():
    for tail, code, rule, body, comment in CBOR:
        yield unusable("cbor", tail, code, [rule], f"In a note: {comment}",
                       lambda b, body=body: b.append("note", body))


# --- shape ---

NOTES = [
    ("key", "schema-key", {1: "x", 9: 1}, "A key that notes do not have."),
    ("key-before-missing", "schema-key", {0: 1}, "An unknown key comes before a required one can be missing."),
    ("key-inner", "schema-key", {1: "x", 5: {1: "y", 6: "z"}}, "A key that persons do not have."),
    ("type", "schema-type", {1: b"x"}, "Bytes where text is asked for."),
    ("type-integer", "schema-type", {1: "x", 2: -1}, "A negative integer where an unsigned one is asked for."),
    ("type-map", "schema-type", {1: "x", 3: ["a", "b"]}, "An array where a map is asked for."),
    ("type-array", "schema-type", {1: "x", 4: {}}, "A map where an array is asked for."),
    ("type-top", "schema-type", ["x"], "The value is no map."),
    ("type-true", "schema-type", {1: "x", 4: [True, 0, "c", 0]}, "true where a value or false is asked for."),
    ("value-minutes", "schema-value", {1: "x", 4: [0, 1081, "c", 0]}, "A local offset of 1081 minutes."),
    ("value-minutes-low", "schema-value", {1: "x", 4: [0, -1081, "c", 0]}, "A local offset of −1081 minutes."),
    ("value-time-length", "schema-value", {1: "x", 4: [0, 0, "c"]}, "A time of three parts."),
    ("value-time-long", "schema-value", {1: "x", 4: [0, 0, "c", 0, 0]}, "A time of five parts."),
    ("value-certificate", "schema-value", {1: "x", 5: {1: "y", 5: bytes(31)}}, "A certificate digest of 31 bytes."),
    ("missing", "schema-missing", {2: 0}, "A note without text."),
    ("missing-inner", "schema-missing", {1: "x", 3: {1: "field"}}, "A correction without value."),
    ("order-type-first", "schema-type", {1: 5, 9: 1}, "A wrong type, then an unknown key: the first byte that is wrong counts."),
    ("order-length-first", "schema-value", {1: "x", 4: ["no", 0, "c"]}, "An array of the wrong length with a wrong element: the length is judged first."),
]


def notes():
    for tail, code, body, comment in NOTES:
        yield unusable("schema", f"note-{tail}", code, ["B-CBOR-9"], comment,
                       lambda b, body=body: b.append("note", body))


def item_fields(change=None, drop=(), codec=0):
    def append(b):
        i = b.state.next_id
        b.data(b"more", i)
        return b.close_item(i, name=b"b.txt", change=change, drop=drop, codec=codec)
    return append


def record_of(kind, body, **core):
    return lambda b: b.append(kind, body, **core)


def seal_attest(change=None, drop=(), kind=1):
    def append(b):
        seal = b.seal()
        return b.attest(seal, kind, change=change, drop=drop)
    return append


def spared():
    """Records whose content can be spared: read as if withheld."""
    items = [
        ("item-kind", "schema-value", {1: 14}, (), "Kind 14."),
        ("item-kind-zero", "schema-value", {1: 0}, (), "Kind 0."),
        ("item-state", "schema-value", {4: 5}, (), "State 5."),
        ("item-name-empty", "schema-value", {2: b""}, (), "An empty name."),
        ("item-name-text", "schema-type", {2: "b.txt"}, (), "A name as text: names are bytes."),
        ("item-name-long", "schema-value", {2: b"n" * 65536}, (), "A name of 65,536 bytes."),
        ("item-digest-length", "schema-value", {5: {1: bytes(31)}}, (), "A SHA-256 of 31 bytes."),
        ("item-digest-missing", "schema-missing", {5: {2: bytes(16)}}, (), "Digests without SHA-256."),
        ("item-attribute", "schema-value", {8: {9: [[b"a"]]}}, (), "An extended attribute without value."),
        ("item-changed-empty", "schema-value", {15: []}, (), "No ranges that changed."),
        ("item-changed-zero", "schema-value", {15: [[0, 0]]}, (), "A changed range of length 0."),
        ("item-missing", "schema-missing", {}, (3,), "An item without size."),
    ]
    for tail, code, change, drop, comment in items:
        b = sealed(f"schema_{tail}")
        bad = item_fields(change, drop, codec=int(tail == "item-name-long"))(b)
        b.state.unnamed[-1] = (2, bad.number, b"b.txt", 1, 4)
        b.seal()
        lay = b.layout()
        v = Vector(f"invalid/schema_{tail}", f"In an item record: {comment}",
                   ["B-CBOR-9", "B-DMG-6", "B-DMG-7"])
        yield v.report(lay, [v.on(lay, code, bad)], unusable=(2,))

    def opened(change=None, **core):
        def append(b):
            i = b.state.next_id
            record = b.open(i, name=b"b.txt", change=change)
            b.data(b"more", i)
            b.close_item(i)
            return record
        return append

    for tail, code, change, comment in (
            ("open-kind", "schema-value", {1: 14}, "An item-open of kind 14."),
            ("open-resume", "schema-missing", {5: {1: 0, 2: 0, 3: True}}, "A resume that does not say how the source is known to be the same."),
            ("open-resume-equal", "schema-type", {5: {1: 0, 2: 0, 3: 1, 4: "x"}}, "1 where true or false is asked for.")):
        b = sealed(f"schema_{tail}")
        bad = opened(change)(b)
        b.seal()
        lay = b.layout()
        v = Vector(f"invalid/schema_{tail}", comment, ["B-CBOR-9", "B-DMG-6", "B-DMG-7", "B-ITM-8"])
        yield v.report(lay, [v.on(lay, code, bad)], unusable=(2,))

    event = {1: 1, 2: TIME, 3: [WHO]}
    covers = {1: 5, 2: bytes(32), 3: bytes(32)}
    party = {11: bytes(32)}
    for tail, code, rule, body, comment in (
            ("event-kind", "schema-value", "B-CBOR-9", {**event, 1: 10}, "An event of kind 10."),
            ("event-nobody", "schema-value", "B-CBOR-9", {**event, 3: []}, "An event without persons."),
            ("event-item-zero", "schema-value", "B-CBOR-9", {**event, 13: [0]}, "An event about item 0."),
            ("event-party-missing", "schema-value", "B-EVT-1", {**event, 1: 2}, "A release without party."),
            ("event-party-extra", "schema-value", "B-EVT-1", {**event, **party}, "A collection with a party."),
            ("event-covers-missing", "schema-value", "B-EVT-1", {**event, 1: 3, **party}, "A receipt that covers nothing."),
            ("event-covers-extra", "schema-value", "B-EVT-1", {**event, 1: 2, **party, 12: covers}, "A release that covers a seal.")):
        yield unusable("schema", tail, code, [rule], comment, record_of("event", body))
    for tail, code, body, comment in (
            ("names-row", "schema-value", {1: [[1, 3, b"a.txt", 1]]}, "A row of four columns."),
            ("names-kind", "schema-value", {1: [[1, 3, b"a.txt", 14, 8]]}, "A row of kind 14."),
            ("names-rows", "schema-value", {1: [[1, 3, b"a", 1, 8]] * 257}, "257 rows."),
            ("names-restated", "schema-value", {1: [], 3: []}, "No names records restated.")):
        yield unusable("schema", tail, code, ["B-CBOR-9"], comment,
                       lambda b, body=body: b.names(body=body))


def lost():
    """Records whose content cannot be spared: *lost*."""
    run = [2, 1, 660, 828]
    withhold = {1: "r", 2: AUTHORITY, 3: WHO, 4: "defence", 5: "names", 6: [run], 7: TIME}
    session = {1: WHO, 2: "w", 4: {1: "host"}, 5: TOOL, 7: TIME}
    cases = [
        ("gap-zero", "schema-value", "B-CBOR-9", "gap", {1: 0, 2: 1, 3: 5, 4: 1}, dict(item=2), "A gap of length 0."),
        ("gap-kind", "schema-value", "B-CBOR-9", "gap", {1: 9, 2: 3}, dict(item=2), "A gap of kind 3."),
        ("gap-no-errno", "schema-value", "B-ITM-9", "gap", {1: 9, 2: 1, 4: 1}, dict(item=2), "An unreadable range without errno."),
        ("gap-no-attempts", "schema-value", "B-ITM-9", "gap", {1: 9, 2: 1, 3: 5}, dict(item=2), "An unreadable range without attempts."),
        ("gap-reason-extra", "schema-value", "B-ITM-9", "gap", {1: 9, 2: 1, 3: 5, 4: 1, 5: "x"}, dict(item=2), "An unreadable range with a reason."),
        ("gap-no-reason", "schema-value", "B-ITM-9", "gap", {1: 9, 2: 2}, dict(item=2), "A range not attempted without reason."),
        ("gap-errno-extra", "schema-value", "B-ITM-9", "gap", {1: 9, 2: 2, 3: 5, 5: "x"}, dict(item=2), "A range not attempted with errno."),
        ("withhold-missing", "schema-missing", "B-CBOR-9", "withhold", without(withhold, 4), {}, "A withhold record that does not say for whom."),
        ("withhold-empty", "schema-value", "B-CBOR-9", "withhold", {**withhold, 6: []}, {}, "A withhold record without runs."),
        ("withhold-run", "schema-value", "B-CBOR-9", "withhold", {**withhold, 6: [[2, 0, 660, 660]]}, {}, "A run of no records."),
        ("close-missing", "schema-missing", "B-CBOR-9", "close", {1: "done", 2: WHO}, {}, "A close without time."),
        ("keys-type", "schema-type", "B-CBOR-9", "keys", {1: "x", 2: ["y"]}, {}, "A keys record with text where bytes are asked for."),
        ("renew-value", "schema-value", "B-CBOR-9", "renew", {1: "sha512", 2: 0, 3: 0, 4: b""}, {}, "A renewal of no records."),
        ("index-level", "schema-value", "B-CBOR-9", "index", {1: 8, 2: 0, 3: {k: b"" for k in range(1, 7)}}, {}, "An index record of level 8."),
        ("session-policy-missing", "schema-missing", "B-CBOR-9", "session", session, {}, "A session without policy."),
    ]
    for tail, code, rule, kind, body, core, comment in cases:
        yield losing("schema", tail, code, [rule], comment, record_of(kind, body, **core))

    for tail, code, rule, options, comment in (
            ("session-host", "schema-missing", "B-CBOR-9", dict(change={4: {}}), "A session whose host has no name."),
            ("session-certificates", "schema-value", "B-CBOR-9", dict(change={12: {1: [], 2: 1, 3: 0}}), "A policy without certificates."),
            ("session-stamp", "schema-value", "B-CBOR-9", dict(change={12: {1: [bytes(32)], 2: 1, 3: 3}}), "A policy with time-stamp 3."),
            ("session-branch", "schema-value", "B-CBOR-9", dict(change={13: bytes(15)}), "A branch of 15 bytes."),
            ("session-digests", "schema-value", "B-SES-9", dict(digests=(3, 2)), "Digests that descend."),
            ("session-digests-twice", "schema-value", "B-SES-9", dict(digests=(2, 2)), "A digest twice."),
            ("session-digests-range", "schema-value", "B-CBOR-9", dict(digests=(1,)), "SHA-256 among the digests besides SHA-256.")):
        b = Bundle(f"schema_{tail}", session=False)
        bad = b.session(**options) if "digests" not in options else b.session(
            change={14: list(options["digests"])})
        b.note()
        b.seal()
        lay = b.layout()
        v = Vector(f"invalid/schema_{tail}", comment, [rule, "B-DMG-6", "B-DMG-7"])
        yield v.report(lay, [v.on(lay, code, bad)], lost=bad)

    for tail, code, change, comment in (
            ("genesis-missing", "schema-missing", {1: {2: "title"}}, "A case without number."),
            ("genesis-suite", "schema-type", {4: 1}, "The suite as a number.")):
        b = Bundle(f"schema_{tail}", genesis=False, session=False)
        bad = b.genesis(change)
        b.session()
        b.seal()
        lay = b.layout()
        v = Vector(f"invalid/schema_{tail}", comment, ["B-CBOR-9", "B-DMG-6", "B-DMG-7"])
        yield v.report(lay, [v.on(lay, code, bad)], lost=bad)

    for tail, code, rule, change, state, comment in (
            ("tail-columns", "schema-value", "B-CBOR-10", {4: {1: bytes(8), 2: bytes(32), 3: bytes(8), 4: bytes(8), 5: bytes(4), 6: b""}}, {}, "Columns of which one is shorter."),
            ("tail-column-width", "schema-value", "B-CBOR-10", {4: {1: bytes(7), 2: bytes(32), 3: bytes(8), 4: bytes(8), 5: bytes(4), 6: bytes(1)}}, {}, "A column whose length is no multiple of its width."),
            ("tail-leans", "schema-value", "B-CBOR-9", {5: list(range(9))}, {}, "A tail that leans on nine."),
            ("tail-closed", "schema-type", "B-CBOR-9", {}, {3: 0}, "0 where true or false is asked for."),
            ("tail-names-true", "schema-type", "B-CBOR-9", {}, {6: True}, "true where a number or false is asked for."),
            ("tail-hash", "schema-value", "B-CBOR-9", {2: [bytes(33)]}, {}, "A hash of 33 bytes.")):
        b = sealed(f"schema_{tail}")
        bad = b.tail(change, state)
        b.seal(tail=False)
        lay = b.layout()
        v = Vector(f"invalid/schema_{tail}", comment, [rule, "B-DMG-6", "B-DMG-7"])
        yield v.report(lay, [v.on(lay, code, bad)], lost=bad)

    b = sealed("schema_seal-type")
    b.tail()
    bad = b.seal(tail=False, body={1: "bukti", 2: []})
    lay = b.layout()
    v = Vector("invalid/schema_seal-type", "A seal whose checkpoint is text: it is listed as unusable.",
               ["B-CBOR-9", "B-DMG-6", "B-DMG-7"])
    yield v.report(lay, [v.on(lay, "schema-type", bad)], lost=bad,
                   seals={bad.number: ("not established", ["seal-unproven"], "unusable")})

    for tail, code, change, drop, comment in (
            ("attest-kind", "schema-value", {3: 8}, (), "An attest of kind 8."),
            ("attest-empty", "schema-value", {5: []}, (), "An attest of nothing."),
            ("attest-missing", "schema-missing", {}, (4,), "An attest without digest.")):
        b = sealed(f"schema_{tail}")
        bad = seal_attest(change, drop, 5)(b)
        lay = b.layout()
        v = Vector(f"invalid/schema_{tail}", comment, ["B-CBOR-9", "B-DMG-6", "B-DMG-7"])
        yield v.report(lay, [v.on(lay, code, bad)], lost=bad, stamps=[finding("timestamp-none")])


def vectors():
    for part in (deflated, cbor, notes, spared, lost):
        yield from part()

