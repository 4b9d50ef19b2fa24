"""Rules at their edges: what a first reader of the spec could take in two ways, each told apart by a vector."""

from . import cms
from .builder import Bundle
from .deflate import deflate
from .frame import Core, Record, payload_digest
from .invalid_claims import checkpoint
from .invalid_damage import parts
from .invalid_order import right
from .keys import signer
from .tree import sha256
from .vector import Vector, finding

UNUSABLE = ("not established", ["seal-unproven"], "unusable")


def sealed(seed, **options):
    b = Bundle(seed, **options)
    b.file(b"a.txt", b"evidence")
    b.seal()
    return b


def vector(tail, comment, *rules, **given):
    return Vector(tail, comment, rules, **given)


# --- sessions, refusal, torn ends ---

def refused():
    b = sealed("withhold_removed-refused")
    b.session()
    note = b.note("of unknown origin")
    b.session(refuse="of unknown origin")
    b.seal()
    yield vector("invalid/withhold_removed-refused", "A refused record is withheld without any list: that is a property of "
                 "the copy, and is said.", "B-SES-4", "B-WTH-3").report(
                     b.layout((note.number,)), [finding("refused", 6, length=2)],
                     complete=[finding("removed", note, length=1)])

    b = sealed("complete_unsealed-adopted")
    b.session()
    b.note("not ours")
    other = b.seal(("attacker",))
    s = b.session(change={8: right(b, 0)}, adopt=(6, 4, "compared with the source"))
    yield vector("invalid/complete_unsealed-adopted", "The last seal is an adopted one: what follows it is unsealed, and no "
                 "more.", "B-ORD-7", "B-SES-5").report(
                     b.layout(), [finding("adopted", 6, length=4)], unsealed=[finding("unsealed", s, length=1)],
                     seals={other.number: ("adopted", [])})

    b = sealed("session_torn-account")
    scrap = b"half a frame"
    b.new_volume()
    bad = b.session(torn=(len(scrap), sha256(scrap), 0), change={9: {1: 6, 2: 1, 3: "x"}})
    b.note()
    b.seal()
    lay = b.layout()
    piece = lay.append(scrap, 0)
    v = vector("invalid/session_torn-account", "A session accounts for torn bytes but not for the records before it: its note "
               "is given, and the finding about the bytes stays.", "B-SES-7", "B-SES-2")
    yield v.report(lay, [v.bytes(lay, "torn-tail", 6, piece, len(scrap)), finding("torn", bad, lay.where(bad), len(scrap)),
                         v.on(lay, "session-account", bad)], lost=bad)

    b = sealed("session_torn-other")
    b.new_volume()
    s = b.session(torn=(len(scrap), sha256(b"other bytes"), 0))
    b.note()
    b.seal()
    lay = b.layout()
    piece = lay.append(scrap, 0)
    v = vector("invalid/session_torn-other", "A session says that other bytes stayed at the end of the volume: the finding "
               "stays beside its note.", "B-SES-7")
    yield v.report(lay, [v.bytes(lay, "torn-tail", 6, piece, len(scrap)), finding("torn", s, lay.where(s), len(scrap))])

    b = sealed("session_torn-lost")
    b.note("no session is in force that accounts for this")
    b.new_volume()
    s = b.session(adopt="left by a power cut", torn=(len(scrap), sha256(scrap), 0))
    b.note()
    b.seal()
    lay = b.layout()
    lay.change(b.records[2], 144, b"\xff")
    lay.remove(b.records[2])
    piece = lay.append(scrap, 0)
    bad = b.records[3]
    v = vector("invalid/session_torn-lost", "A session accounts for torn bytes while all is lost: it is read as any record, "
               "gives no note, and the finding stays.", "B-SES-7", "B-DMG-8")
    yield v.report(lay, [v.claims_number(lay, "chain-number", bad), v.bytes(lay, "torn-tail", s.number, piece, len(scrap))],
                   lost=b.records[2], seals={5: ("not established", ["seal-unproven"])}, items={})

    b = Bundle("session_torn-record-0", genesis=False, session=False)
    bad = b.session(torn=(9, sha256(b"nine bytes")))
    b.file(b"a.txt", b"evidence")
    b.seal()
    lay = b.layout()
    v = vector("invalid/session_torn-record-0", "Record 0 is a session; its note about torn bytes is given all the same.",
               "B-ORD-1", "B-SES-7")
    yield v.report(lay, [finding("torn", bad, lay.where(bad), 9), v.on(lay, "grammar-genesis", bad)], lost=bad)

    b = sealed("session_refuse-frame")
    b.session()
    note = b.note("of unknown origin")
    b.session(refuse="of unknown origin")
    b.note()
    b.seal()
    lay = b.layout()
    piece = lay.insert_before(note, b"no frame at all")
    v = vector("invalid/session_refuse-frame", "Bytes that are no frame stand among refused records: no refusal explains "
               "them.", "B-SES-4", "B-DMG-1")
    yield v.report(lay, [v.bytes(lay, "frame-mark", note.number, piece, 15), finding("refused", 6, length=2)])

    b = sealed("complete_max-plain-refused")
    b.session()
    b.data(b"0123456789", 2)
    b.session(refuse="of unknown origin")
    b.state.next_id = 2
    b.file(b"b.txt", b"123")
    b.seal()
    v = vector("invalid/complete_max-plain-refused", "A refused record goes past the plain bytes allowed: decoding stopped "
               "there all the same.", "B-SES-4")
    v.max_plain = 12
    items = {"1": {"sha256": b.state.items[1].hashers[1].hexdigest(), "size": 8}}
    yield v.report(b.layout(), [finding("max-plain"), finding("refused", 6, length=2)], items=items)


# --- seals ---

def seals():
    b = Bundle("seal_mismatch-extended")
    b.file(b"a.txt", b"evidence")
    b.tail()
    bad = b.seal(tail=False, checkpoint=b.checkpoint(root=bytes(32)))
    stamp = b.attest(bad)
    b.session()
    b.note()
    b.seal()
    lay = b.layout()
    v = vector("invalid/seal_mismatch-extended", "A seal over another root: an attest names it, and a session extends it by "
               "the root that it should have.", "B-SEA-3", "B-SES-1", "B-ATT-1")
    yield v.report(lay, [v.on(lay, "seal-mismatch", bad)], seals={bad.number: ("fails", ["seal-unproven"])},
                   stamps=[finding("timestamp-not-evaluated", stamp)])

    b = Bundle("grammar_seal-other")
    b.file(b"a.txt", b"evidence")
    bad = b.seal(tail=False, checkpoint=b"anything at all")
    lay = b.layout()
    v = vector("invalid/grammar_seal-other", "A seal that follows no tail, with another checkpoint: only its place is judged.",
               "B-ORD-3", "B-SEA-3")
    yield v.report(lay, [v.on(lay, "grammar-seal", bad)], lost=bad)

    b, data = parts("damage_seal-origin")
    b.session()
    b.tail()
    point = b.checkpoint().replace(b"bukti/1/", b"bukti/1/x")
    seal = b.seal(tail=False, checkpoint=point, signatures=[cms.signed_data(point, signer("examiner"))])
    lay = b.layout()
    lay.remove(data[1])
    v = vector("invalid/damage_seal-origin", "One record is lost, and a later seal says another origin: only size and root are "
               "compared.", "B-DMG-8")
    yield v.report(lay, [v.claims_number(lay, "chain-number", data[2])], lost=data[1],
                   seals={seal.number: ("holds", [])})

    b, data = parts("damage_lost-twice")
    b.session()
    first = b.note("lost")
    second = b.note("after it")
    last = b.seal()
    lay = b.layout()
    lay.remove(data[1], first)
    v = vector("invalid/damage_lost-twice", "Records are lost before a session and after it: its policy, known by then, is "
               "unknown again.", "B-DMG-4", "B-DMG-8")
    yield v.report(lay, [v.claims_number(lay, "chain-number", data[2]), v.claims_number(lay, "chain-number", second)],
                   lost=data[1], seals={last.number: ("not established", ["seal-unproven"])})

    b = Bundle("schema_seal-signatures")
    b.file(b"a.txt", b"evidence")
    bad = b.seal(signatures=[b""] * 257)
    lay = b.layout()
    v = vector("invalid/schema_seal-signatures", "A seal of 257 signatures.", "B-CBOR-9", "B-DMG-7")
    yield v.report(lay, [v.on(lay, "schema-value", bad)], lost=bad, seals={bad.number: UNUSABLE})


# --- frames ---

def frames():
    def foreign(b, other=None, **core):
        fields = dict(bundle_id=b.id, type=8, number=4, plain=16, stored=32, digest=payload_digest(bytes(16), bytes(16)),
                      previous=bytes(32))
        fields.update(core)
        return Record(Core(**fields), bytes(16), bytes(16), b"", 0, 0).frame()

    b = sealed("core_flags-foreign")
    lay = b.layout()
    piece = lay.insert_before(b.records[4], foreign(b, flags=2, bundle_id=bytes(16)))
    v = vector("invalid/core_flags-foreign", "A frame of another bundle has a flag set: two findings, and it is passed over.",
               "B-DMG-2", "B-DMG-3")
    yield v.report(lay, [finding("core-flags", 4, lay.where(piece)), finding("core-bundle-id", 4, lay.where(piece))])

    b = sealed("core_flags-old")
    lay = b.layout()
    piece = lay.insert_before(b.records[4], foreign(b, flags=2, number=2))
    v = vector("invalid/core_flags-old", "A frame of a lower number has a flag set: two findings, and it is passed over.",
               "B-DMG-2", "B-DMG-4")
    yield v.report(lay, [finding("core-flags", 2, lay.where(piece)), finding("chain-number", 2, lay.where(piece))])

    b = sealed("core_integer-passed")
    lay = b.layout()
    piece = lay.insert_before(b.records[4], foreign(b, number=1 << 63))
    v = vector("invalid/core_integer-passed", "A frame whose record number is 2^63 stands between two records: it is passed "
               "over, and nothing is lost.", "B-DMG-2", "B-CON-1")
    yield v.report(lay, [finding("core-integer", 4, lay.where(piece))])

    b = sealed("core_zero-run-endless")
    lay = b.layout()
    data = foreign(b, codec=2)
    piece = lay.insert_before(b.records[4], data)
    v = vector("invalid/core_zero-run-endless", "A note is a zero run with a body: its codec is judged first, but by its "
               "stored length it has no end.", "B-FRM-4", "B-DMG-1")
    yield v.report(lay, [v.bytes(lay, "codec-not-allowed", 4, piece, len(data))])

    b = Bundle("damage_candidates-twice")
    b.data(b"first")
    core = Core(b.id, 8, 99, 0, 16, payload_digest(bytes(16), b"other"), bytes(32))
    fake = Record(core, bytes(16), b"", b"", 0, 0).frame()
    bad = b.data(fake * 600)
    b.data(b"between")
    again = b.data(fake * 424)
    b.data(b"last")
    b.close_item(1, name=b"disk")
    b.seal()
    lay = b.layout()
    lay.flip(bad, 0)
    lay.flip(again, 0)
    rest = sum(len(p.data) for p in lay.volumes[0]) - lay.where(again)[1]
    v = vector("invalid/damage_candidates-twice", "600 places with a wrong payload digest in one search and 424 in the next: "
               "they count together, and the second is given up.", "B-DMG-1")
    out = [v.bytes(lay, "frame-mark", bad.number, bad, bad.length), v.bytes(lay, "torn-tail", again.number, again, rest)]
    del b.all_seals[:]
    yield v.report(lay, out, lost=bad, items={})

    text = b"a" * 64
    b = sealed("deflate_short-trailing")
    bad = b.data(text, 2, codec=1, stored_body=deflate(text[1:]) + b"\0")
    b.close_item(2, name=b"b.txt")
    b.seal()
    lay = b.layout()
    v = vector("invalid/deflate_short-trailing", "The stream gives too little, and a byte follows it: what follows is judged "
               "first.", "B-COD-1")
    yield v.report(lay, [v.on(lay, "deflate-trailing", bad)], unusable=(2,), unsealed=[])

    b = sealed("deflate_optional")
    bad = b.append(200, text, codec=1, stored_body=deflate(text) + b"\0")
    b.seal()
    lay = b.layout()
    v = vector("invalid/deflate_optional", "The content of a record of an optional type is unusable: nothing is lost.",
               "B-DMG-7", "B-COD-1")
    yield v.report(lay, [v.on(lay, "deflate-trailing", bad)], unusable=True)


# --- items and names ---

def items():
    b = Bundle("item-other-name")
    b.open(1, kind=4, name=b"disk")
    b.data(b"evidence", 1)
    b.close_item(1, kind=1, name=b"renamed")
    b.seal()
    yield vector("valid/item-other-name", "The item record has another kind and name than the item-open.",
                 "B-ITM-7").report(b.layout())

    b = sealed("item_id-first")
    b.session()
    bad = b.open(7, name=b"x", change={6: 5})
    del b.state.items[7]
    b.state.next_id = 2
    b.seal()
    lay = b.layout()
    v = vector("invalid/item_id-first", "An item-open skips ids, and supplements an item that does not exist: its own id is "
               "judged first.", "B-ITM-1")
    yield v.report(lay, [v.on(lay, "item-id", bad)], lost=bad)

    b = sealed("item_unknown-closed")
    b.session()
    bad = b.append("item", {1: 2, 2: b"d", 3: 0, 4: 1, 6: 9}, item=1)
    b.seal()
    lay = b.layout()
    v = vector("invalid/item_unknown-closed", "An item record of a closed item has a parent that does not exist: the ids are "
               "judged first.", "B-ITM-1", "B-ITM-2", "B-ITM-10")
    yield v.report(lay, [v.on(lay, "item-unknown", bad)], lost=bad)

    b = Bundle("copy-names-row")
    b.file(b"a.txt", b"evidence")
    b.state.unnamed[0] = (1, 3, b"other", 2, 99)
    b.names()
    b.withhold((3, 3))
    b.seal()
    yield vector("valid/copy-names-row", "The item record is withheld: of its row in the names record only id and record "
                 "number are compared.", "B-NAM-1").report(
                     b.layout((3,)), complete=[finding("withheld", 3, length=1)], items={})

    for kind in ("note", "event"):
        b = sealed(f"item_unknown-withheld-{kind}")
        b.session()
        bad = b.note("x", item=9) if kind == "note" else b.event(item=9)
        b.seal()
        lay = b.layout((bad.number,))
        v = vector(f"invalid/item_unknown-withheld-{kind}", f"A withheld {kind} is about an item that does not exist.",
                   "B-ITM-1", "B-WTH-4")
        yield v.report(lay, [v.on(lay, "item-unknown", bad)], lost=bad, complete=[finding("removed", bad, length=1)])

    for kind in ("data", "item"):
        b = Bundle(f"item_suspended-withheld-{kind}")
        b.data(b"begun", 1)
        b.seal()
        b.session()
        bad = b.data(b"more", 1) if kind == "data" else b.close_item(1, name=b"a")
        b.seal()
        lay = b.layout((bad.number,))
        v = vector(f"invalid/item_suspended-withheld-{kind}", f"A withheld {kind} record is of a suspended item.", "B-ITM-5")
        yield v.report(lay, [v.on(lay, "item-resume", bad)], lost=bad, complete=[finding("removed", bad, length=1)])

    b = Bundle("item_limit-suspended")
    for n in range(256):
        b.open(n + 1, name=b"x")
    b.seal()
    b.session()
    bad = b.open(257, name=b"one more")
    del b.state.items[257]
    b.state.next_id = 257
    b.seal()
    lay = b.layout()
    v = vector("invalid/item_limit-suspended", "256 items are suspended, which counts as open, and one more is begun.",
               "B-ITM-2", "B-ITM-5")
    yield v.report(lay, [v.on(lay, "item-limit", bad)], lost=bad)

    b = Bundle("item_resume-withheld")
    b.open(1, name=b"a")
    bad = b.open(1, name=b"a")
    b.data(b"evidence", 1)
    b.close_item(1)
    b.seal()
    lay = b.layout((2, bad.number))
    v = vector("invalid/item_resume-withheld", "Two item-opens of one item in a session, both withheld: the second still "
               "cannot be.", "B-ITM-5")
    yield v.report(lay, [v.on(lay, "item-resume", bad)], lost=bad, items={}, complete=[finding("removed", 2, length=2)])

    b = Bundle("names_due-first")
    for n in range(256):
        b.close_item(n + 1, kind=2, name=b"d")
    bad = b.close_item(999, kind=2, name=b"d")
    b.state.unnamed.pop()
    b.seal()
    lay = b.layout()
    v = vector("invalid/names_due-first", "A names record is due, and the item record that comes instead has the wrong id: "
               "what is due is judged first.", "B-ITM-10", "B-NAM-2")
    yield v.report(lay, [v.on(lay, "names-due", bad)], lost=bad)

    b = Bundle("grammar_attest-first", session=False)
    bad = b.append("attest", {1: 3, 2: bytes(32), 3: 2, 4: sha256(b""), 5: [b"x"]})
    b.session()
    b.seal()
    lay = b.layout()
    v = vector("invalid/grammar_attest-first", "Record 1 is an attest: that it is no session is judged first.", "B-ORD-2",
               "B-ORD-4")
    yield v.report(lay, [v.on(lay, "grammar-session", bad)], lost=bad, stamps=[finding("timestamp-none")])


# --- receipts, withholding, custody ---

def claims():
    for tail, branch, code, comment in (
            ("refused-branch", b"\xaa" * 16, "receipt-fork", "of the branch that was in force there"),
            ("refused-none", None, "receipt-branch", "of no branch, where one was in force")):
        b = sealed(f"complete_receipt-{tail}")
        b.session(branch=b"\xaa" * 16)
        b.note()
        size = b.next
        b.session(refuse="the branch was given up")
        b.note()
        b.seal()
        v = vector(f"invalid/complete_receipt-{tail}", f"A branch was refused later. A receipt with another root is {comment}.",
                   "B-RCP-1", "B-SES-8")
        v.receipt(checkpoint(b.uuid, size, bytes(32), branch))
        yield v.report(b.layout(), [finding("refused", 6, length=2)], complete=[finding(code)])

    b = sealed("complete_receipt-later-branch")
    v = vector("invalid/complete_receipt-later-branch", "A receipt of a later state, in a branch that is not in force at the "
               "end: it is of another branch, not of records cut off.", "B-RCP-1")
    v.receipt(checkpoint(b.uuid, 99, bytes(32), b"\xaa" * 16))
    yield v.report(b.layout(), complete=[finding("receipt-branch")])

    b = sealed("complete_withheld-adopted")
    b.session()
    w = b.withhold((2, 2))
    other = b.seal(("attacker",))
    b.session(change={8: right(b, 0)}, adopt=(6, 4, "compared"))
    yield vector("invalid/complete_withheld-adopted", "The list is in an adopted seal and no other: no signature over it was "
                 "judged.", "B-WTH-3", "B-SES-5").report(
                     b.layout((2,)), [finding("adopted", 6, length=4)], items={},
                     complete=[finding("withheld", 2, length=1), finding("withheld-unproven", w)],
                     seals={other.number: ("adopted", [])})


def custody():
    def both(tail, comment, **given):
        return vector(tail, comment, "B-EVT-1", pins=("examiner", "second"), **given)

    b = sealed("custody-covers-adopted")
    b.session()
    b.event(2, "examiner")
    s = b.seal()
    b.session(change={8: right(b, 0)}, adopt=(6, 4, "the release is known"))
    b.note()
    b.seal()
    b.session(policy=("second",))
    event = b.event(3, "second", s)
    b.seal(("second",))
    yield both("valid/custody-covers-adopted", "What is received is an adopted seal: it may be named as any other. The release "
               "counts by the first seal after it that is not adopted.").report(
                   b.layout(), [finding("adopted", 6, length=4)], seals={s.number: ("adopted", [])}, custody=[])

    b = Bundle("custody_mismatched-seal")
    b.file(b"a.txt", b"evidence")
    event = b.event(2, "examiner")
    b.tail()
    bad = b.seal(tail=False, checkpoint=b.checkpoint(root=bytes(32)))
    lay = b.layout()
    v = both("invalid/custody_mismatched-seal", "The first seal after a release is over another root: nobody signed the half.")
    yield v.report(lay, [v.on(lay, "seal-mismatch", bad)], seals={bad.number: ("fails", ["seal-unproven"])},
                   custody=[finding("custody-unsigned", event)])

    for covers in ("second", "first"):
        b = Bundle(f"custody_two-releases-{covers}")
        b.file(b"a.txt", b"evidence")
        one = b.event(2, "examiner")
        first = b.seal()
        two = b.event(2, "examiner")
        second = b.seal()
        b.session(policy=("second",))
        event = b.event(3, "second", second if covers == "second" else first)
        b.seal(("second",))
        if covers == "second":
            out, comment = [finding("custody-pending", one)], "the last of them is answered"
        else:
            out = [finding("custody-unmatched", event), finding("custody-pending", one), finding("custody-pending", two)]
            comment = "the seal received does not cover the last of them"
        yield both(f"invalid/custody_two-releases-{covers}", f"Two releases have no answer: {comment}.").report(
            b.layout(), custody=out)


def vectors():
    for part in (refused, seals, frames, items, claims, custody):
        yield from part()
