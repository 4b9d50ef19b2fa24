"""The order of records and sessions (spec 5)."""

from .builder import Bundle
from .keys import signer
from .tree import sha256
from .vector import Vector, finding


def sealed(seed, **options):
    b = Bundle(seed, **options)
    b.file(b"a.txt", b"evidence")
    b.seal()
    return b


def vector(area, tail, comment, *rules):
    return Vector(f"invalid/{area}_{tail}", comment, rules + ("B-ORD-8",))


def grammar():
    b = Bundle("grammar_no-genesis", genesis=False, session=False)
    bad = b.session()
    b.file(b"a.txt", b"evidence")
    b.seal()
    lay = b.layout()
    v = vector("grammar", "no-genesis", "Record 0 is a session.", "B-ORD-1")
    yield v.report(lay, [v.on(lay, "grammar-genesis", bad)], lost=bad)

    b = Bundle("grammar_second-genesis")
    bad = b.genesis()
    b.file(b"a.txt", b"evidence")
    b.seal()
    lay = b.layout()
    v = vector("grammar", "second-genesis", "Record 2 is a second genesis.", "B-ORD-1")
    yield v.report(lay, [v.on(lay, "grammar-genesis", bad)], lost=bad)

    b = Bundle("grammar_suite", genesis=False, session=False)
    bad = b.genesis({4: "sha512"})
    b.session()
    b.file(b"a.txt", b"evidence")
    b.seal()
    lay = b.layout()
    v = vector("grammar", "suite", "The suite is sha512.", "B-ORD-1", "B-VOL-5")
    yield v.report(lay, [v.on(lay, "genesis-suite", bad)], lost=bad)

    for kind in ("note", "data", "tail"):
        b = Bundle(f"grammar_no-session-{kind}", session=False)
        bad = {"note": b.note, "data": lambda b=b: b.data(b"x", 1), "tail": b.tail}[kind]()
        b.session()
        b.file(b"a.txt", b"evidence")
        b.seal()
        lay = b.layout()
        v = vector("grammar", f"no-session-{kind}", f"Record 1 is a {kind} record, before any session.",
                   "B-ORD-2")
        yield v.report(lay, [v.on(lay, "grammar-session", bad)], lost=bad, items={})

    b = Bundle("grammar_seal-after-note")
    b.file(b"a.txt", b"evidence")
    b.note()
    bad = b.seal(tail=False)
    lay = b.layout()
    v = vector("grammar", "seal-after-note", "A seal follows a note and not a tail.", "B-ORD-3", "B-TAI-4")
    yield v.report(lay, [v.on(lay, "grammar-seal", bad)], lost=bad)

    b = sealed("grammar_seal-twice")
    bad = b.seal(tail=False)
    lay = b.layout()
    v = vector("grammar", "seal-twice", "A seal follows a seal.", "B-ORD-3")
    yield v.report(lay, [v.on(lay, "grammar-seal", bad)], lost=bad)

    b = Bundle("grammar_attest-early")
    b.file(b"a.txt", b"evidence")
    bad = b.append("attest", {1: 3, 2: bytes(32), 3: 2, 4: sha256(b""), 5: [b"x"]})
    b.seal()
    lay = b.layout()
    v = vector("grammar", "attest-early", "An attest before the first seal.", "B-ORD-4")
    yield v.report(lay, [v.on(lay, "grammar-attest", bad)], lost=bad, stamps=[finding("timestamp-none")])

    after = {
        "close": lambda b: b.close(),
        "item-open": lambda b: b.open(2, name=b"b"),
        "data": lambda b: b.data(b"x", 2),
        "gap": lambda b: b.gap(9, 2),
        "item": lambda b: b.close_item(2, name=b"b"),
    }
    for kind, append in after.items():
        b = Bundle(f"grammar_close-{kind}")
        b.file(b"a.txt", b"evidence")
        b.close()
        bad = append(b)
        b.seal()
        lay = b.layout()
        v = vector("grammar", f"close-{kind}", f"A {kind} record after the close.", "B-ORD-5")
        out = [v.on(lay, "grammar-close", bad)]
        if kind == "gap":
            out.append(v.on(lay, "gap", bad, 9))
        yield v.report(lay, out, lost=bad)


def extends():
    cases = [
        ("absent", dict(drop=(8,)), "A second session does not say what it extends."),
        ("root", lambda b: dict(change={8: {**right(b), 2: bytes(32)}}), "The root is another."),
        ("size", lambda b: dict(change={8: {**right(b), 1: right(b)[1] - 1}}), "The size is that of no seal."),
        ("future", lambda b: dict(change={8: {**right(b), 1: len(b.records) + 2}}), "The size is one that no seal can have yet."),
    ]
    for tail, options, comment in cases:
        b = sealed(f"session_extends-{tail}")
        bad = b.session(**(options(b) if callable(options) else options))
        b.note()
        b.seal()
        lay = b.layout()
        v = vector("session", f"extends-{tail}", comment, "B-SES-1")
        yield v.report(lay, [v.on(lay, "session-extends", bad)], lost=bad)

    b = Bundle("session_extends-nothing", session=False)
    bad = b.session(change={8: {1: 1, 2: bytes(32), 3: [bytes(32)], 4: 1}})
    b.file(b"a.txt", b"evidence")
    b.seal()
    lay = b.layout()
    v = vector("session", "extends-nothing", "The first session extends a seal where there is none.", "B-SES-1")
    yield v.report(lay, [v.on(lay, "session-extends", bad)], lost=bad)

    b = sealed("session_extends-refused")
    b.session()
    b.note()
    foreign = b.seal(("attacker",))
    b.session(change={8: right(b, 0)}, refuse=(6, 4, "not ours"))
    b.state.seals = [b.all_seals[0]]
    b.base = len(b.records)
    b.note()
    b.seal()
    bad = b.session(change={8: right(b, 1)})
    b.note()
    b.seal()
    lay = b.layout()
    v = vector("session", "extends-refused", "A session extends a seal that an earlier session refused.",
               "B-SES-1", "B-SES-4")
    out = [finding("refused", 6, length=4), v.on(lay, "session-extends", bad)]
    yield v.report(lay, out, lost=bad, seals={foreign.number: None})


def right(b, which=-1):
    s = b.all_seals[which]
    return {1: s["size"], 2: s["root"], 3: s["signers"], 4: 2}


def account():
    cases = [
        ("missing", {}, "Three records came between and are neither adopted nor refused."),
        ("short", dict(adopt=(6, 2, "same machine")), "Two of three records are adopted."),
        ("long", dict(adopt=(6, 4, "same machine")), "Four records are adopted where three are."),
        ("first", dict(adopt=(7, 2, "same machine")), "The first adopted record is not the base."),
        ("refuse-first", dict(adopt=(6, 1, "same machine"), refuse=(8, 1, "not ours")), "A record is left out between adopted and refused."),
        ("refuse-overlap", dict(adopt=(6, 3, "same machine"), refuse=(6, 3, "not ours")), "Records are adopted and refused as well."),
        ("refuse-beyond", dict(refuse=(6, 4, "not ours")), "The session refuses itself."),
    ]
    for tail, options, comment in cases:
        b = sealed(f"session_account-{tail}")
        b.session()
        b.note("left by a power cut")
        b.tail()
        state, b.snapshots = b.state, {}
        bad = b.session(**options)
        b.state = state
        b.note()
        b.seal()
        lay = b.layout()
        v = vector("session", f"account-{tail}", comment, "B-SES-2")
        yield v.report(lay, [v.on(lay, "session-account", bad)], lost=bad)

    for tail, options, comment in (
            ("adopts-nothing", dict(change={9: {1: 6, 2: 1, 3: "x"}}), "A session adopts where nothing came between."),
            ("refuses-nothing", dict(change={10: {1: 6, 2: 1, 3: "x"}}), "A session refuses where nothing came between.")):
        b = sealed(f"session_account-{tail}")
        bad = b.session(**options)
        b.note()
        b.seal()
        lay = b.layout()
        v = vector("session", f"account-{tail}", comment, "B-SES-2")
        yield v.report(lay, [v.on(lay, "session-account", bad)], lost=bad)

    b = Bundle("session_account-self", session=False)
    b.session()
    b.note()
    b.snapshots = {}
    bad = b.session(change={9: {1: 1, 2: 2, 3: "x"}, 10: {1: 3, 2: 1, 3: "x"}})
    b.seal()
    lay = b.layout()
    v = vector("session", "account-self", "Records from 1 are adopted, and the session refuses itself.", "B-SES-2")
    yield v.report(lay, [v.on(lay, "session-account", bad)], lost=bad)

    b = sealed("session_account-attests")
    seal = b.records[-1]
    b.attest(seal)
    b.attest(seal, 5)
    b.session(adopt=None)
    b.note()
    b.tail()
    state = b.state
    bad = b.session(adopt=(6, 5, "counts the attests"))
    b.state = state
    b.seal()
    lay = b.layout()
    v = vector("session", "account-attests", "Attests that follow the seal directly are adopted: base is "
               "after them.", "B-SES-2")
    stamps = [finding("timestamp-not-evaluated", 6)]
    yield v.report(lay, [v.on(lay, "session-account", bad)], lost=bad, stamps=stamps)


def boundary():
    for tail, first, comment in (
            ("note", 8, "The first refused record is a note in the midst of a session."),
            ("after-session", 7, "The first refused record directly follows a session.")):
        b = sealed(f"session_boundary-{tail}")
        b.session()
        b.note("one")
        b.note("two")
        b.snapshots = {}
        bad = b.session(adopt=(6, first - 6, "seen"), refuse=(first, 9 - first, "not seen"))
        b.note()
        b.seal()
        lay = b.layout()
        v = vector("session", f"boundary-{tail}", comment, "B-SES-3")
        yield v.report(lay, [v.on(lay, "session-boundary", bad)], lost=bad)


def policy():
    two = sorted(signer(n).fingerprint for n in ("examiner", "second"))
    for tail, value, comment in (
            ("needed", {1: two, 2: 3, 3: 0}, "Three of two certificates must sign."),
            ("order", {1: two[::-1], 2: 1, 3: 0}, "The certificates descend."),
            ("twice", {1: [two[0]] * 2, 2: 2, 3: 0}, "One certificate stands twice, to count twice.")):
        b = Bundle(f"session_policy-{tail}", session=False)
        bad = b.session(change={12: value})
        b.file(b"a.txt", b"evidence")
        b.seal(("examiner", "second"))
        lay = b.layout()
        v = vector("session", f"policy-{tail}", comment, "B-SES-6")
        yield v.report(lay, [v.on(lay, "session-policy", bad)], lost=bad)


def vectors():
    for part in (grammar, extends, account, boundary, policy):
        yield from part()
