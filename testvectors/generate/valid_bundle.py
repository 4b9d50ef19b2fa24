"""Valid vectors: sessions, seals, index, volumes, withholding, attests, custody."""

from . import cms
from .attested import counter, half
from .builder import Bundle
from .frame import preamble
from .keys import signer
from .tree import sha256
from .vector import Vector, finding


def done(tail, comment, rules, b, findings=(), seal=True, pins=("examiner",), **report):
    if seal:
        b.seal()
    v = Vector(f"valid/{tail}", comment, rules, pins=pins)
    return v.report(b.layout(), findings, **report)


def first(seed, **options):
    """A sealed bundle of six records; the seal is record 5."""
    b = Bundle(seed, **options)
    b.file(b"a.txt", b"evidence")
    b.seal()
    return b


def sessions():
    b = first("session-second")
    b.session()
    b.file(b"b.txt", b"more")
    yield done("session-second", "A second session extends the first seal.", ["B-SES-1", "B-ORD-7"], b)

    b = Bundle("session-twice")
    b.session(adopt="nothing between but the session itself")
    b.file(b"a.txt", b"evidence")
    yield done("session-twice", "A session adopts the one before it, with no seal between.",
               ["B-SES-2", "B-SES-5"], b, [finding("adopted", 1, length=1)])

    b = Bundle("session-first-refused")
    b.note("not ours")
    b.session(refuse="another machine")
    b.file(b"a.txt", b"evidence")
    yield done("session-first-refused", "The very first session is refused; genesis stays.",
               ["B-SES-2", "B-SES-3", "B-SES-4"], b, [finding("refused", 1, length=2)])

    b = first("session-adopt")
    b.session()
    b.file(b"b.txt", b"left unsealed")
    b.session(adopt="serial number and log agree")
    yield done("session-adopt", "Records left unsealed are adopted by the next session.", ["B-SES-2", "B-SES-5"],
               b, [finding("adopted", 6, length=3)])

    b = first("session-refuse")
    b.session()
    b.file(b"b.txt", b"of unknown origin")
    b.session(refuse="of unknown origin")
    b.file(b"b.txt", b"honest")
    yield done("session-refuse", "Records left unsealed are refused; the item id is given anew.",
               ["B-SES-2", "B-SES-4", "B-ITM-1"], b, [finding("refused", 6, length=3)])

    b = first("session-adopt-and-refuse")
    b.session()
    b.note("known")
    b.tail()
    b.note("unknown")
    b.note("unknown")
    b.session(adopt=(6, 3, "known"), refuse=(9, 2, "unknown"))
    yield done("session-adopt-and-refuse", "The part up to a mark is adopted, the rest refused.",
               ["B-SES-2", "B-SES-3", "B-TAI-4"], b,
               [finding("adopted", 6, length=3), finding("refused", 9, length=2)])

    b = first("session-refuse-seal")
    b.session()
    b.note("not ours")
    foreign = b.seal(("attacker",))
    b.session(change={8: extends(b, 0)}, refuse=(6, 4, "an unknown signer"))
    yield done("session-refuse-seal", "A foreign seal is refused: it is not listed.", ["B-SES-1", "B-SES-4"], b,
               [finding("refused", 6, length=4)], seals={foreign.number: None})

    b = first("session-adopt-seal")
    b.session()
    b.note("not ours")
    other = b.seal(("attacker",))
    b.session(change={8: extends(b, 0)}, adopt=(6, 4, "compared with the source"))
    yield done("session-adopt-seal", "The records of a foreign seal are adopted: it is listed, not judged.",
               ["B-SES-1", "B-SES-5"], b, [finding("adopted", 6, length=4)],
               seals={other.number: ("adopted", [])})

    b = first("session-refuse-broken")
    b.session()
    b.data(b"x", 9)
    b.note("and more")
    b.session(refuse="made by a faulty tool")
    b.state.next_id = 2
    yield done("session-refuse-broken", "Refused records break a rule: the finding is withdrawn with them.",
               ["B-SES-4", "B-DMG-8"], b, [finding("refused", 6, length=3)])

    b = first("session-refuse-close")
    b.session()
    b.close()
    b.session(refuse="closed by mistake")
    b.file(b"b.txt", b"more")
    yield done("session-refuse-close", "A close is refused, and evidence may follow.", ["B-SES-4", "B-ORD-5"], b,
               [finding("refused", 6, length=2)])

    b = first("session-older-seal")
    b.session()
    b.note("sealed as well")
    middle = b.seal()
    b.session(change={8: extends(b, 0)}, adopt=(6, 4, "the second seal was not to hand"))
    yield done("session-older-seal", "A session extends an older seal and adopts what followed.",
               ["B-SES-1", "B-SES-2"], b, [finding("adopted", 6, length=4)],
               seals={middle.number: ("adopted", [])})

    b = first("session-torn")
    s = b.session(torn=(37, sha256(b"what was cut off")))
    b.note()
    b.seal()
    lay = b.layout()
    v = Vector("valid/session-torn", "The session says what was cut off before it.", ["B-SES-7"])
    yield v.report(lay, [finding("torn", s.number, lay.where(s), 37)])

    b = first("session-torn-volume")
    scrap = b"half a frame that never became whole"
    b.new_volume()
    s = b.session(torn=(len(scrap), sha256(scrap), 0))
    b.note()
    b.seal()
    lay = b.layout()
    lay.append(scrap, 0)
    v = Vector("valid/session-torn-volume", "Volume 0 ends torn; the session in volume 1 says so, and the finding is withdrawn.",
               ["B-SES-7", "B-VOL-2"])
    yield v.report(lay, [finding("torn", s.number, lay.where(s), len(scrap))])

    b = first("session-mid-part")
    b.session(change={6: ["--fast", "--chunk=1"]})
    b.note("one")
    b.tail()
    b.note("two")
    b.tail()
    yield done("session-mid-part", "Marks within a part.", ["B-TAI-2", "B-TAI-4", "B-ORD-6"], b)


def extends(b, which):
    s = b.all_seals[which]
    return {1: s["size"], 2: s["root"], 3: s["signers"], 4: 2}


def order():
    b = first("order-closed")
    b.session()
    b.close()
    b.note("notes and events may follow a close")
    yield done("order-closed", "A closed bundle.", ["B-ORD-5"], b)

    b = Bundle("order-genesis-only", session=False)
    yield done("order-genesis-only", "Genesis alone: nothing is sealed.", ["B-ORD-1"], b, seal=False)

    b = Bundle("order-empty", genesis=False, session=False)
    yield done("order-empty", "A preamble alone.", ["B-VOL-1"], b, seal=False,
               unsealed=[finding("unsealed", 0, length=0)])

    b = Bundle("order-empty-seal")
    yield done("order-empty-seal", "A sealed bundle without evidence.", ["B-ORD-3"], b)

    b = Bundle("preamble-minor", genesis=False, session=False)
    b.preambles = [preamble(b.id, minor=7)]
    b.previous = sha256(b.preambles[0])
    b.genesis()
    b.session()
    yield done("preamble-minor", "Minor version 7 is read.", ["B-VOL-1"], b)


def index():
    b = Bundle("index-256")
    b.file(b"a.txt", b"evidence")
    while len(b.records) < 300:
        b.append("note", {1: ""}, item=b.next % 2)
    b.tail()
    b.note()
    yield done("index-256", "An index block of level 0, then two tails.",
               ["B-IDX-1", "B-IDX-3", "B-IDX-4", "B-TAI-1", "B-TAI-2"], b)

    b = Bundle("index-tails-nine")
    for n in range(10):
        b.note(str(n))
        b.tail()
    yield done("index-tails-nine", "Eleven tails: the ninth begins the rows again.", ["B-TAI-2"], b)

    b = Bundle("index-exempt")
    b.file(b"a.txt", b"evidence")
    while len(b.records) < 255:
        b.append("note", {1: ""})
    b.tail()
    seal = b.seal(tail=False)
    b.attest(seal, 5)
    b.session()
    b.note("the index record comes before this note")
    assert b.records[259].type == 10
    yield done("index-exempt", "A block falls due at a tail: seal, attest and session come before it.",
               ["B-IDX-3"], b, stamps=[finding("timestamp-none")])

    b = Bundle("index-refused")
    b.file(b"a.txt", b"evidence")
    while len(b.records) < 250:
        b.append("note", {1: ""})
    b.seal()
    b.session()
    while len(b.records) < 262:
        b.append("note", {1: "x"})
    b.session(refuse="of unknown origin")
    b.note()
    yield done("index-refused", "Refused records hold an index block: it stays written.",
               ["B-SES-4", "B-IDX-4"], b, [finding("refused", 252, length=10)])


def large():
    b = Bundle("index-level-1")
    b.file(b"a.txt", b"evidence")
    while len(b.records) < 16600:
        b.append("note", {1: ""}, item=1 if b.next % 300 == 0 else 0)
    b.tail()
    b.note()
    b.seal()
    assert any(r.type == 10 and r.plain[2] == 1 for r in b.records)
    v = Vector("valid/index-level-1", "64 blocks of level 0 and one of level 1.",
               ["B-IDX-2", "B-IDX-3", "B-TAI-1"])
    v.generated = True
    yield v.report(b.layout())

    b = first("session-refuse-seals")
    start = b.next
    b.session()
    for _ in range(65537):
        b.write_due()
        b.tail()
        b.seal(tail=False, signatures=[])
        del b.all_seals[1:], b.state.seals[1:]
        b.snapshots = {start: b.snapshots[start]}
    count, b.base = b.next - start, start
    b.session(refuse="nobody signed them")
    b.file(b"b.txt", b"more")
    b.seal()
    v = Vector("valid/session-refuse-seals", "A session extends the seal before 65,537 others that nobody signed, and "
               "refuses these: however many are forged, none is too old.", ["B-SES-1", "B-SES-4"])
    v.generated = True
    yield v.report(b.layout(), [finding("refused", start, length=count)])

    b = Bundle("mark-limit")
    while len(b.records) < 65800:
        b.write_due()
        b.tail()
    marks = [r for r in b.records if r.type in (2, 11)]
    bad = marks[65536]
    lay = b.layout()
    v = Vector("invalid/mark-limit", "65,537 tails and sessions without a seal.", ["B-ORD-6"])
    v.generated = True
    yield v.report(lay, [v.on(lay, "mark-limit", bad)], lost=bad)


    def marked(seed):
        """A session and 65,535 tails: as many marks as may be."""
        b = Bundle(seed)
        marks = 1
        while marks < 65536:
            b.write_due()
            b.tail()
            marks += 1
        return b

    b = marked("mark-limit-refused")
    count = b.next - 1
    b.session(refuse="made by a faulty tool")
    b.file(b"a.txt", b"evidence")
    b.seal()
    v = Vector("valid/mark-limit-refused", "65,536 marks are refused: the count goes back with the state.",
               ["B-ORD-6", "B-SES-4"])
    v.generated = True
    yield v.report(b.layout(), [finding("refused", 1, length=count)])

    b = marked("mark-limit-adopted")
    count = b.next - 1
    bad = b.session(adopt="seen")
    lay = b.layout()
    v = Vector("invalid/mark-limit-adopted", "A session adopts 65,536 marks and is itself one too many: it adopts all the "
               "same.", ["B-ORD-6", "B-SES-4"])
    v.generated = True
    yield v.report(lay, [finding("adopted", 1, length=count), v.on(lay, "mark-limit", bad)], lost=bad)


def volumes():
    b = first("volume-two")
    b.new_volume()
    b.session()
    b.file(b"b.txt", b"in the second volume")
    yield done("volume-two", "Two volumes.", ["B-VOL-2", "B-VOL-4"], b)

    b = Bundle("volume-three")
    b.data(b"begun in volume 0, ", 1)
    b.new_volume()
    b.data(b"continued in volume 1, ", 1)
    b.new_volume()
    b.data(b"ended in volume 2", 1)
    b.close_item(1, name=b"across")
    yield done("volume-three", "An item goes across three volumes.", ["B-VOL-2", "B-VOL-3"], b)

    b = first("volume-empty")
    b.new_volume()
    b.new_volume()
    b.session()
    b.note()
    yield done("volume-empty", "A volume that is a preamble alone stands between two.", ["B-VOL-2"], b)


def seals():
    for name in ("lab", "p521", "brainpool", "rsa2048"):
        b = Bundle(f"seal-{name}", policy=(name,))
        b.file(b"a.txt", b"evidence")
        b.seal((name,))
        yield done(f"seal-{name}", f"Sealed with {signer(name).algorithm}.", ["B-SEA-2"], b, seal=False, pins=(name,))
    for name, hash_name in (("examiner", "sha384"), ("lab", "sha512"), ("rsa2048", "sha512")):
        b = Bundle(f"seal-{name}-{hash_name}", policy=(name,))
        b.file(b"a.txt", b"evidence")
        b.tail()
        b.seal((name,), tail=False, signatures=[cms.signed_data(b.checkpoint(), signer(name), hash_name=hash_name)])
        yield done(f"seal-{name}-{hash_name}", f"Sealed with {signer(name).algorithm} and {hash_name}.",
                   ["B-SEA-2"], b, seal=False, pins=(name,))

    b = Bundle("seal-rsa-pss", policy=("rsa2048",))
    b.tail()
    b.seal(tail=False, signatures=[cms.signed_data(b.checkpoint(), signer("rsa2048"), scheme=cms.pss)])
    yield done("seal-rsa-pss", "RSASSA-PSS with SHA-256.", ["B-SEA-2"], b, seal=False, pins=("rsa2048",))

    b = Bundle("seal-key-identifier", policy=("identified",))
    b.tail()
    b.seal(tail=False, signatures=[cms.signed_data(b.checkpoint(), signer("identified"), by_key=True)])
    yield done("seal-key-identifier", "The signer is named by subject key identifier.", ["B-SEA-2"], b,
               seal=False, pins=("identified",))

    b = Bundle("seal-two-signers-in-one", policy=("examiner", "second"))
    b.tail()
    b.seal(tail=False, signatures=[cms.signed_data(b.checkpoint(), signer("examiner"), others=[signer("second")])])
    yield done("seal-two-signers-in-one", "Two signers in one SignedData: each counts.", ["B-SEA-2"], b,
               seal=False, pins=("examiner", "second"))

    b = Bundle("seal-ber")
    b.tail()
    der = cms.signed_data(b.checkpoint(), signer("examiner"))
    b.seal(tail=False, signatures=[cms.indefinite(der)])
    yield done("seal-ber", "The signature is in BER, of indefinite length outside.", ["B-SEA-2"], b, seal=False)

    b = Bundle("seal-two-of-three", policy=("examiner", "second", "third"), needed=2)
    b.file(b"a.txt", b"evidence")
    b.seal(("examiner", "third"))
    yield done("seal-two-of-three", "Two of three certificates sign.", ["B-SES-6", "B-SEA-2"], b, seal=False,
               pins=("examiner", "third"))

    b = Bundle("seal-one-more")
    b.file(b"a.txt", b"evidence")
    b.seal(("attacker", "examiner"))
    yield done("seal-one-more", "A second signature by a certificate that is not in the policy does not count.",
               ["B-SEA-2"], b, seal=False)

    b = Bundle("seal-run-certificate", policy=("examiner", "second"), needed=2, run="run")
    b.file(b"a.txt", b"evidence")
    b.seal(("examiner", "second"))
    b.note("the run goes on by itself")
    b.seal(("run",))
    yield done("seal-run-certificate", "The run certificate seals after the policy was met in its session.",
               ["B-SEA-2"], b, seal=False, pins=("examiner", "second"))

    b = Bundle("seal-root", policy=("officer",))
    b.file(b"a.txt", b"evidence")
    b.seal(("officer",))
    v = Vector("valid/seal-root", "The signer's certificate has a path to a given root.", ["B-SEA-2"], pins=(),
               roots="keys/root.cert.pem", at="2024-03-01T12:00:00Z")
    yield v.report(b.layout())

    b = first("branch", branch=bytes(range(16)))
    b.session()
    b.note("the branch stays in force")
    yield done("branch", "A branch from the first session on.", ["B-SES-8", "B-CHK-1"], b)

    b = first("branch-later")
    b.session(branch=b"\xaa" * 16)
    b.note()
    b.seal()
    b.session(branch=b"\xbb" * 16)
    yield done("branch-later", "A branch begins in the second session, another in the third.",
               ["B-SES-8", "B-CHK-1"], b)

    b = first("branch-refused")
    b.session(branch=b"\xaa" * 16)
    b.note()
    b.session(refuse="the branch was given up")
    yield done("branch-refused", "A branch whose session is refused is not in force.", ["B-SES-4", "B-SES-8"], b,
               [finding("refused", 6, length=2)])


def attests():
    b = Bundle("attest-kinds")
    b.file(b"a.txt", b"evidence")
    seal = b.seal()
    data = {2: counter(b, seal, "examiner"), 4: [half(b, seal, kind, "examiner") for kind in (2, 3)]}
    records = [b.attest(seal, kind, data.get(kind)) for kind in range(1, 8)]
    v = done("attest-kinds", "An attest of each kind; time-stamps are not evaluated, and the log proof is none.",
             ["B-ATT-1", "B-ATT-2", "B-ATT-3"], b, seal=False, custody=[],
             stamps=[finding("timestamp-not-evaluated", records[0].number),
                     finding("log-proof-invalid", records[2].number)])
    v.log_proofs = [{"record": records[2].number, "seal": seal.number, "outcome": "invalid", "origin": None,
                     "index": None, "size": None, "root": None, "signatures": []}]
    yield v

    b = first("attest-late")
    seal = b.records[-1]
    b.session()
    b.note()
    stamp = b.attest(seal)
    b.note()
    yield done("attest-late", "A time-stamp for the first seal comes within a later session.",
               ["B-ATT-1", "B-ORD-4"], b, stamps=[finding("timestamp-not-evaluated", stamp.number)])

    b = Bundle("attest-required", stamp=2)
    b.file(b"a.txt", b"evidence")
    stamp = b.attest(b.seal())
    yield done("attest-required", "The policy asks for a time-stamp, and there is one.", ["B-ATT-1"], b,
               seal=False, stamps=[finding("timestamp-not-evaluated", stamp.number)])

    b = Bundle("attest-second-signature", policy=("examiner", "second"))
    b.file(b"a.txt", b"evidence")
    seal = b.seal(("examiner", "second"))
    stamp = b.attest(seal, signature=1)
    yield done("attest-second-signature", "A time-stamp over the second signature.", ["B-ATT-2"], b, seal=False,
               pins=("examiner", "second"), stamps=[finding("timestamp-not-evaluated", stamp.number)])


def custody():
    b = Bundle("custody-events")
    b.file(b"a.txt", b"evidence")
    for kind in (1, 5, 6, 7, 8, 9):
        b.event(kind, item=1, change={4: "laboratory", 5: "examination", 7: "BAG-1", 10: 1, 13: [1]})
    yield done("custody-events", "Events of all kinds that are not halves of a hand-over.", ["B-EVT-1"], b, custody=[])

    for kind, word in ((3, "received"), (4, "rejected")):
        b = Bundle(f"custody-{word}")
        b.file(b"a.txt", b"evidence")
        b.event(2, "examiner")
        seal = b.seal()
        b.session(policy=("second",))
        b.event(kind, "second", seal)
        b.seal(("second",))
        yield done(f"custody-{word}", f"Released by one examiner, {word} by the other, each under a seal of their own.",
                   ["B-EVT-1"], b, seal=False, pins=("examiner", "second"), custody=[])


def copies():
    def bundle(seed):
        b = Bundle(seed)
        b.file(b"public.txt", b"public")
        b.open(2, name=b"secret.txt")
        b.data(b"secret one, ", 2)
        b.data(b"secret two", 2)
        b.close_item(2)
        b.note("about the secret", item=2)
        b.names()
        return b

    def copy(tail, comment, rules, b, gone, findings, skip=(2,)):
        v = Vector(f"valid/{tail}", comment, rules)
        items = {k: i for k, i in Vector("", "").items(b, None, ()).items() if int(k) not in skip}
        return v.report(b.layout(gone), complete=findings, items=items)

    b = bundle("copy-original")
    b.withhold((5, 6))
    yield done("copy-original", "A list of records to withhold, in the original: nothing is withheld yet.",
               ["B-WTH-1"], b)

    b = bundle("copy-data")
    b.withhold((5, 6))
    b.seal()
    yield copy("copy-data", "A copy without the data records that the list names.",
               ["B-WTH-1", "B-WTH-2", "B-WTH-3", "B-WTH-4"], b, (5, 6), [finding("withheld", 5, length=2)])

    b = bundle("copy-whole-item")
    b.withhold((4, 9))
    b.seal()
    yield copy("copy-whole-item", "A copy without anything of an item: item-open, data, item, note and names.",
               ["B-WTH-2", "B-WTH-3", "B-NAM-1"], b, range(4, 10), [finding("withheld", 4, length=6)])

    b = bundle("copy-two-runs")
    b.withhold((2, 2), (8, 8))
    b.seal()
    yield copy("copy-two-runs", "Two runs: one finding each.", ["B-WTH-1", "B-WTH-3"], b, (2, 8),
               [finding("withheld", 2, length=1), finding("withheld", 8, length=1)], skip=(1,))

    b = bundle("copy-part-of-list")
    b.withhold((5, 6), (8, 8))
    b.seal()
    yield copy("copy-part-of-list", "A copy that lacks less than the list names: the newest list is in force.",
               ["B-WTH-2"], b, (5,), [finding("withheld", 5, length=1)])

    b = bundle("copy-older-list")
    b.withhold((5, 5))
    b.seal()
    b.session()
    b.withhold((5, 6))
    b.seal()
    yield copy("copy-older-list", "Two lists; the copy lacks exactly what the older one drops.",
               ["B-WTH-2"], b, (5,), [finding("withheld", 5, length=1)])

    b = bundle("copy-event")
    b.event(1)
    b.withhold((10, 10))
    b.seal()
    v = Vector("valid/copy-event", "A copy without the only custody event.", ["B-WTH-3"])
    yield v.report(b.layout((10,)), complete=[finding("withheld", 10, length=1)],
                   custody=[finding("custody-none")])

    b = Bundle("copy-volumes")
    b.data(b"one, ", 1)
    b.new_volume()
    b.data(b"two", 1)
    b.close_item(1, name=b"x")
    b.withhold((2, 3))
    b.seal()
    v = Vector("valid/copy-volumes", "A run goes across two volumes.", ["B-WTH-1", "B-WTH-3"])
    yield v.report(b.layout((2, 3)), complete=[finding("withheld", 2, length=2)], items={})


def receipts():
    b = first("receipt")
    checkpoint = b.all_seals[0]["checkpoint"]
    b.session()
    b.note()
    last = b.seal()
    v = Vector("valid/receipt", "Receipts of both seals.", ["B-RCP-1", "B-CHK-1"])
    v.receipt(checkpoint, "-1").receipt(b.seal_of(last)["checkpoint"], "-2")
    yield v.report(b.layout())

    b = first("receipt-before-branch")
    checkpoint = b.all_seals[0]["checkpoint"]
    b.session(branch=b"\xaa" * 16)
    b.note()
    b.seal()
    v = Vector("valid/receipt-before-branch", "A receipt from before a branch began.", ["B-RCP-1"])
    v.receipt(checkpoint)
    yield v.report(b.layout())


def vectors():
    for part in (sessions, order, index, volumes, seals, attests, custody, copies, receipts):
        yield from part()
