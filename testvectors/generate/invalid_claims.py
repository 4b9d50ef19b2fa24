"""What fails or stays open though every byte is right: complete, signed by, existed by, custody."""

from base64 import b64encode

from . import cms
from .builder import Bundle
from .keys import signer
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


# --- signed by ---

def one_signature(tail, status, codes, comment, make, pins=("examiner",), policy=("examiner",), needed=None,
                  rules=("B-SEA-2",), roots=None, at=None):
    """A bundle with one seal; `make` gives its signatures."""
    b = Bundle(f"signed_{tail}", policy=policy, needed=needed)
    b.file(b"a.txt", b"evidence")
    b.tail()
    seal = b.seal(tail=False, signatures=make(b.checkpoint()))
    v = vector(f"signed_{tail}", comment, *rules, pins=pins, roots=roots, at=at)
    signed = []
    if codes and codes[-1] == "trust-none":
        codes, signed = codes[:-1], [finding("trust-none")]
    return v.report(b.layout(), seals={seal.number: (status, codes)}, signed=signed)


def good(name="examiner", **options):
    return lambda point: [cms.signed_data(point, signer(name), **options)]


def signed():
    bad = ["seal-signature", "seal-policy"]
    cases = [
        ("none", ["seal-policy"], "The seal has no signature.", lambda p: [], {}),
        ("corrupt", bad, "One bit of the signature is flipped.", good(corrupt=True), {}),
        ("other-content", bad, "The signature is over another checkpoint.", lambda p: good()(p.replace(b"\n", b"\n1", 1)), {}),
        ("message-digest", bad, "The message digest is another.", good(imprint=bytes(32)), {}),
        ("no-attributes", bad, "The content alone is signed, without signed attributes.", good(attributes=False), {}),
        ("no-ess", bad, "No signing-certificate-v2 among the signed attributes.", good(ess=False), {}),
        ("ess-other", bad, "signing-certificate-v2 names another certificate, which is there.", good(ess_certificate=signer("second").der, certificates=[signer("examiner").der, signer("second").der]), {}),
        ("sha1", bad, "SHA-1.", good("rsa2048", hash_name="sha1"), dict(policy=("rsa2048",), pins=("rsa2048",))),
        ("sha1-ecdsa", bad, "SHA-1 with ECDSA.", good(hash_name="sha1"), {}),
        ("rsa1024", bad, "RSA of 1024 bits.", good("rsa1024"), dict(policy=("rsa1024",), pins=("rsa1024",))),
        ("time-stamping", bad, "A certificate that is for time-stamping only.", good("tsa"), dict(policy=("tsa",), pins=("tsa",))),
        ("not-cms", bad, "Bytes that are no CMS.", lambda p: [b"signed, the examiner"], {}),
        ("empty", bad, "A signature of no bytes.", lambda p: [b""], {}),
        ("embedded-other", bad, "The signature holds a content of its own, which is another.", lambda p: [cms.signed_data(b"other", signer("examiner"), embed=True)], {}),
        ("embedded", bad, "The signature holds the checkpoint itself: it is not detached.", lambda p: [cms.signed_data(p, signer("examiner"), embed=True)], {}),
        ("pss-sha1", bad, "RSASSA-PSS with its default, SHA-1.", good("rsa2048", hash_name="sha1", scheme=cms.pss), dict(policy=("rsa2048",), pins=("rsa2048",))),
        ("not-in-policy", ["seal-policy"], "The signer is not in the policy.", good("attacker"), dict(pins=("examiner", "attacker"))),
        ("one-of-two", ["seal-policy"], "One of two that must sign.", good(), dict(policy=("examiner", "second"))),
        ("same-twice", ["seal-policy"], "One certificate signs twice, where two must sign.", lambda p: good()(p) + good(hash_name="sha384")(p), dict(policy=("examiner", "second"))),
        ("one-invalid-of-two", bad, "Two must sign; one signature is invalid.", lambda p: good()(p) + good("second", corrupt=True)(p), dict(policy=("examiner", "second"))),
    ]
    for tail, codes, comment, make, options in cases:
        yield one_signature(tail, "fails", codes, comment, make, **options)

    yield one_signature("invalid-besides", "holds", ["seal-signature"],
                        "Two signatures of which one must count: the other is invalid, which is a note.",
                        lambda p: good()(p) + good("second", corrupt=True)(p), policy=("examiner", "second"), needed=1)
    yield one_signature("not-evaluated", "not established", ["seal-not-evaluated"], "Ed25519, which is not on the list.",
                        good("ed25519", hash_name="sha512"), policy=("ed25519",), pins=("ed25519",))
    yield one_signature("certificate-absent", "not established", ["seal-not-evaluated"],
                        "The certificate that signing-certificate-v2 names is not in the signature.",
                        good(certificates=[]))
    yield one_signature("not-evaluated-too-few", "fails", ["seal-policy"],
                        "Two must sign; there is one, and it is not evaluated.", good("ed25519", hash_name="sha512"),
                        policy=("ed25519", "examiner"), pins=("ed25519", "examiner"))
    yield one_signature("untrusted", "not established", ["seal-untrusted"], "Another certificate is pinned.",
                        good(), pins=("second",))
    yield one_signature("untrusted-one-of-two", "not established", ["seal-untrusted"],
                        "Two must sign and do; one of them is pinned.",
                        lambda p: good()(p) + good("second")(p), policy=("examiner", "second"), pins=("examiner",))
    yield one_signature("trust-none", "not established", ["trust-none"], "Neither roots nor pins are given.",
                        good(), pins=())
    yield one_signature("root-other", "not established", ["seal-untrusted"], "The path leads to another root than the one given.",
                        good("officer"), policy=("officer",), pins=(), roots="keys/other-root.cert.pem", at="2024-03-01T12:00:00Z")
    yield one_signature("root-expired", "not established", ["seal-untrusted"], "The certificates have expired at the time asked for.",
                        good("officer"), policy=("officer",), pins=(), roots="keys/root.cert.pem", at="2121-01-01T00:00:00Z")
    yield one_signature("root-too-early", "not established", ["seal-untrusted"], "The certificates are not valid yet at the time asked for.",
                        good("officer"), policy=("officer",), pins=(), roots="keys/root.cert.pem", at="2019-12-31T23:59:59Z")

    b = Bundle("signed_run-early", policy=("examiner",), run="run")
    b.file(b"a.txt", b"evidence")
    early = b.seal(("run",))
    b.note()
    b.seal(("examiner",))
    b.note()
    b.seal(("run",))
    v = vector("signed_run-early", "The run certificate seals before the policy was met, and again after.", "B-SEA-2")
    yield v.report(b.layout(), seals={early.number: ("fails", ["seal-policy"])})

    b = Bundle("signed_run-other-session", run="run")
    b.file(b"a.txt", b"evidence")
    b.seal()
    b.session(run="run")
    b.note()
    late = b.seal(("run",))
    v = vector("signed_run-other-session", "The policy was met in an earlier session only.", "B-SEA-2")
    yield v.report(b.layout(), seals={late.number: ("fails", ["seal-policy"])})

    b = sealed("signed_extends-signers")
    value = {1: 5, 2: b.all_seals[0]["root"], 3: [signer("second").fingerprint], 4: 3}
    s = b.session(change={8: value})
    b.note()
    b.seal()
    v = vector("signed_extends-signers", "The session says that somebody else signed the seal it extends.", "B-SES-1")
    yield v.report(b.layout(), signed=[finding("extends-signers", s)])

    b = Bundle("signed_mismatch-extended")
    b.file(b"a.txt", b"evidence")
    b.tail()
    wrong = b.seal(tail=False, checkpoint=b.checkpoint(size=3))
    b.session()
    b.note()
    b.seal()
    lay = b.layout()
    v = vector("signed_mismatch-extended", "A session extends a seal whose checkpoint is wrong: that seal proves nothing, the next one is judged.", "B-SEA-3", "B-SES-1")
    yield v.report(lay, [v.on(lay, "seal-mismatch", wrong)], seals={wrong.number: ("fails", ["seal-unproven"])})


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
    for part in (complete, signed, existed, custody):
        yield from part()

