"""Limits at their edges, and rules that meet: loss and refusal, copies and resumption."""

from .builder import Bundle
from .cbor import Raw, head
from .frame import Core, Record, payload_digest
from .invalid_damage import parts
from .invalid_order import right
from .vector import Vector, finding


def candidates():
    """A damaged record whose body holds frames that fail check 22 alone [B-DMG-1]."""
    for tail, count in (("candidates-1023", 1023), ("candidates-1024", 1024)):
        b = Bundle(f"damage_{tail}")
        b.data(b"first")
        core = Core(b.id, 8, 9, 0, 16, payload_digest(bytes(16), b"other"), bytes(32))
        fake = Record(core, bytes(16), b"", b"", 0, 0).frame()
        bad = b.data(fake * count)
        b.data(b"last")
        b.close_item(1, name=b"disk")
        b.seal()
        lay = b.layout()
        lay.flip(bad, 0)
        if count < 1024:
            v = Vector(f"invalid/damage_{tail}", "1,023 frames with a wrong payload digest stand in the "
                       "way of the next good one: it is found.", ["B-DMG-1"])
            yield v.report(lay, [v.bytes(lay, "frame-mark", bad.number, bad, bad.length)], lost=bad)
            continue
        rest = sum(len(p.data) for p in lay.volumes[0]) - lay.where(bad)[1]
        del b.records[bad.number:], b.all_seals[0]
        b.state.items[1].closed, b.base = False, 0
        v = Vector(f"invalid/damage_{tail}", "1,024 frames with a wrong payload digest: with the last of "
                   "them the search is given up.", ["B-DMG-1"])
        yield v.report(lay, [v.bytes(lay, "torn-tail", bad.number, bad, rest)])


def values():
    """The number of values of a body [B-CBOR-4]: 4 and 2 for the maps of this note, and the array."""
    for count, right in ((1048570, True), (1048571, False)):
        tail = "cbor-values" if right else "cbor_values"
        b = Bundle(tail)
        b.file(b"a.txt", b"evidence")
        note = b.append("note", {1: "", 255: {0: Raw(head(4, count) + bytes(count))}}, codec=1)
        b.seal()
        lay = b.layout()
        if right:
            yield Vector("valid/cbor-values", "A note of 1,048,576 values, the most that is allowed.",
                         ["B-CBOR-4"]).report(lay)
        else:
            v = Vector("invalid/cbor_values", "A note of one value more than is allowed.", ["B-CBOR-4"])
            yield v.report(lay, [v.on(lay, "cbor-length", note)], unusable=True)


def loss_and_refusal():
    b = Bundle("session_refuse-after-loss")
    b.data(b"0123", 1)
    bad = b.data(b"4567", 1, offset=9)
    b.seal()
    b.session()
    b.note("of unknown origin")
    b.session(refuse="of unknown origin")
    b.note()
    b.seal()
    lay = b.layout()
    v = Vector("invalid/session_refuse-after-loss", "What broke a rule came before the refused records: "
               "refusing does not mend it, and the session is read as any record while lost.",
               ["B-SES-4", "B-DMG-8"])
    yield v.report(lay, [v.on(lay, "item-tiling", bad)], lost=bad)

    b = Bundle("damage_refuse-does-not-heal")
    b.file(b"a.txt", b"evidence")
    b.seal()
    b.session()
    gone = b.note("the record that is cut out")
    after = b.note("of unknown origin")
    b.session(refuse="of unknown origin")
    b.note()
    b.seal()
    lay = b.layout()
    lay.remove(gone)
    v = Vector("invalid/damage_refuse-does-not-heal", "A record is missing among those that a later "
               "session refuses: the loss is final.", ["B-SES-4", "B-DMG-4", "B-DMG-8"])
    yield v.report(lay, [v.claims_number(lay, "chain-number", after)], lost=gone)

    b, data = parts("damage_seal-mismatch-while-lost")
    b.session()
    b.tail()
    point = b.checkpoint(root=bytes(32))
    seal = b.seal(tail=False, checkpoint=point)
    lay = b.layout()
    lay.remove(data[1])
    v = Vector("invalid/damage_seal-mismatch-while-lost", "One record is lost, so the tree is known, and "
               "a later seal is over another root.", ["B-DMG-8", "B-SEA-1", "B-SEA-3"])
    out = [v.claims_number(lay, "chain-number", data[2]), v.on(lay, "seal-mismatch", seal)]
    yield v.report(lay, out, lost=data[1], seals={seal.number: ("fails", ["seal-unproven"])})

    b = Bundle("session_refuse-unusable")
    b.file(b"a.txt", b"evidence")
    b.seal()
    b.session()
    bad = b.append("withhold", {1: "no list"})
    b.session(refuse="made by a faulty tool")
    b.note()
    b.seal()
    yield Vector("valid/session-refuse-unusable", "A refused record has the wrong shape: the finding is "
                 "withdrawn, and so is the loss.", ["B-SES-4", "B-DMG-7"]).report(
                     b.layout(), [finding("refused", 6, length=2)])

    b = Bundle("session_refuse-payload")
    b.file(b"a.txt", b"evidence")
    b.seal()
    b.session()
    bad = b.note("flipped later")
    b.session(refuse="not needed")
    b.note()
    b.seal()
    lay = b.layout()
    lay.flip(bad, 161)
    v = Vector("invalid/session_refuse-payload", "The body of a refused record is damaged: that finding "
               "stays, but nothing that counts is concerned.", ["B-SES-4", "B-DMG-6"])
    yield v.report(lay, [v.on(lay, "payload-digest", bad), finding("refused", 6, length=2)])


def refusals():
    b = Bundle("session-refuse-first-seal")
    b.append("note", {1: "no tail follows"})
    b.seal(("attacker",), tail=False)
    del b.all_seals[:], b.state.seals[:]
    b.base = 1
    last = b.next
    b.session(refuse="made by a faulty tool")
    b.file(b"a.txt", b"evidence")
    b.seal()
    yield Vector("valid/session-refuse-first-seal", "The first seal follows no tail. It is none, so the session "
                 "that refuses it extends nothing.", ["B-SES-1", "B-SES-4", "B-ORD-3"]).report(
                     b.layout(), [finding("refused", 1, length=last - 1)])

    b = Bundle("session-refuse-from-1", session=False)
    b.note("no session is in force")
    b.session(refuse="made by a faulty tool")
    b.file(b"a.txt", b"evidence")
    b.seal()
    yield Vector("valid/session-refuse-from-1", "Record 1 is no session, and the first session refuses it: without a "
                 "seal the base is 1.", ["B-SES-3", "B-SES-4", "B-ORD-2"]).report(
                     b.layout(), [finding("refused", 1, length=1)])

    b = Bundle("session-refuse-refusal")
    b.file(b"a.txt", b"evidence")
    b.seal()
    first = b.next
    b.session()
    b.note("kept in the end")
    seal = b.seal()
    middle = b.next
    b.session(change={8: right(b, 0)}, refuse=(first, middle - first, "of unknown origin"))
    b.note("of unknown origin itself")
    last = b.next
    b.session(change={8: right(b, 0)}, adopt=(first, middle - first, "refused wrongly"),
              refuse=(middle, last - middle, "of unknown origin"))
    b.note()
    b.seal()
    yield Vector("valid/session-refuse-refusal", "A session that refused others is refused itself, and they are "
                 "adopted: its refusal is as if it had not come.", ["B-SES-4", "B-SES-5"]).report(
                     b.layout(), [finding("adopted", first, length=middle - first),
                                  finding("refused", middle, length=last - middle)],
                     seals={seal.number: ("adopted", [])})

    b = Bundle("session_refuse-healing")
    b.file(b"a.txt", b"evidence")
    b.seal()
    first = b.next
    b.session()
    bad = b.note("breaks a rule", item=9)
    seal = b.seal()
    middle = b.next
    b.session(change={8: right(b, 0)}, refuse=(first, middle - first, "made by a faulty tool"))
    last = b.next
    b.session(change={8: right(b, 0)}, adopt=(first, middle - first, "refused wrongly"),
              refuse=(middle, last - middle, "of unknown origin"))
    b.note()
    b.seal()
    lay = b.layout()
    v = Vector("invalid/session_refuse-healing", "The session whose refusal ended the loss is refused itself, and "
               "what broke a rule is adopted: all is lost again, and its seal is an adopted one.",
               ["B-SES-4", "B-SES-5", "B-DMG-8"])
    yield v.report(lay, [v.on(lay, "item-unknown", bad), finding("adopted", first, length=middle - first),
                         finding("refused", middle, length=last - middle)],
                   lost=bad, seals={seal.number: ("adopted", [])})

    b = Bundle("names_restated-refused")
    b.file(b"a.txt", b"evidence")
    b.seal()
    b.session()
    first = b.names()
    b.session(refuse="of unknown origin")
    bad = b.names(change={3: [[first.number, []]]})
    b.seal()
    lay = b.layout()
    v = Vector("invalid/names_restated-refused", "A names record restates one that was refused.",
               ["B-NAM-4", "B-SES-4"])
    yield v.report(lay, [finding("refused", 6, length=2), v.on(lay, "names-mismatch", bad)], lost=bad)

    b = Bundle("withhold_index-due", auto_index=False)
    while b.next < 256:
        b.append("note", {1: ""})
    bad = b.withhold((2, 2))
    b.seal()
    lay = b.layout((2,))
    v = Vector("invalid/withhold_index-due", "The list of what is withheld stands where an index block is due: "
               "it failed a rule, so it decides nothing.", ["B-WTH-2", "B-IDX-3"])
    yield v.report(lay, [v.on(lay, "index-due", bad)], lost=bad,
                   complete=[finding("removed", 2, length=1)])


def wrong_attests():
    for tail, comment, rules in (
            ("target", "An attest that fits no seal directly follows the last one: the next session refuses "
             "it, and its confusion ends.", ["B-SES-2", "B-SES-4", "B-ATT-1"]),
            ("unusable", "After an attest that is right comes one of the wrong shape, and then one more that is "
             "right: base is the second.", ["B-SES-2", "B-SES-4", "B-DMG-7"])):
        b = Bundle(f"session-refuse-attest-{tail}")
        b.file(b"a.txt", b"evidence")
        seal = b.seal()
        if tail == "target":
            bad = b.attest(seal, 5, change={2: bytes(32)}, right=False)
        else:
            b.attest(seal, 5)
            bad = b.attest(seal, 5, drop=(4,), right=False)
            b.attest(seal, 5)
        last = b.next
        b.session(refuse="of unknown origin")
        b.note()
        b.seal()
        yield Vector(f"valid/session-refuse-attest-{tail}", comment, rules).report(
            b.layout(), [finding("refused", bad, length=last - bad.number)])

    b = Bundle("session_account-attest-wrong")
    b.file(b"a.txt", b"evidence")
    bad = b.attest(b.seal(), 5, change={2: bytes(32)}, right=False)
    b.session()
    b.note()
    b.seal()
    lay = b.layout()
    v = Vector("invalid/session_account-attest-wrong", "An attest that fits no seal directly follows the last "
               "one, and the next session does not account for it: all stays lost.", ["B-SES-2", "B-SES-4"])
    yield v.report(lay, [v.on(lay, "attest-target", bad)], lost=bad)

    b = Bundle("session_account-attest-base")
    b.file(b"a.txt", b"evidence")
    seal = b.seal()
    bad = b.attest(seal, 5, change={2: bytes(32)}, right=False)
    b.attest(seal, 5)
    b.snapshots = {}
    b.session(refuse=(7, 1, "not from the base on"))
    b.note()
    b.seal()
    lay = b.layout()
    v = Vector("invalid/session_account-attest-base", "A session refuses what comes after the wrong attest "
               "only: it does not begin at the base.", ["B-SES-2", "B-SES-4"])
    yield v.report(lay, [v.on(lay, "attest-target", bad)], lost=bad)

    b = Bundle("complete_unsealed-attest")
    b.file(b"a.txt", b"evidence")
    bad = b.attest(b.seal(), 5, change={2: bytes(32)}, right=False)
    b.session(refuse="of unknown origin")
    b.note()
    v = Vector("invalid/complete_unsealed-attest", "A refused attest directly follows the last seal: what is "
               "unsealed begins with it.", ["B-ORD-7", "B-SES-4"])
    yield v.report(b.layout(), [finding("refused", bad, length=1)])


def closing():
    b = Bundle("complete_close-unsealed")
    b.file(b"a.txt", b"evidence")
    b.seal()
    b.session()
    b.close()
    b.tail()
    v = Vector("invalid/complete_close-unsealed", "A close that no seal covers: anyone can append one, so the bundle "
               "is open.", ["B-ORD-5", "B-ORD-7"])
    yield v.report(b.layout(), opened=True)


def while_lost():
    b, data = parts("damage_attest-while-lost")
    stamp = b.attest(b.records[-1])
    lay = b.layout()
    lay.remove(data[1])
    v = Vector("invalid/damage_attest-while-lost", "A record is lost; a time-stamp is still listed.",
               ["B-DMG-8"])
    yield v.report(lay, [v.claims_number(lay, "chain-number", data[2])], lost=data[1],
                   stamps=[finding("timestamp-not-evaluated", stamp)])

    b, data = parts("damage_withhold-while-lost")
    b.session()
    b.withhold((data[3].number, data[3].number))
    b.seal()
    lay = b.layout((data[3].number,))
    lay.remove(data[1])
    v = Vector("invalid/damage_withhold-while-lost", "A record is lost; a list that comes later is still in "
               "force.", ["B-DMG-8", "B-WTH-2"])
    yield v.report(lay, [v.claims_number(lay, "chain-number", data[2])], lost=data[1],
                   complete=[finding("withheld", data[3], length=1)])

    for tail, comment in (("session-refuse-index", "Refused records break a rule, and hold an index block and "
                           "a tail that are right: these stay written."),
                          ("session-refuse-tail", "A refused tail is wrong in its state: later tails do not "
                           "lean on it.")):
        b = Bundle(tail)
        b.file(b"a.txt", b"evidence")
        while tail.endswith("index") and len(b.records) < 250:
            b.append("note", {1: ""})
        b.seal()
        first = b.next
        b.session()
        if tail.endswith("index"):
            b.data(b"x", 9)
            while len(b.records) < 262:
                b.append("note", {1: "x"})
            b.tail()
        else:
            b.tail(state={1: 7})
            b.index.tails.pop()
        last = b.next
        b.session(refuse="made by a faulty tool")
        b.note()
        b.tail()
        b.note()
        b.seal()
        yield Vector(f"valid/{tail}", comment, ["B-SES-4", "B-DMG-8", "B-TAI-2"]).report(
            b.layout(), [finding("refused", first, length=last - first)])


def copies():
    b = Bundle("copy-resumed")
    b.open(1, kind=4, name=b"disk")
    b.data(b"first half, ", 1)
    b.seal()
    b.session()
    b.open(1, kind=4, name=b"disk", resume=True)
    b.data(b"second half", 1)
    b.close_item(1)
    b.withhold((2, 3))
    b.seal()
    v = Vector("valid/copy-resumed", "The item-open that a resumption would be compared with is withheld: "
               "it counts as fitting.", ["B-ITM-4", "B-WTH-3"])
    yield v.report(b.layout((2, 3)), complete=[finding("withheld", 2, length=2)], items={})

    b = Bundle("copy-item-record")
    b.file(b"a.txt", b"evidence")
    b.names()
    b.close_item(2, name=b"twin", change={12: 1})
    b.withhold((3, 3))
    b.seal()
    v = Vector("valid/copy-item-record", "The item record of a file that a hard link names is withheld.",
               ["B-ITM-7", "B-NAM-1", "B-WTH-4"])
    yield v.report(b.layout((3,)), complete=[finding("withheld", 3, length=1)], items={})


def plain():
    b = Bundle("complete_max-plain-gap")
    b.data(b"0123456789", 1)
    gap = b.gap(100, 1)
    b.data(b"x", 1)
    b.close_item(1, name=b"a")
    b.seal()
    lay = b.layout()
    v = Vector("invalid/complete_max-plain-gap", "A gap goes past the 50 plain bytes that are allowed.")
    v.max_plain = 50
    yield v.report(lay, [finding("max-plain"), v.on(lay, "gap", gap, 100)], items={})

    b = Bundle("max-plain-exact")
    b.file(b"a.txt", b"0123456789", chunk=5)
    b.seal()
    v = Vector("valid/max-plain-exact", "As many plain bytes as are allowed.")
    v.max_plain = 10
    yield v.report(b.layout())


def custody():
    b = Bundle("custody-extra-signature")
    b.file(b"a.txt", b"evidence")
    b.event(2, "examiner")
    seal = b.seal()
    b.session()
    b.event(3, "second", seal)
    b.seal(("examiner", "second"))
    yield Vector("valid/custody-extra-signature", "The party signs beside the policy: its half counts.",
                 ["B-EVT-1"], pins=("examiner", "second")).report(b.layout(), custody=[])

    b = Bundle("custody_signed-by-next")
    b.file(b"a.txt", b"evidence")
    event = b.event(2, "examiner")
    b.seal(("second",))
    b.session()
    b.note()
    b.seal()
    v = Vector("invalid/custody_signed-by-next", "The first seal after a release is another's; the party "
               "signs only the second.", ["B-EVT-1"])
    yield v.report(b.layout(), seals={b.all_seals[0]["record"]: ("fails", ["seal-policy"])},
                   custody=[finding("custody-unsigned", event)])


def vectors():
    for part in (candidates, values, loss_and_refusal, refusals, wrong_attests, closing, while_lost, copies, plain, custody):
        yield from part()
