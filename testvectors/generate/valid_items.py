"""Valid vectors: items, names, bodies."""

from .builder import TIME, WHO, Bundle
from .cbor import Raw
from .deflate import deflate
from .vector import Vector


def done(tail, comment, rules, b, findings=(), seal=True, **report):
    if seal:
        b.seal()
    v = Vector(f"valid/{tail}", comment, rules)
    return v.report(b.layout(), findings, **report)


def items():
    b = Bundle("item-empty-file")
    b.close_item(1, kind=1, name=b"empty")
    yield done("item-empty-file", "A file of no bytes: no data record.", ["B-ITM-6", "B-ITM-10"], b)

    b = Bundle("item-many-chunks")
    b.file(b"chunks.bin", bytes(range(100)), chunk=7)
    yield done("item-many-chunks", "A file in fifteen data records.", ["B-ITM-3"], b)

    b = Bundle("item-interleaved")
    for n in range(3):
        b.data(b"one %d " % n, 1)
        b.data(b"two %d " % n, 2)
    b.close_item(2, name=b"two")
    b.close_item(1, name=b"one")
    yield done("item-interleaved", "Two items grow in turn; the second is closed first.",
               ["B-ITM-1", "B-ITM-3"], b)

    b = Bundle("item-kinds")
    b.close_item(1, kind=2, name=b"folder")
    b.close_item(2, kind=3, name=b"folder/link", change={11: b"../target", 6: 1})
    for n, kind in ((3, 10), (4, 11)):
        b.close_item(n, kind=kind, name=b"device", change={8: {10: 2049}})
    b.close_item(5, kind=12, name=b"pipe")
    b.close_item(6, kind=13, name=b"socket")
    for n, kind in enumerate((4, 5, 6, 7, 8, 9), 7):
        b.data(bytes([kind]) * 9, n)
        b.close_item(n, kind=kind, name=b"kind %d" % kind)
    yield done("item-kinds", "One item of each kind but file.", ["B-ITM-6"], b)

    b = Bundle("item-hard-link")
    b.file(b"first", b"the same bytes")
    b.close_item(2, kind=1, name=b"second", change={12: 1})
    yield done("item-hard-link", "A hard link: same-as and no bytes of its own.", ["B-ITM-6", "B-ITM-7"], b)

    b = Bundle("item-parent-open")
    b.open(1, kind=2, name=b"folder")
    b.data(b"x", 2)
    b.close_item(2, name=b"folder/x", change={6: 1})
    b.close_item(1)
    yield done("item-parent-open", "A parent may still be open.", ["B-ITM-7"], b)

    b = Bundle("item-open")
    b.open(1, kind=4, name=b"disk", change={3: 12, 4: TIME})
    b.data(b"Hello, disk.", 1)
    b.close_item(1)
    yield done("item-open", "An item-open with an expected size.", ["B-ITM-4"], b)

    b = Bundle("item-resumed")
    b.open(1, kind=4, name=b"disk")
    b.data(b"first half, ", 1)
    b.seal()
    b.session()
    b.open(1, kind=4, name=b"disk", resume=True)
    b.data(b"second half", 1)
    b.close_item(1)
    yield done("item-resumed", "An item is suspended by a session and resumed.", ["B-ITM-4", "B-ITM-5"], b)

    b = Bundle("item-resumed-unopened")
    b.data(b"first half, ", 1)
    b.seal()
    b.session()
    b.open(1, kind=4, name=b"disk", resume=True)
    b.data(b"second half", 1)
    b.close_item(1)
    yield done("item-resumed-unopened", "An item that began with data is resumed: there is no "
               "item-open to compare with.", ["B-ITM-4"], b)

    b = Bundle("item-gaps")
    b.data(b"head", 1)
    one = b.gap(512, 1)
    b.data(b"middle", 1)
    two = b.gap(1024, 1, kind=2)
    b.close_item(1, kind=4, name=b"disk", state=2)
    b.seal()
    lay = b.layout()
    v = Vector("valid/item-gaps", "An unreadable range and one that was not attempted: both count as zeros.",
               ["B-ITM-3", "B-ITM-8", "B-ITM-9"])
    item = next(r for r in b.records if r.type == 4)
    yield v.report(lay, [v.on(lay, "gap", one, 512), v.on(lay, "gap", two, 1024),
                         v.on(lay, "item-state", item)])

    for state, word in ((2, "partial"), (3, "aborted"), (4, "not-acquired")):
        b = Bundle(f"item-{word}")
        if state < 4:
            b.data(b"as far as it went", 1)
        record = b.close_item(1, kind=1, name=b"file", state=state)
        b.seal()
        lay = b.layout()
        v = Vector(f"valid/item-{word}", f"An item in state {state}, with a reason.", ["B-ITM-6"])
        yield v.report(lay, [v.on(lay, "item-state", record)])

    b = Bundle("item-supplements")
    b.data(b"head", 1)
    first = b.gap(8, 1)
    b.close_item(1, kind=4, name=b"disk")
    b.open(2, kind=4, name=b"disk, second reading", supplements=1)
    second = b.gap(4, 2)
    b.data(b"readable", 2)
    b.close_item(2)
    b.seal()
    lay = b.layout()
    v = Vector("valid/item-supplements", "A second reading supplements the first: its own gap is left out of the digest.",
               ["B-ITM-7", "B-ITM-8"])
    yield v.report(lay, [v.on(lay, "gap", first, 8), v.on(lay, "gap", second, 4)])

    b = Bundle("item-supplements-no-gap")
    b.file(b"a", b"first")
    b.data(b"second", 2)
    b.close_item(2, name=b"a again", change={14: 1})
    yield done("item-supplements-no-gap", "Without gaps, an item that supplements needs no item-open.",
               ["B-ITM-8"], b)

    b = Bundle("item-digests", digests=(2, 3, 4))
    b.file(b"all.bin", b"MD5, SHA-1 and SHA-512 besides")
    yield done("item-digests", "The session names MD5, SHA-1 and SHA-512.", ["B-SES-9", "B-ITM-6"], b)

    b = Bundle("item-digests-kept", digests=(2,))
    b.data(b"begun with MD5, ", 1)
    b.seal()
    b.session()
    b.open(1, name=b"x", resume=True)
    b.data(b"ended without", 1)
    b.close_item(1)
    b.file(b"y", b"y")
    yield done("item-digests-kept", "An item keeps the digests of the session in which it was first seen.",
               ["B-ITM-6", "B-SES-9"], b)

    b = Bundle("item-every-field")
    b.data(b"x" * 10, 1)
    b.close_item(1, kind=4, name=b"disk", change={
        7: "EX/1", 8: {1: 0o100644, 2: 0, 3: 0, 4: "root", 5: "disk", 6: 7, 7: 8, 8: 1,
                       9: [[b"user.a", b"b"], [b"user.\xff", b""]]},
        9: {1: -1, 2: 0, 3: 1, 4: 2}, 10: {1: 32, 2: b"\1", 3: 9},
        13: {1: "make", 2: "model", 3: "serial", 4: "fw", 5: 10, 6: 512, 7: "no HPA", 8: "blocker",
             9: False, 10: b"/dev/sdx"}, 15: [[0, 5], [9, 1]], 17: [TIME, [False] * 4], 255: {0: "x"}})
    yield done("item-every-field", "An item with every field that its kind may have.", ["B-CBOR-9"], b)

    for tail, name, comment in (
            ("bytes", b"\xff\xfe\x00\x1b[31m", "A name that is no text: a NUL and an escape sequence."),
            ("traversal", b"../../etc/passwd", "A name that leads out of its folder: kept as it is."),
            ("absolute", b"/etc/passwd", "An absolute name: kept as it is.")):
        b = Bundle(f"item-name-{tail}")
        b.file(name, b"x")
        yield done(f"item-name-{tail}", comment, ["B-CBOR-9"], b)

    b = Bundle("item-name-long")
    b.data(b"x", 1)
    b.close_item(1, name=b"n" * 65535, codec=1)
    b.append("names", {1: [[1, 3, b"n" * 65535, 1, 1]]}, codec=1)
    b.state.unnamed, b.state.names = [], b.records[-1].number
    yield done("item-name-long", "A name of 65,535 bytes.", ["B-CBOR-9", "B-NAM-1"], b)

    b = Bundle("item-same-name")
    b.file(b"twin", b"one")
    b.file(b"twin", b"two")
    yield done("item-same-name", "Two items of one name.", ["B-ITM-1"], b)


def codecs():
    b = Bundle("codec-deflate")
    b.data(b"a" * 1000 + b"b" * 1000, codec=1)
    b.close_item(1, name=b"runs")
    yield done("codec-deflate", "A data record in DEFLATE.", ["B-COD-1"], b)

    b = Bundle("codec-deflate-stored-block")
    b.data(b"a" * 40, codec=1, stored_body=b"\x00\x00\x00\xff\xff" + deflate(b"a" * 40))
    b.close_item(1, name=b"runs")
    yield done("codec-deflate-stored-block", "A DEFLATE stream of an empty stored block and one with fixed codes.",
               ["B-COD-1"], b)

    b = Bundle("codec-zero-run")
    b.data(1 << 20)
    b.data(b"not zero")
    b.data(4096)
    b.close_item(1, kind=4, name=b"disk")
    yield done("codec-zero-run", "Zero runs of 1 MiB and 4 KiB around eight bytes.", ["B-FRM-4"], b)

    b = Bundle("codec-zero-run-longest")
    b.data(16 << 20)
    b.close_item(1, kind=4, name=b"disk")
    yield done("codec-zero-run-longest", "A zero run of 16 MiB, the longest record.", ["B-FRM-5"], b)

    b = Bundle("codec-deflate-bodies", genesis=False, session=False)
    b.genesis({1: {1: "EX-2024-1", 2: "a" * 100}}, codec=1)
    b.session(change={2: "b" * 100}, codec=1)
    b.note("c" * 100, codec=1)
    yield done("codec-deflate-bodies", "Genesis, session and note in DEFLATE.", ["B-COD-1"], b)


def names():
    b = Bundle("names-two")
    b.file(b"a", b"a")
    b.file(b"b", b"bb")
    b.names()
    b.close_item(3, kind=2, name=b"c")
    b.names()
    yield done("names-two", "Two names records; the second names the first.", ["B-NAM-1", "B-NAM-3"], b)

    b = Bundle("names-empty")
    b.names()
    yield done("names-empty", "A names record when nothing was closed.", ["B-NAM-1"], b)

    b = Bundle("names-restated")
    b.file(b"secret", b"a")
    b.file(b"public", b"bb")
    b.names()
    b.withhold((6, 6))
    b.names(change={3: [[6, [[2, 5, b"public", 1, 2]]]]})
    yield done("names-restated", "A names record is to be withheld, and what stays of it is restated.",
               ["B-NAM-4", "B-WTH-1"], b)

    b = Bundle("names-256")
    for n in range(256):
        b.close_item(b.state.next_id, kind=2, name=b"d%d" % n)
    b.names()
    b.close_item(257, kind=2, name=b"last")
    yield done("names-256", "256 items are named by one record, then a 257th is closed.",
               ["B-NAM-2", "B-IDX-1"], b)


def bodies():
    b = Bundle("cbor-depth")
    b.append("note", {1: "x", 255: {0: Raw(b"\x81" * 14 + b"\x00")}})
    yield done("cbor-depth", "A note nested 16 deep, the most that is allowed.", ["B-CBOR-7"], b)

    b = Bundle("cbor-edges")
    b.note("", change={2: 0, 255: {
        0: (1 << 63) - 1, 1: -(1 << 63), 2: [23, 24, 255, 256, 65535, 65536, (1 << 32) - 1, 1 << 32],
        23: b"", 24: "\U0010ffff\ud7ff\ue000\0", 255: [-1, -24, -25, -256, -257], 256: {}, 65536: []}})
    yield done("cbor-edges", "Integers, text and keys at the edges of their ranges.",
               ["B-CBOR-1", "B-CBOR-2", "B-CBOR-3", "B-CBOR-5", "B-CBOR-6"], b)

    b = Bundle("cbor-normalisation")
    b.note("\u00e9 and e\u0301")
    yield done("cbor-normalisation", "Text in two normalisations: kept as it is.", ["B-CBOR-5"], b)

    b = Bundle("time-unknown", genesis=False, session=False)
    b.genesis({5: [False, False, False, False]})
    b.session(change={7: [-1, -1080, "sundial", 0]})
    yield done("time-unknown", "A time of which nothing is known, and one before 1970.", ["B-CBOR-9"], b)

    b = Bundle("note-corrects")
    b.file(b"a.txt", b"evidence")
    b.note("the exhibit number was mistyped", change={2: 3, 3: {1: "exhibit", 2: "EX/2"}, 4: TIME, 5: WHO}, item=1)
    yield done("note-corrects", "A note corrects a field of an earlier record.", ["B-NTE-1"], b)

    b = Bundle("optional-types")
    b.file(b"a.txt", b"evidence")
    out = [b.append(128, b"whatever"), b.append(255, b"z" * 64, codec=1), b.append(200, b"", item=1)]
    b.seal()
    lay = b.layout()
    v = Vector("valid/optional-types", "Records of types 128, 255 and 200: hashed and listed, not read.",
               ["B-FRM-4"])
    yield v.report(lay, [v.on(lay, "optional", r) for r in out])

    b = Bundle("reserved-types")
    out = [b.append("renew", {1: "sha512", 2: 0, 3: 2, 4: bytes(64)}), b.append("keys", {1: "x", 2: [b"y"]})]
    b.seal()
    lay = b.layout()
    v = Vector("valid/reserved-types", "A renewal and a keys record: listed, not evaluated.", ["B-RSV-1"])
    yield v.report(lay, [v.on(lay, "not-evaluated", r) for r in out])

    b = Bundle("extensions", genesis=False, session=False)
    b.genesis({255: {0: "lab", 7: [1, b"2", {3: True}]}})
    b.session(change={255: {}})
    yield done("extensions", "Key 255 in genesis and session.", ["B-CBOR-9"], b)


def vectors():
    for part in (items, codecs, names, bodies):
        yield from part()

