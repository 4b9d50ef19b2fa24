"""Valid vectors: the smallest bundle, one of every record type, trees of many sizes."""

from .builder import TIME, WHO, Bundle
from .vector import Vector, finding


def minimal():
    b = Bundle("minimal")
    b.file(b"hello.txt", b"Hello, evidence.\n")
    b.seal()
    return b


def every_type():
    """A bundle with a record of each type; index blocks need 256 records, here empty notes."""
    b = Bundle("every-type", digests=(2,))
    b.open(1, kind=4, name=b"disk", change={3: 16})
    b.data(b"sector 0")
    b.gap(4)
    b.data(b"more")
    b.close_item(1, state=2, change={7: "EX/1", 13: {1: "Example", 3: "SN-1", 6: 512}})
    b.event(1, item=1, change={4: "laboratory", 13: [1]})
    b.note("the label was torn", change={2: 6, 4: TIME, 5: WHO}, item=1)
    b.names()
    b.append("renew", {1: "sha512", 2: 0, 3: 2, 4: bytes(64)})
    b.append("keys", {1: "none yet", 2: []})
    b.append(128, b"an optional record")
    while len(b.records) < 257:
        b.note("")
    b.withhold((3, 3))
    b.close()
    b.attest(b.seal(), 5, [b"certificates"])
    return b


def vectors():
    b = Bundle("tree-sizes")
    for n in range(9):
        b.note(str(n))
        b.seal()
    yield Vector("valid/tree-sizes", "Nine seals over trees of 3, 6, 9 ... 27 records.",
                 ["B-TRE-1", "B-CHK-1"]).report(b.layout())
    b = every_type()
    lay = b.layout()
    v = Vector("valid/every-type", "A record of each type.", ["B-CBOR-9", "B-ORD-5"])
    kinds = {r.type: r for r in b.records if r.type in (4, 6, 15, 16, 128)}
    yield v.report(lay, [v.on(lay, "gap", kinds[6], 4), v.on(lay, "item-state", kinds[4]),
                         v.on(lay, "not-evaluated", kinds[15]), v.on(lay, "not-evaluated", kinds[16]),
                         v.on(lay, "optional", kinds[128])],
                   custody=[], stamps=[finding("timestamp-none")])

    b = minimal()
    yield Vector("valid/minimal", "One session, one file of 17 bytes, one seal.",
                 ["B-FRM-1", "B-FRM-2", "B-FRM-3", "B-SEA-1", "B-TAI-4"]).report(b.layout())
