"""What goes on between parties, told in a README each: custody, receipts, withholding, seals by several, branches."""

from . import cms
from .builder import Bundle
from .keys import signer
from .scenarios import Scenario, case, on
from .valid_bundle import extends
from .vector import finding

PARTIES = ("examiner", "second", "third")


def released(seed, **options):
    """A file, and its release by the examiner, sealed; gives the event and the seal, too."""
    b = Bundle(seed, **options)
    b.file(b"report.txt", b"Nothing was found.\n")
    out = b.event(2, "examiner")
    return b, out, b.seal(tuple(options.get("policy", ("examiner",))))


def answer(b, kind, party, seal, signers=None):
    """A half that answers, in a session of its party's own."""
    b.session(policy=signers or (party,))
    event = b.event(kind, party, seal)
    return event, b.seal(signers or (party,))


def custody():
    s = Scenario("hand-over_ok", "Hand-overs with both halves", """
Each half is sealed by its party. Rejected and then received; from the first to a second and a third; by a party
whose seals need two signatures: each hand-over has both halves. (11.5)
""", ["B-EVT-1"], pins=PARTIES)
    b, out, seal = released("hand-over")
    answer(b, 3, "second", seal)
    yield s.vector("received", "Released and received.").report(b.layout(), custody=[])
    b, out, seal = released("hand-over rejected")
    answer(b, 4, "second", seal)
    b.session()
    b.event(2, "examiner")
    answer(b, 3, "second", b.seal())
    yield s.vector("rejected-then-received", "Rejected, released again, received.").report(b.layout(), custody=[])
    b, out, seal = released("hand-over three")
    answer(b, 3, "second", seal)
    b.session(policy=("second",))
    b.event(2, "second")
    answer(b, 3, "third", b.seal(("second",)))
    yield s.vector("three-parties", "From the first to the second, from the second to the third.").report(
        b.layout(), custody=[])
    b, out, seal = released("hand-over two sign", policy=("examiner", "second"))
    answer(b, 3, "third", seal)
    yield s.vector("two-sign", "The release is under a seal by two, its party one of them.").report(
        b.layout(), custody=[])

    s = Scenario("hand-over-pending_fail", "Released, and never answered", """
What was released and neither received nor rejected is nobody's: the report says so as long as it lasts. An answer
ends the last release only. (11.5)
""", ["B-EVT-1"], pins=PARTIES)
    b, out, _ = released("hand-over-pending")
    yield s.vector("bundle", "Nobody answers.").report(b.layout(), custody=[finding("custody-pending", out)])
    b, out, _ = released("hand-over-pending two")
    b.session()
    b.event(2, "examiner")
    answer(b, 3, "second", b.seal())
    yield s.vector("two-releases", "Two releases, one answer: the first is still pending.").report(
        b.layout(), custody=[finding("custody-pending", out)])

    s = Scenario("hand-over-after-rejection_fail", "Rejected, and then received all the same", """
The second party rejects the evidence. A rejection ends the hand-over; what the party then writes, that it received
it, answers no release. (11.5)
""", ["B-EVT-1"], pins=PARTIES)
    b, out, seal = released("hand-over-after-rejection")
    answer(b, 4, "second", seal)
    event, _ = answer(b, 3, "second", seal)
    yield s.vector("bundle", "A rejection, then a receipt of the same seal.").report(
        b.layout(), custody=[finding("custody-unmatched", event)])

    s = Scenario("hand-over-of-another-state_fail", "Something else was received", """
The second party says which seal it received. It is from before the release, or is no seal of this bundle at all:
both sides do not speak of the same bytes, and the release stays pending. (11.5)
""", ["B-EVT-1"], pins=PARTIES)
    b = case("hand-over-of-another-state")
    old = b.records[-1]
    b.session()
    out = b.event(2, "examiner")
    b.seal()
    event, _ = answer(b, 3, "second", old)
    yield s.vector("older", "The seal received is from before the release.").report(
        b.layout(), custody=[finding("custody-unmatched", event), finding("custody-pending", out)])
    b, out, seal = released("hand-over-of-another-history")
    other = case("hand-over-of-another-history")
    b.session(policy=("second",))
    event = b.event(3, "second", change={12: {1: seal.number, 2: other.all_seals[0]["root"], 3: seal.hash}})
    b.seal(("second",))
    yield s.vector("other-history", "The root received is that of another history.").report(
        b.layout(), custody=[finding("custody-covers", event), finding("custody-pending", out)])

    s = Scenario("hand-over-by-another_fail", "Released in the examiner's name", """
A half counts by its own party's signature. A stranger, or a colleague, who writes the examiner's half gives nothing
away, and who then receives answers nothing. (11.5)
""", ["B-EVT-1"], pins=PARTIES)
    for name, key, seals in (("colleague", "third", ("holds", [])), ("stranger", "attacker", ("not established", ["seal-untrusted"]))):
        b = case(f"hand-over-by-another {name}")
        b.session(policy=(key,))
        out = b.event(2, "examiner")
        seal = b.seal((key,))
        event, _ = answer(b, 3, "second", seal)
        yield s.vector(name, f"The release is under the seal of a {name}.").report(
            b.layout(), seals={seal.number: seals},
            custody=[finding("custody-unsigned", out), finding("custody-unmatched", event)])

    s = Scenario("hand-over-refused_fail", "The release is among refused records", """
The second party received what a later session refuses: the release means nothing, and the receipt answers nothing.
""", ["B-EVT-1", "B-SES-4"], pins=PARTIES)
    b = case("hand-over-refused")
    b.session()
    b.event(2, "examiner")
    b.session(refuse="not ours")
    b.note("honest")
    event, _ = answer(b, 3, "second", b.seal())
    yield s.vector("bundle", "Refused, and then received.").report(
        b.layout(), [finding("refused", 6, length=2)], custody=[finding("custody-unmatched", event)])

    s = Scenario("hand-over-withheld_fail", "A copy without the other half", """
In a copy the receipt of the evidence is withheld, under a decision. Who has that copy sees a release without an
answer, and that something is withheld. (11.5)
""", ["B-EVT-1", "B-WTH-3"], pins=PARTIES)
    b, out, seal = released("hand-over-withheld")
    event, _ = answer(b, 3, "second", seal)
    b.session()
    b.withhold((event.number, event.number))
    b.seal()
    yield s.vector("full", "In the full bundle nothing is pending.").report(b.layout(), custody=[])
    yield s.vector("copy", "The receipt is withheld.").report(
        b.layout((event.number,)), complete=[finding("withheld", event, length=1)],
        custody=[finding("custody-pending", out)])


def later(b, text, **options):
    b.session(**options)
    b.note(text)
    b.seal()
    return b


def receipts():
    s = Scenario("receipts_ok", "Receipts that a bundle extends", """
Receipts of every earlier state hold: of all seals, on a copy from which something is withheld, and of a seal that
was refused later, because the tree keeps what means nothing. (B-RCP-1)
""", ["B-RCP-1"])
    b = later(later(case("receipts"), "second"), "third")
    v = s.vector("all", "Receipts of all three seals.")
    for number, seal in enumerate(b.all_seals):
        v.receipt(seal["checkpoint"], f"-{number}")
    yield v.report(b.layout())
    b = case("receipts of a copy")
    b.session()
    b.withhold((2, 2))
    b.seal()
    v = s.vector("copy", "Both receipts of the full bundle, on the copy.")
    v.receipt(b.all_seals[0]["checkpoint"], "-0").receipt(b.all_seals[1]["checkpoint"], "-1")
    yield v.report(b.layout((2,)), complete=[finding("withheld", 2, length=1)], items={})
    b = case("receipts refused")
    b.session(policy=("attacker",))
    b.note("not ours")
    foreign = b.seal(("attacker",))
    b.session(change={8: extends(b, 0)}, refuse=(6, 4, "an unknown signer"))
    b.note("honest")
    b.seal()
    v = s.vector("refused", "The receipt is of a stranger's seal that was refused later.")
    v.receipt(b.all_seals[1]["checkpoint"])
    yield v.report(b.layout(), [finding("refused", 6, length=4)], seals={foreign.number: None})

    s = Scenario("receipt-of-another-case_fail", "The receipt of another case", """
A receipt was mixed up. It says nothing of this bundle, for or against it: not established, and never passed over.
""", ["B-RCP-1"])
    b = case("receipt-of-another-case")
    v = s.vector("bundle", "The receipt has another bundle's id.")
    v.receipt(case("another case").all_seals[0]["checkpoint"])
    yield v.report(b.layout(), complete=[finding("receipt-other")])
    v = s.vector("beside-a-right-one", "A right receipt beside it does not heal that.")
    v.receipt(b.all_seals[0]["checkpoint"], "-right").receipt(case("another case").all_seals[0]["checkpoint"], "-other")
    yield v.report(b.layout(), complete=[finding("receipt-other")])

    s = Scenario("rollback-continued_fail", "Rolled back, and continued", """
The bundle is cut off after the first seal, and goes on with other records until it is longer than before, sealed or
not. A receipt of what was cut off shows another history. (T4, T12)
""", ["B-RCP-1"])
    lost = later(case("rollback-continued"), "found in the second search").all_seals[1]["checkpoint"]
    b = later(later(case("rollback-continued"), "nothing was found"), "nothing at all")
    yield s.vector("sealed", "The new records are sealed.").receipt(lost).report(
        b.layout(), complete=[finding("receipt-fork")])
    b = case("rollback-continued")
    b.session()
    for number in range(3):
        b.note(f"nothing was found {number}")
    yield s.vector("unsealed", "The new records are not sealed.").receipt(lost).report(
        b.layout(), complete=[finding("receipt-fork")])

    s = Scenario("rollback-of-a-hand-over_fail", "The other half is cut off", """
The second party received the evidence and regrets it: the bundle ends before that. It looks as if the release was
never answered; the receipt that the second party gave shows that records are missing. (T4)
""", ["B-RCP-1", "B-EVT-1"], pins=PARTIES)
    whole, out, seal = released("rollback-of-a-hand-over")
    answer(whole, 3, "second", seal)
    b, out, _ = released("rollback-of-a-hand-over")
    v = s.vector("bundle", "Cut before the half that was received.").receipt(whole.all_seals[1]["checkpoint"])
    yield v.report(b.layout(), complete=[finding("receipt-rollback")], custody=[finding("custody-pending", out)])


def withholding():
    both = ["B-WTH-2", "B-WTH-3"]

    def decided(seed, *runs, policy=("examiner",), signers=None):
        b = case(seed)
        b.session(policy=policy)
        b.withhold(*runs)
        b.seal(signers or policy)
        return b

    s = Scenario("withheld-for-two_ok", "Two decisions, two copies", """
The defence gets a copy without the bytes of an item, the press one without its name and digests as well. Each copy is held
against the decision that names exactly what it lacks.
""", both)
    b = decided("withheld-for-two", (2, 2))
    b.session()
    b.withhold((2, 3))
    b.seal()
    yield s.vector("defence", "Record 2 is withheld, as the first decision says.").report(
        b.layout((2,)), complete=[finding("withheld", 2, length=1)], items={})
    yield s.vector("press", "Records 2 and 3 are withheld, as the second decision says.").report(
        b.layout((2, 3)), complete=[finding("withheld", 2, length=2)], items={})
    yield s.vector("full", "The bundle itself lacks nothing.").report(b.layout())

    s = Scenario("withheld-and-more_fail", "More is missing than was decided", """
A decision covers one record. The copy lacks another one as well, before or after it, of which nobody decided
anything: that one was removed. (T24)
""", both)
    for name, named, gone in (("after", 2, 3), ("before", 3, 2)):
        b = decided(f"withheld-and-more {name}", (named, named))
        runs = sorted([(named, "withheld"), (gone, "removed")])
        yield s.vector(name, f"Record {named} is withheld under a decision, record {gone} without.").report(
            b.layout((2, 3)), complete=[finding(code, n, length=1) for n, code in runs], items={})

    s = Scenario("withheld-without-a-seal_fail", "A decision that nobody sealed", """
Somebody without a key appends a decision to withhold and hands on a copy. Unsealed it counts for nothing, and it
still counts for nothing when the examiner refuses it. (T24, T25)
""", [*both, "B-ORD-7"])
    b = case("withheld-without-a-seal")
    b.session(policy=("attacker",))
    b.withhold((2, 2))
    yield s.vector("unsealed", "The decision is unsealed.").report(
        b.layout((2,)), complete=[finding("removed", 2, length=1)], items={})
    b.session(refuse="nobody decided this")
    b.note("honest")
    b.seal()
    yield s.vector("refused", "The decision was refused.").report(
        b.layout((2,)), [finding("refused", 6, length=2)], complete=[finding("removed", 2, length=1)], items={})

    s = Scenario("withheld-by-a-stranger_fail", "A decision under a stranger's seal", """
The decision is sealed, by a certificate that nobody here trusts, or short of what its session asks for. The report
names the decision, and that its seal is not that of anybody trusted, or proves nothing. (T24)
""", both)
    b = decided("withheld-by-a-stranger", (2, 2), policy=("attacker",))
    yield s.vector("own-session", "The stranger's session asks for the stranger's signature.").report(
        b.layout((2,)), complete=[finding("withheld", 2, length=1)], items={},
        seals={b.all_seals[1]["record"]: ("not established", ["seal-untrusted"])})
    b = decided("withheld-by-a-stranger in our name", (2, 2), signers=("attacker",))
    decision = b.records[7].number
    yield s.vector("our-session", "The session asks for the examiner's signature; the stranger signed.").report(
        b.layout((2,)), complete=[finding("withheld", 2, length=1), finding("withheld-unproven", decision)], items={},
        seals={b.all_seals[1]["record"]: ("fails", ["seal-policy"])})

    s = Scenario("withheld-replaced_fail", "Something else in its place", """
The content of a withheld record is filled in again, with other bytes of the same length. The record's core, which every
seal covers, has the digest of what was there. (T24)
""", ["B-WTH-3", "B-DMG-6"])
    b = decided("withheld-replaced", (2, 2))
    lay = b.layout()
    data = b.records[2]
    lay.change(data, 160, b"Something was found")
    yield s.vector("bundle", "Other bytes in the place of those withheld.").report(
        lay, [on(lay, "payload-digest", data)], unusable=(1,))


def several():
    rules = ["B-SEA-2", "B-SES-6"]
    s = Scenario("two-of-three_ok", "Two of three", """
Two of three must sign. Two do, or all three; or two do and the third one's signature is broken: it does not count,
and is shown. A signature by somebody outside of the policy is shown, too; it neither helps nor harms.
""", rules, pins=PARTIES)
    for name, who in (("two", PARTIES[1:]), ("three", PARTIES), ("outsider", ("examiner", "third", "lab"))):
        b = Bundle(f"two-of-three {name}", policy=PARTIES, needed=2)
        b.file(b"report.txt", b"Nothing was found.\n")
        b.seal(who)
        yield s.vector(name, "Signed by " + ", ".join(who) + ".").report(b.layout())
    b = Bundle("two-of-three broken", policy=PARTIES, needed=2)
    b.file(b"report.txt", b"Nothing was found.\n")
    b.tail()
    point = b.checkpoint()
    seal = b.seal(tail=False, signatures=[cms.signed_data(point, signer(who)) for who in PARTIES[:2]] + [
        cms.signed_data(point + b"other", signer("third"))])
    yield s.vector("broken", "The third one signed something else.").report(
        b.layout(), seals={seal.number: ("holds", ["seal-signature"])})

    s = Scenario("too-few_fail", "Fewer than must sign", """
Two must sign, and one did. A signature by an outsider does not stand in for the other one, be the outsider trusted
or not, nor does the other one's signature of an older seal. (T12)
""", rules, pins=(*PARTIES, "lab"))
    two = PARTIES[:2]
    for name, who in (("one", ("examiner",)), ("outsider", ("examiner", "lab")), ("stranger", ("examiner", "attacker")),
                      ("nobody", ())):
        b = Bundle(f"too-few {name}", policy=two)
        b.file(b"report.txt", b"Nothing was found.\n")
        seal = b.seal(who)
        yield s.vector(name, "Signed by " + (" and ".join(who) or "nobody") + ".").report(
            b.layout(), seals={seal.number: ("fails", ["seal-policy"])})
    b = case("too-few older", policy=two)
    old = b.all_seals[0]["signatures"][1]
    b.session(policy=two)
    b.note("forged")
    b.tail()
    seal = b.seal(tail=False, signatures=[cms.signed_data(b.checkpoint(), signer("examiner")), old])
    yield s.vector("older", "The second signature is taken from the seal before.").report(
        b.layout(), seals={seal.number: ("fails", ["seal-signature", "seal-policy"])})

    s = Scenario("one-of-two-trusted_fail", "One of the two is unknown to the reader", """
Two must sign and did. The reader knows the fingerprint of one of them only: who the other one is, is not
established, so that the seal is not, either.
""", rules, pins=("examiner",))
    b = case("one-of-two-trusted", policy=two)
    yield s.vector("bundle", "One of two is pinned.").report(
        b.layout(), seals={b.all_seals[0]["record"]: ("not established", ["seal-untrusted"])})

    s = Scenario("run-certificate-of-another-session_fail", "A run certificate outlives its run", """
A session of two names a run certificate. A later session does not name it, or names it and nobody of the two signs
there: what the run certificate signs in it counts for nothing.
""", ["B-SEA-2"], pins=two)
    for name, run in (("not-named", None), ("named", "run")):
        b = case(f"run-certificate-of-another-session {name}", policy=two, run="run")
        b.session(policy=two, run=run)
        b.note("forged")
        seal = b.seal(("run",))
        yield s.vector(name, f"In the later session the run certificate is {name.replace('-', ' ')}.").report(
            b.layout(), seals={seal.number: ("fails", ["seal-policy"])})

    text = """
One key of the two is stolen. The thief begins a session that asks for that key alone, and seals a planted file.
{}
"""
    s = Scenario("stolen-key-own-session_ok", "A stolen key, and a session of the thief's own", text.format("""Nothing shows it to a reader who still trusts that key, and the report never says more than who signed; once the
other one refuses these records, they mean nothing.""").strip(), rules, pins=two)

    def stolen(seed):
        b = case(seed, policy=two)
        b.session(policy=("examiner",))
        b.file(b"planted.txt", b"Something was found.\n")
        return b, b.seal()

    b, seal = stolen("stolen-key-own-session")
    yield s.vector("trusted", "Both fingerprints are given.").report(b.layout())
    first, count = 6, len(b.records) - 6
    b.session(policy=("second",), change={8: extends(b, 0)}, refuse=(first, count, "sealed with a stolen key"))
    b.note("honest")
    b.seal(("second",))
    yield s.vector("refused", "The other one refuses what the thief sealed.").report(
        b.layout(), [finding("refused", first, length=count)], seals={seal.number: None})
    s = Scenario("stolen-key-own-session_fail", "A stolen key that is no longer trusted", text.format("""The reader has heard of it and does not give that fingerprint: neither the thief's seal nor the one of two that
needed this key is established.""").strip(), rules, pins=("second",))
    b, seal = stolen("stolen-key-own-session known")
    yield s.vector("bundle", "Only the other fingerprint is given.").report(
        b.layout(), seals={e["record"]: ("not established", ["seal-untrusted"]) for e in b.all_seals})

    s = Scenario("borrowed-signer_fail", "A session names signers who did not sign", """
A session says that it accepted the seal before because the second examiner had signed it. The second examiner never
did: whoever reads the session is misled, so it fails.
""", ["B-SES-1", "B-SEA-2"], pins=two)
    b = case("borrowed-signer")
    false = {**extends(b, 0), 3: [signer("second").fingerprint]}
    session = b.session(change={8: false})
    b.note()
    b.seal()
    yield s.vector("bundle", "The signer named is another.").report(
        b.layout(), signed=[finding("extends-signers", session)])


def branches():
    rules = ["B-RCP-1", "B-SES-8"]
    a, c = b"\xaa" * 16, b"\xbb" * 16
    s = Scenario("branch-of-a-branch_ok", "A branch of a branch", """
The defence goes on in a branch, and its expert in a branch of that. Receipts of the common past, of the branch before
and of the own branch hold, each by what was in force when it was made.
""", rules)
    b = later(later(later(case("branch-of-a-branch"), "ours"), "defence", branch=a), "expert", branch=c)
    v = s.vector("bundle", "Receipts of all four seals.")
    for number, seal in enumerate(b.all_seals):
        v.receipt(seal["checkpoint"], f"-{number}")
    yield v.report(b.layout())

    s = Scenario("branch-later_fail", "Called a branch when it was too late", """
Somebody goes on from an older state without a word, seals that, and only then begins a branch. What was sealed before
the branch began is another history of the same line. (T12)
""", rules)
    other = later(case("branch-later"), "ours").all_seals[1]["checkpoint"]
    b = later(later(case("branch-later"), "theirs"), "now a branch", branch=a)
    yield s.vector("bundle", "The receipt is of what the other copy sealed at that size.").receipt(other).report(
        b.layout(), complete=[finding("receipt-fork")])

    s = Scenario("branch-forked_fail", "Two histories of one branch", """
One branch goes on twice, with other records. Being a branch excuses no fork within it; a branch cut off is rolled
back as any other line. (T4, T12)
""", rules)
    other = later(later(case("branch-forked"), "defence", branch=a), "nothing was found")
    b = later(later(case("branch-forked"), "defence", branch=a), "something was found")
    yield s.vector("fork", "A receipt of the same branch, of another history.").receipt(
        other.all_seals[2]["checkpoint"]).report(b.layout(), complete=[finding("receipt-fork")])
    b = later(case("branch-forked"), "defence", branch=a)
    yield s.vector("rollback", "A receipt of the same branch, of a later state.").receipt(
        other.all_seals[2]["checkpoint"]).report(b.layout(), complete=[finding("receipt-rollback")])

    s = Scenario("branch-not-in-the-seal_fail", "The seal says nothing of the branch, or another", """
A session begins a branch. The checkpoint that is signed names none, or the branch of somebody else: it is not the
checkpoint of this bundle.
""", ["B-SES-8", "B-SEA-1"])
    for name, told in (("none", False), ("another", c)):
        b = case(f"branch-not-in-the-seal {name}")
        b.session(branch=a)
        b.note("defence")
        b.tail()
        b.state.branch = told
        point = b.checkpoint()
        b.state.branch = a
        seal = b.seal(tail=False, checkpoint=point)
        lay = b.layout()
        yield s.vector(name, f"The checkpoint names {name}.").report(
            lay, [on(lay, "seal-mismatch", seal)], seals={seal.number: ("fails", ["seal-unproven"])})

    s = Scenario("branch-refused_ok", "A branch that was refused", """
A branch was begun by mistake; the next session refuses it and goes on in the line. A receipt made in the line holds, before
and after.
""", [*rules, "B-SES-4"])
    b = case("branch-refused scenario")
    b.session(branch=a)
    b.note("a mistake")
    b.session(refuse="begun by mistake")
    b.state.branch = False
    b.note("in the line")
    b.seal()
    v = s.vector("bundle", "Receipts of both seals of the line.")
    v.receipt(b.all_seals[0]["checkpoint"], "-0").receipt(b.all_seals[1]["checkpoint"], "-1")
    yield v.report(b.layout(), [finding("refused", 6, length=2)])

    s = Scenario("branch-unsealed_fail", "A branch that nobody sealed", """
Somebody without a key appends a session that begins a branch, so that a receipt of the line is no longer compared
with it. The records are unsealed, and the receipt is of another branch: nothing of it holds. (T25)
""", [*rules, "B-ORD-7"])
    whole = later(case("branch-unsealed"), "ours")
    b = case("branch-unsealed")
    b.session(branch=a, policy=("attacker",))
    b.note("planted")
    yield s.vector("bundle", "The receipt is of the line's later state.").receipt(
        whole.all_seals[1]["checkpoint"]).report(b.layout(), complete=[finding("receipt-branch")])


def vectors():
    for part in (custody, receipts, withholding, several, branches):
        yield from part()
