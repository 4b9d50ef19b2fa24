"""What fails or stays open though every byte is right: complete, existed by, custody."""

from base64 import b64encode

from .builder import Bundle
from .vector import Vector, finding


NOBODY = "00000000-0000-4000-8000-000000000000"


def sealed(seed, **options):
    b = Bundle(seed, **options)
    b.file(b"a.txt", b"evidence")
    b.seal()
    return b


def vector(tail, comment, *rules, **given):
    return Vector(f"invalid/{tail}", comment, rules, **given)


def complete():
    b = Bundle("complete_never-sealed")
    b.file(b"a.txt", b"evidence")
    yield vector("complete_never-sealed", "No seal at all.", "B-ORD-7").report(b.layout())

    b = sealed("complete_unsealed")
    b.session()
    b.note("no seal follows")
    b.tail()
    yield vector("complete_unsealed", "A session, a note and a mark follow the last seal.",
                 "B-ORD-7").report(b.layout())

    b = sealed("complete_unsealed-attests")
    b.attest(b.records[-1], 5)
    s = b.session()
    b.attest(b.records[5], 5)
    b.note()
    yield vector("complete_unsealed-attests", "Unsealed records among attests: these are counted, "
                 "the first of them is none.", "B-ORD-7").report(
                     b.layout(), unsealed=[finding("unsealed", s, length=4)])

    b = Bundle("complete_item-unclosed")
    b.data(b"x", 1)
    b.open(2, name=b"b")
    b.file(b"c", b"c")
    b.seal()
    yield vector("complete_item-unclosed", "Two items were begun and never closed.", "B-ITM-2").report(b.layout())

    b = sealed("complete_removed")
    yield removed(b, (2,), [finding("removed", 2, length=1)],
                  "complete_removed", "A data record is withheld without any list.")
    b = sealed("complete_removed-other")
    b.session()
    b.withhold((3, 3))
    b.seal()
    yield removed(b, (2, 3), [finding("removed", 2, length=1), finding("withheld", 3, length=1)],
                  "complete_removed-other", "Two records are withheld; the list names one of them.")
    b = sealed("complete_removed-unsealed-list")
    b.session()
    b.withhold((2, 2))
    yield removed(b, (2,), [finding("removed", 2, length=1)], "complete_removed-unsealed-list",
                  "The list that names the record is not sealed.")
    b = sealed("complete_removed-refused-list")
    b.session()
    b.withhold((2, 2))
    b.session(refuse="nobody decided this")
    b.seal()
    yield removed(b, (2,), [finding("removed", 2, length=1)], "complete_removed-refused-list",
                  "The list that names the record was refused.", [finding("refused", 6, length=2)])

    b = Bundle("complete_withheld-unproven")
    b.file(b"a.txt", b"evidence")
    w = b.withhold((2, 2))
    seal = b.seal(("attacker",))
    v = vector("complete_withheld-unproven", "The list is in a seal that does not meet the policy.", "B-WTH-3")
    yield v.report(b.layout((2,)), complete=[finding("withheld", 2, length=1), finding("withheld-unproven", w)],
                   seals={seal.number: ("fails", ["seal-policy"])}, items={})

    for tail, change, code, comment in (
            ("other", lambda b: checkpoint(NOBODY, 5, bytes(32)), "receipt-other", "A receipt of another bundle."),
            ("rollback", lambda b: checkpoint(b.uuid, 99, bytes(32)), "receipt-rollback", "A receipt of a later state."),
            ("fork", lambda b: checkpoint(b.uuid, 5, bytes(32)), "receipt-fork", "A receipt of another history."),
            ("fork-not-a-seal", lambda b: checkpoint(b.uuid, 4, bytes(32)), "receipt-fork", "A receipt of another history, at a size where there is no seal."),
            ("branch", lambda b: checkpoint(b.uuid, 5, bytes(32), b"\xaa" * 16), "receipt-branch", "A receipt of a branch that this bundle does not have.")):
        b = sealed(f"complete_receipt-{tail}")
        v = vector(f"complete_receipt-{tail}", comment, "B-RCP-1")
        v.receipt(change(b))
        yield v.report(b.layout(), complete=[finding(code)])

    b = sealed("complete_receipt-many")
    v = vector("complete_receipt-many", "Three receipts: a fork, one that holds, one of another bundle.", "B-RCP-1")
    v.receipt(checkpoint(b.uuid, 2, bytes(32)), "-1").receipt(b.all_seals[0]["checkpoint"], "-2")
    v.receipt(checkpoint(NOBODY, 5, bytes(32)), "-3")
    yield v.report(b.layout(), complete=[finding("receipt-fork"), finding("receipt-other")])

    b = sealed("complete_receipt-in-branch", branch=b"\xaa" * 16)
    v = vector("complete_receipt-in-branch", "A receipt without a branch at a size where the bundle had one.", "B-RCP-1")
    v.receipt(checkpoint(b.uuid, 5, bytes(32)))
    yield v.report(b.layout(), complete=[finding("receipt-branch")])
    b = sealed("complete_receipt-in-branch-fork", branch=b"\xaa" * 16)
    v = vector("complete_receipt-in-branch-fork", "A receipt of the same branch with another root.", "B-RCP-1")
    v.receipt(checkpoint(b.uuid, 5, bytes(32), b"\xaa" * 16))
    yield v.report(b.layout(), complete=[finding("receipt-fork")])

    b = Bundle("complete_receipt-lost")
    data = [b.data(bytes([n]) * 9, 1) for n in range(4)]
    b.close_item(1, name=b"a")
    b.seal()
    lay = b.layout()
    lay.remove(data[1], data[2])
    v = vector("complete_receipt-lost", "Two records that the receipt covers are lost.", "B-RCP-1", "B-DMG-4")
    v.receipt(b.all_seals[0]["checkpoint"])
    yield v.report(lay, [v.claims_number(lay, "chain-number", data[3])], lost=data[1],
                   no_tree_from=data[1].number, complete=[finding("receipt-lost")])

    b = Bundle("complete_max-plain")
    b.data(b"0123456789", 1)
    b.data(b"0123456789", 1)
    b.close_item(1, name=b"a")
    b.close_item(2, kind=1, name=b"empty")
    b.seal()
    v = vector("complete_max-plain", "Decoding may not go past 15 plain bytes; the second data record would.")
    v.max_plain = 15
    lay = b.layout()
    item = b.state.items[2]
    yield v.report(lay, [finding("max-plain")],
                   items={"2": {"sha256": item.hashers[1].hexdigest(), "size": 0}})


def checkpoint(uuid, size, root, branch=None):
    origin = f"bukti/1/{uuid}" + (f"/{branch.hex()}" if branch else "")
    return f"{origin}\n{size}\n{b64encode(root).decode()}\n".encode()


def removed(b, gone, findings, name, comment, reading=()):
    v = vector(name, comment, "B-WTH-2", "B-WTH-3")
    return v.report(b.layout(gone), reading, complete=findings, items={})


def existed():
    b = Bundle("existed_missing", stamp=2)
    b.file(b"a.txt", b"evidence")
    seal = b.seal()
    v = vector("existed_missing", "The policy asks for a time-stamp; there is none.", "B-ATT-1")
    yield v.report(b.layout(), stamps=[finding("timestamp-missing", seal), finding("timestamp-none")])

    b = Bundle("existed_missing-second", stamp=2)
    b.file(b"a.txt", b"evidence")
    stamp = b.attest(b.seal())
    b.note()
    second = b.seal()
    v = vector("existed_missing-second", "The first seal has its time-stamp, the second has none.", "B-ATT-1")
    yield v.report(b.layout(), stamps=[finding("timestamp-missing", second),
                                       finding("timestamp-not-evaluated", stamp)])


def custody():
    def first(seed):
        b = Bundle(seed)
        b.file(b"a.txt", b"evidence")
        return b

    def vec(tail, comment, pins=("examiner", "second")):
        return vector(f"custody_{tail}", comment, "B-EVT-1", pins=pins)

    b = first("custody_pending")
    event = b.event(2, "examiner")
    b.seal()
    yield vec("pending", "Released, and nobody answered.").report(b.layout(), custody=[finding("custody-pending", event)])

    b = first("custody_unsigned-release")
    event = b.event(2, "second")
    b.seal()
    yield vec("unsigned-release", "Released by one who did not sign the next seal.").report(
        b.layout(), custody=[finding("custody-unsigned", event)])

    b = first("custody_unsigned-receive")
    out = b.event(2, "examiner")
    seal = b.seal()
    b.session()
    event = b.event(3, "second", seal)
    b.seal()
    yield vec("unsigned-receive", "Received in the name of one who did not sign.").report(
        b.layout(), custody=[finding("custody-unsigned", event), finding("custody-pending", out)])

    for tail, change, comment in (
            ("covers-root", {2: bytes(32)}, "another root"), ("covers-hash", {3: bytes(32)}, "another record hash"),
            ("covers-size", {1: 4}, "a size that is no seal's")):
        b = first(f"custody_{tail}")
        out = b.event(2, "examiner")
        seal = b.seal()
        b.session(policy=("second",))
        entry = b.all_seals[0]
        event = b.event(3, "second", change={12: {**{1: seal.number, 2: entry["root"], 3: seal.hash}, **change}})
        b.seal(("second",))
        yield vec(tail, f"What was received has {comment}.").report(
            b.layout(), custody=[finding("custody-covers", event), finding("custody-pending", out)])

    b = first("custody_unmatched")
    seal = b.seal()
    b.session(policy=("second",))
    event = b.event(3, "second", seal)
    b.seal(("second",))
    yield vec("unmatched", "Received without a release.").report(b.layout(), custody=[finding("custody-unmatched", event)])

    b = first("custody_unmatched-older-seal")
    old = b.seal()
    out = b.event(2, "examiner")
    b.seal()
    b.session(policy=("second",))
    event = b.event(3, "second", old)
    b.seal(("second",))
    yield vec("unmatched-older-seal", "The seal received is from before the release.").report(
        b.layout(), custody=[finding("custody-unmatched", event), finding("custody-pending", out)])

    b = first("custody_twice")
    b.event(2, "examiner")
    seal = b.seal()
    b.session(policy=("second",))
    b.event(3, "second", seal)
    event = b.event(3, "second", seal)
    b.seal(("second",))
    yield vec("twice", "Received twice for one release.").report(b.layout(), custody=[finding("custody-unmatched", event)])


def vectors():
    for part in (complete, existed, custody):
        yield from part()

