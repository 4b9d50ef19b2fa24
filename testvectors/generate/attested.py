"""What others say of a seal by signatures of their own: counter-signatures and detached halves (B-ATT-3)."""

from . import cbor, cms
from .builder import TIME, WHO, Bundle
from .keys import signer
from .vector import Vector, finding
from .scenarios import Scenario

BOTH = ("examiner", "second")


def bundle(seed, **options):
    b = Bundle(seed, **options)
    b.file(b"a.txt", b"evidence")
    return b, b.seal(tuple(options.get("policy", ("examiner",))))


def half(b, seal, kind, party, *, by=None, checkpoint=None, change=None, drop=(), event=None, value=None, **signing):
    """A detached half: right unless an argument says otherwise; `by` is who really signs it."""
    body = {1: kind, 2: TIME, 3: [WHO], 11: signer(party).fingerprint, **(change or {})}
    body = {key: body[key] for key in sorted(body) if key not in drop}
    point = b.seal_of(seal)["checkpoint"] if checkpoint is None else checkpoint
    event = cbor.encode(body) if event is None else event
    signature = cms.signed_data(point + event, signer(by or party), **signing)
    return cbor.encode({1: point, 2: event, 3: signature, **(value or {})})


def counter(b, seal, *names, content=None, **options):
    point = b.seal_of(seal)["checkpoint"] if content is None else content
    return [cms.signed_data(point, signer(name), **options) for name in names]


def counter_signatures():
    rules = ["B-ATT-3"]
    b, seal = bundle("attest-counter-signature")
    b.attest(seal, 2, counter(b, seal, "second"))
    b.attest(seal, 2, counter(b, seal, "examiner", "attacker", hash_name="sha384"))
    b.attest(seal, 2, [cms.indefinite(counter(b, seal, "second")[0])])
    yield Vector("valid/attest-counter-signatures", "A seal is signed by others later, by one of them in BER, and by its "
                 "signer once more; what is not trusted counts for nothing and harms nothing.", rules,
                 pins=BOTH).report(b.layout())

    b = Bundle("signed_counter-signature-late", policy=BOTH)
    b.file(b"a.txt", b"evidence")
    short = b.seal(("examiner",))
    b.attest(short, 2, counter(b, short, "second"))
    yield Vector("invalid/signed_counter-signature-late", "One of two who must sign signed the seal, the other one only "
                 "later: that is no seal that meets its policy.", rules, pins=BOTH).report(
        b.layout(), seals={short.number: ("fails", ["seal-policy"])})

    cases = [
        ("corrupt", "One bit of it is flipped.", dict(corrupt=True)),
        ("other-content", "It is over another checkpoint.", dict(content=b"bukti/1/other\n1\nroot\n")),
        ("no-attributes", "It has no signed attributes.", dict(attributes=False)),
        ("no-ess", "It does not say by which certificate.", dict(ess=False)),
        ("sha1", "SHA-1.", dict(hash_name="sha1")),
        ("embedded", "It holds the checkpoint itself.", dict(embed=True)),
    ]
    for tail, comment, options in cases:
        b, seal = bundle(f"signed_counter-signature-{tail}")
        bad = b.attest(seal, 2, counter(b, seal, "second", **options))
        yield Vector(f"invalid/signed_counter-signature-{tail}", f"A counter-signature is invalid. {comment}", rules,
                     pins=BOTH).report(b.layout(), seals={seal.number: ("holds", [])},
                                       signed=[finding("counter-signature", bad)])
    b, seal = bundle("signed_counter-signature-garbage")
    good = counter(b, seal, "second")
    bad = b.attest(seal, 2, [b"", b"I saw it.", *good])
    yield Vector("invalid/signed_counter-signature-garbage", "Of three values two are no CMS; the third is right.", rules,
                 pins=BOTH).report(b.layout(), signed=[finding("counter-signature", bad)] * 2)

    b, seal = bundle("attest-counter-signature-refused")
    b.session()
    b.attest(seal, 2, [b"forged"])
    b.session(refuse="not ours")
    b.seal()
    yield Vector("valid/attest-counter-signature-refused", "A session refuses records, an invalid counter-signature "
                 "among them: it is listed no more.", rules + ["B-SES-4"], pins=BOTH).report(
        b.layout(), [finding("refused", 6, length=2)])

    b, seal = bundle("signed_counter-signature-later")
    b.session()
    b.file(b"b.txt", b"more")
    second = b.seal()
    bad = b.attest(second, 2, counter(b, second, "second", corrupt=True))
    yield Vector("invalid/signed_counter-signature-later", "An invalid counter-signature of the second seal comes after "
                 "the findings of both seals.", rules, pins=BOTH).report(
        b.layout(), signed=[finding("counter-signature", bad)])


def hand_overs():
    rules = ["B-ATT-3", "B-EVT-1"]

    def vec(name, comment, b, custody=(), pins=BOTH, findings=(), **more):
        return Vector(name, comment, rules, pins=pins).report(b.layout(), findings, custody=list(custody), **more)

    b, seal = bundle("custody-detached")
    given, taken = half(b, seal, 2, "examiner"), half(b, seal, 3, "second")
    b.attest(seal, 4, [taken])
    b.attest(seal, 4, [given])
    yield vec("valid/custody-detached", "Both halves of a hand-over were made over a receipt; what was received is stored "
              "first.", b)
    b.attest(seal, 4, [taken, half(b, seal, 3, "second", hash_name="sha384"), given])
    yield vec("valid/custody-detached-again", "The same halves are stored once more, and one of them is signed anew: each "
              "counts once.", b)

    b, seal = bundle("custody-detached-rejected")
    b.attest(seal, 4, [half(b, seal, 2, "examiner"), half(b, seal, 4, "second")])
    yield vec("valid/custody-detached-rejected", "Rejected over a receipt; both halves in one attest.", b)

    b, seal = bundle("custody-detached-given")
    b.session(policy=("second",))
    b.event(3, "second", seal)
    last = b.seal(("second",))
    b.attest(seal, 4, [half(b, seal, 2, "examiner")])
    yield vec("valid/custody-detached-given", "Received in the bundle; the other side's half came on paper and is stored "
              "after the seal over the answer.", b)
    b.attest(last, 4, [half(b, last, 2, "second"), half(b, last, 3, "examiner")])
    yield vec("valid/custody-detached-back", "And back again, over the later seal.", b)

    b = Bundle("custody-detached-taken")
    b.file(b"a.txt", b"evidence")
    b.event(2, "examiner")
    seal = b.seal()
    b.attest(seal, 4, [half(b, seal, 3, "second", change={4: "office", 7: "B-1009", 13: [99], 14: "EX-7"})])
    yield vec("valid/custody-detached-taken", "Released in the bundle, received over a receipt. What a half says of items "
              "is its party's word.", b)

    b, seal = bundle("custody_detached-pending")
    out = b.attest(seal, 4, [half(b, seal, 2, "examiner")])
    yield vec("invalid/custody_detached-pending", "Released over a receipt, and nobody answered.", b,
              [finding("custody-pending", out)])

    b, seal = bundle("custody_detached-unmatched")
    bad = b.attest(seal, 4, [half(b, seal, 3, "second")])
    yield vec("invalid/custody_detached-unmatched", "Received over a receipt without a release.", b,
              [finding("custody-unmatched", bad)])

    b = Bundle("custody_detached-contradictory")
    b.file(b"a.txt", b"evidence")
    b.event(2, "examiner")
    seal = b.seal()
    b.session(policy=("second",))
    event = b.event(3, "second", seal)
    b.seal(("second",))
    b.attest(seal, 4, [half(b, seal, 4, "second")])
    yield vec("invalid/custody_detached-contradictory", "One party rejects over a receipt and receives in the bundle what "
              "was released once.", b, [finding("custody-unmatched", event)])

    b = Bundle("custody_detached-older-seal")
    b.file(b"a.txt", b"evidence")
    old = b.seal()
    b.session()
    out = b.event(2, "examiner")
    b.seal()
    bad = b.attest(old, 4, [half(b, old, 3, "second")])
    yield vec("invalid/custody_detached-older-seal", "Received over a receipt from before the release.", b,
              [finding("custody-unmatched", bad), finding("custody-pending", out)])

    b = Bundle("custody_detached-untrusted")
    b.file(b"a.txt", b"evidence")
    out = b.event(2, "examiner")
    seal = b.seal()
    bad = b.attest(seal, 4, [half(b, seal, 3, "attacker")])
    yield vec("invalid/custody_detached-untrusted", "A stranger receives over a receipt what was released: nobody answered.",
              b, [finding("custody-untrusted", bad), finding("custody-pending", out)])
    b, seal = bundle("custody_detached-untrusted-release")
    bad = b.attest(seal, 4, [half(b, seal, 2, "attacker"), half(b, seal, 3, "second")])
    yield vec("invalid/custody_detached-untrusted-release", "What was received was released over a receipt by one whose "
              "fingerprint was not given.", b, [finding("custody-untrusted", bad)])

    cases = [
        ("other-signer", "Another than its party signed it.", dict(by="second")),
        ("corrupt", "One bit of its signature is flipped.", dict(corrupt=True)),
        ("no-attributes", "It is signed without signed attributes.", dict(attributes=False)),
        ("other-checkpoint", "It is over another checkpoint than that of the seal.", dict(checkpoint=b"bukti/1/x\n6\ny\n")),
        ("kind", "It is an event that is no half.", dict(change={1: 5})),
        ("party", "It names no party.", dict(drop=(11,))),
        ("covers", "It says what it covers beside its checkpoint.", dict(change={12: {1: 5, 2: bytes(32), 3: bytes(32)}})),
        ("key", "Its event has a key that is not named.", dict(change={99: 1})),
        ("missing", "Its event has no time.", dict(drop=(2,))),
        ("event-trailing", "A byte follows its event.", dict(event=cbor.encode({1: 2}) + b"\0")),
        ("event-empty", "Its event has no bytes.", dict(event=b"")),
        ("value-key", "It has a fourth key.", dict(value={4: b""})),
        ("value-type", "Its signature is text.", dict(value={3: "signed"})),
    ]
    for tail, comment, options in cases:
        b, seal = bundle(f"custody_detached-{tail}")
        bad = b.attest(seal, 4, [half(b, seal, 2, "examiner", **options)])
        yield vec(f"invalid/custody_detached-{tail}", f"A detached half does not count. {comment}", b,
                  [finding("custody-unsigned", bad)])
    b, seal = bundle("custody_detached-garbage")
    good = half(b, seal, 2, "examiner")
    bad = b.attest(seal, 4, [b"", b"\xff", good + b"\0", good[:-1], half(b, seal, 3, "second"), good])
    yield vec("invalid/custody_detached-garbage", "Four values that are no half beside two that are.", b,
              [finding("custody-unsigned", bad)] * 4)

    b, seal = bundle("custody_detached-replay")
    b.session()
    b.file(b"b.txt", b"more")
    second = b.seal()
    good = half(b, seal, 2, "examiner")
    out = b.attest(seal, 4, [good])
    bad = b.attest(second, 4, [good])
    yield vec("invalid/custody_detached-replay", "A half over the first seal is stored for the second one as well, where it "
              "is not right.", b, [finding("custody-unsigned", bad), finding("custody-pending", out)])

    b, seal = bundle("custody_detached-refused")
    b.session()
    b.attest(seal, 4, [half(b, seal, 3, "second")])
    b.session(refuse="not ours")
    b.seal()
    yield vec("valid/custody-detached-refused", "A refused attest holds a half that would answer nothing.", b,
              [finding("custody-none")], findings=[finding("refused", 6, length=2)])


def scenarios():
    s = Scenario("late-half_ok", "A half of a hand-over that came by post", """
The examiner gives the disk and a copy of the bundle away and signs, over the receipt alone, that it was given. The
laboratory receives it in its copy at once. The examiner's half comes weeks later and is stored behind the last seal:
it takes its place before the seal that it is over, and the chain has no gap. (11.5)
""", ["B-ATT-3"], pins=BOTH)
    b, seal = bundle("late-half")
    b.session(policy=("second",))
    b.event(3, "second", seal)
    b.seal(("second",))
    b.attest(seal, 4, [half(b, seal, 2, "examiner")])
    yield s.vector("bundle", "Stored late.").report(b.layout(), custody=[])

    s = Scenario("stranger-half_fail", "A stranger says that he received it", """
The examiner released a disk, and it is gone. Whoever has it appends a half, signed by a key of his own whose
certificate bears the laboratory's name: attests need no session. The certificate's fingerprint is none that the
reader was given, so the release is still open, and the stranger's half is named. (11.5)
""", ["B-ATT-3"], pins=BOTH)
    b = Bundle("stranger-half")
    b.file(b"a.txt", b"evidence")
    out = b.event(2, "examiner")
    seal = b.seal()
    bad = b.attest(seal, 4, [half(b, seal, 3, "impostor")])
    yield s.vector("bundle", "By an impostor.").report(
        b.layout(), custody=[finding("custody-untrusted", bad), finding("custody-pending", out)])

    s = Scenario("supervisor_ok", "A supervisor signs later", """
The examiner sealed alone, as the policy says. The supervisor reads the bundle the week after and signs the same
checkpoint; the signature stands beside the seal and changes nothing in it. (11.3)
""", ["B-ATT-3"], pins=BOTH)
    b, seal = bundle("supervisor")
    b.attest(seal, 2, counter(b, seal, "second"))
    yield s.vector("bundle", "With a counter-signature.").report(b.layout())

    s = Scenario("missing-second_fail", "The second signature was never made", """
Two must sign. One did not, and somebody stores a counter-signature by the first one again, so that there are two
signatures. Counter-signatures count for no policy, whoever makes them. (11.3)
""", ["B-ATT-3"], pins=BOTH)
    b = Bundle("missing-second", policy=BOTH)
    b.file(b"a.txt", b"evidence")
    seal = b.seal(("examiner",))
    b.attest(seal, 2, counter(b, seal, "examiner", "second"))
    yield s.vector("bundle", "One signature and two counter-signatures.").report(
        b.layout(), seals={seal.number: ("fails", ["seal-policy"])})


def vectors():
    for part in (counter_signatures, hand_overs, scenarios):
        yield from part()
