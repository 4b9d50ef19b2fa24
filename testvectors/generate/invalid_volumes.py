"""Bundles of three volumes, one of which is missing, elsewhere, of another bundle, twice there or torn (spec 3)."""

from .builder import Bundle
from .vector import Vector, finding


def three(seed):
    """A seal in each of three volumes; gives the bundle and how many records the first n volumes hold."""
    b = Bundle(f"volume_{seed}")
    counts = [0]
    for number in range(3):
        if number:
            b.new_volume()
            b.session()
        b.file(b"%d.txt" % number, b"in volume %d" % number)
        b.seal()
        counts.append(len(b.records))
    return b, counts


def ends(tail, comment, rule, order, kept):
    """The volumes in another order: reading ends behind the first `kept` of them."""
    b, counts = three(tail)
    lay = b.layout()
    volumes = [lay.volumes[n] if n is not None else three(f"{tail}-other")[0].layout().volumes[1] for n in order]
    keep(b, counts, kept)
    lay = b.layout()
    lay.volumes = volumes
    v = Vector(f"invalid/volume_{tail}", comment, [rule])
    return v.report(lay, [finding("volume-mismatch", counts[kept], (kept, 0))])


def keep(b, counts, volumes):
    """The bundle as a reader knows it that got no further than so many volumes."""
    del b.records[counts[volumes]:], b.all_seals[volumes:]
    b.base = counts[volumes]
    b.state.items = {n: item for n, item in b.state.items.items() if item.first < counts[volumes]}


def vectors():
    yield ends("missing-middle", "The second of three volumes is missing.", "B-VOL-2", [0, 2], 1)
    yield ends("swapped", "The second and the third volume are exchanged.", "B-VOL-2", [0, 2, 1], 1)
    yield ends("doubled", "The second volume comes twice.", "B-VOL-2", [0, 1, 1, 2], 2)
    yield ends("foreign", "The second volume is that of another bundle.", "B-VOL-2", [0, None, 2], 1)

    b, counts = three("last-torn")
    lay = b.layout()
    seal = b.records[-1]
    piece = lay.cut(seal, seal.length - 5)
    b.records.pop()
    b.all_seals.pop()
    b.base = counts[2]
    v = Vector("invalid/volume_last-torn", "The last volume ends within its seal.", ["B-VOL-3", "B-DMG-1"])
    yield v.report(lay, [v.bytes(lay, "torn-tail", seal.number, piece, seal.length - 5)])

    b, counts = three("last-missing")
    receipt = b.all_seals[2]["checkpoint"]
    lay = b.layout()
    keep(b, counts, 2)
    short = b.layout()
    short.volumes = lay.volumes[:2]
    v = Vector("invalid/volume_last-missing", "The last volume is missing, which its receipt shows.", ["B-VOL-4", "B-RCP-1"])
    v.receipt(receipt)
    yield v.report(short, complete=[finding("receipt-rollback")])
