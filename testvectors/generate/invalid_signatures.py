"""Signatures and trust: what fails or stays open of "signed by" (spec 11.3)."""

from . import cms
from .builder import Bundle
from .invalid_claims import sealed, vector
from .keys import signer
from .vector import finding


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


def named(identifier):
    """Signs as always, and gives another algorithm as that of the signature."""
    return lambda who, data, hash_name: (cms.seq(cms.oid(identifier)), cms.sign(who, data, hash_name)[1])


def other_digest(data):
    """The SignerInfo, the second place to name its digest, says SHA-384."""
    sha256, sha384 = cms.oid("2.16.840.1.101.3.4.2.1"), cms.oid("2.16.840.1.101.3.4.2.2")
    first, second, rest = data.split(sha256)
    return first + sha256 + second + sha384 + rest


def with_other(point):
    """Two signers, of whom the second says a time of 13 months."""
    data = cms.signed_data(point, signer("examiner"), others=[signer("second")])
    time = cms.utc_time("240301120000Z")
    at = data.rindex(time)
    assert data.index(time) != at
    return data[:at] + cms.utc_time("241301120000Z") + data[at + len(time):]


def signed():
    bad, form = ["seal-signature", "seal-policy"], ("B-SEA-2", "B-SEA-4")
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
        ("no-time", bad, "No signing-time among the signed attributes.", good(time=False), {}),
        ("content-type", bad, "The content-type attribute names another type than data.", good(claimed=cms.TST_INFO), {}),
        ("key-usage", bad, "A certificate whose key signs certificates only.", good("root"), dict(policy=("root",), pins=("root",))),
        ("serial-other", bad, "Issuer and serial name another certificate than signing-certificate-v2.", good(named=signer("second"), certificates=[signer("examiner").der, signer("second").der]), {}),
        ("pss-mask-sha1", bad, "RSASSA-PSS with SHA-256 and a mask over SHA-1.", good("rsa2048", scheme=cms.pss_weak_mask), dict(policy=("rsa2048",), pins=("rsa2048",))),
        ("digest-not-listed", bad, "The SignedData does not list the digest that its signer used.", good(listed=[cms.algorithm("sha512")]), {}),
        ("digest-list-empty", bad, "The SignedData lists no digest.", good(listed=[]), {}),
        ("digest-list-unknown", bad, "The SignedData lists a digest that nobody knows beside the signer's.", good(listed=[cms.algorithm("sha256"), cms.seq(cms.oid("2.16.9032.1.101.3.4.2.1"), cms.null())]), {}),
        ("digest-other", bad, "The signer says another digest than its signature algorithm does.", lambda p: [other_digest(good()(p)[0])], {}),
        ("digest-of-signature", bad, "All is done with SHA-384, but the signature algorithm says SHA-256.", good(hash_name="sha384", scheme=named("1.2.840.10045.4.3.2")), {}),
        ("key-of-signature", bad, "The signature algorithm is one for RSA, the key is on a curve.", good(scheme=named("1.2.840.113549.1.1.11")), {}),
        ("trailing", bad, "A byte follows the signature.", lambda p: [good()(p)[0] + b"\0"], {}),
        ("truncated", bad, "The last byte of the signature is missing.", lambda p: [good()(p)[0][:-1]], {}),
        ("no-signer", bad, "A SignedData that nobody signed.", lambda p: [cms.signed_data(p, None, certificates=[signer("examiner").der])], {}),
        ("not-cms", bad, "Bytes that are no CMS.", lambda p: [b"signed, the examiner"], {}),
        ("empty", bad, "A signature of no bytes.", lambda p: [b""], {}),
        ("embedded-other", bad, "The signature holds a content of its own, which is another.", lambda p: [cms.signed_data(b"other", signer("examiner"), embed=True)], {}),
        ("embedded", bad, "The signature holds the checkpoint itself: it is not detached.", lambda p: [cms.signed_data(p, signer("examiner"), embed=True)], {}),
        ("pss-sha1", bad, "RSASSA-PSS with its default, SHA-1.", good("rsa2048", hash_name="sha1", scheme=cms.pss), dict(policy=("rsa2048",), pins=("rsa2048",))),
        ("curve-p192", bad, "ECDSA on P-192, which is too small.", good("p192"), dict(policy=("p192",), pins=("p192",))),
        ("curve-p224", bad, "ECDSA on P-224, which is too small.", good("p224"), dict(policy=("p224",), pins=("p224",))),
        ("pss-bare", bad, "RSASSA-PSS without parameters.", good("rsa2048", scheme=cms.pss_bare), dict(policy=("rsa2048",), pins=("rsa2048",), rules=form)),
        ("form-primitive", bad, "The signed attributes have the tag of something primitive.", good(form=lambda a: b"\x80" + a[1:]), dict(rules=form)),
        ("form-length", bad, "The length of the signed attributes takes one byte more than it needs.", good(form=cms.long_length), dict(rules=form)),
        ("form-indefinite", bad, "The signed attributes have an indefinite length.", good(form=lambda a: b"\xa0\x80" + a[3:] + b"\0\0"), dict(rules=form)),
        ("form-null", bad, "A NULL of one byte stands among the digests.", good(listed=[cms.algorithm("sha256"), cms.seq(cms.oid("2.16.840.1.101.3.4.2.2"), b"\5\1\0")]), dict(rules=form)),
        ("form-attribute-twice", bad, "Two signing-times.", good(more=[cms.attribute(cms.SIGNING_TIME, cms.utc_time("240301120001Z"))]), dict(rules=form)),
        ("form-values", bad, "A signing-time of two values.", good(time=False, more=[cms.seq(cms.oid(cms.SIGNING_TIME), cms.set_of(cms.utc_time("240301120000Z"), cms.utc_time("240301120001Z")))]), dict(rules=form)),
        ("form-no-such-day", bad, "Signed on 30 February.", good(time="240230120000Z"), dict(rules=form)),
        ("form-other-signer", bad, "Of two signers in one CMS the other has a signing-time that is no time.", lambda p: [with_other(p)], dict(rules=form)),
        ("form-extension-twice", bad, "A certificate that comes along has one extension twice.", good(certificates=[signer("examiner").der, cms.extension_twice(signer("second"))]), dict(rules=form)),
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
    yield one_signature("not-evaluated-curve", "not established", ["seal-not-evaluated"], "ECDSA on secp256k1, which is not on the list.",
                        good("secp256k1"), policy=("secp256k1",), pins=("secp256k1",))
    yield one_signature("not-evaluated-mask", "not established", ["seal-not-evaluated"], "RSASSA-PSS with a mask that nobody knows.",
                        good("rsa2048", scheme=cms.pss_other_mask), policy=("rsa2048",), pins=("rsa2048",))
    yield one_signature("not-evaluated-ess", "fails", ["seal-policy"],
                        "signing-certificate-v2 names the certificate by a digest that is not on the list: it counts for nobody.",
                        good(ess_digest="2.16.840.1.101.3.4.2.8"))
    yield one_signature("not-evaluated-signers", "fails", ["seal-policy"],
                        "One signer more than a verifier takes from one CMS: none of them is evaluated.",
                        good(others=[signer("examiner")] * 64), rules=("B-SEA-2", "B-SEA-4"))
    yield one_signature("not-evaluated-certificates", "fails", ["seal-policy"],
                        "One certificate more than a verifier takes from one CMS.",
                        good(certificates=[signer("examiner").der] * 257), rules=form)
    yield one_signature("certificate-absent", "fails", ["seal-signature", "seal-policy"],
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

    b = Bundle("signed_run-pinned", policy=("examiner",), run="run")
    b.file(b"a.txt", b"evidence")
    first = b.seal()
    b.note()
    late = b.seal(("run",))
    v = vector("signed_run-pinned", "The run certificate is pinned, but it is only as trusted as the seal before it, whose signer is unknown.",
               "B-SEA-2", pins=("run",))
    yield v.report(b.layout(), seals={s.number: ("not established", ["seal-untrusted"]) for s in (first, late)})

    b = Bundle("signed_run-listed", policy=("examiner", "run"), needed=1, run="run")
    b.file(b"a.txt", b"evidence")
    first = b.seal(("examiner",))
    b.note()
    b.seal(("run",))
    v = vector("signed_run-listed", "The run certificate is in the policy too, and pinned: as one of those it is trusted, whoever sealed before.",
               "B-SEA-2", pins=("run",))
    yield v.report(b.layout(), seals={first.number: ("not established", ["seal-untrusted"])})

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

    b = sealed("signed_extends-refused")
    b.session()
    b.note()
    foreign = b.seal(("attacker",))
    b.session(change={8: {1: 5, 2: b.all_seals[0]["root"], 3: b.all_seals[0]["signers"], 4: 2}}, refuse=(6, 4, "not ours"))
    b.base = len(b.records)
    wrong = b.note(item=99)
    b.session(change={8: {1: foreign.number, 2: b.all_seals[1]["root"], 3: [signer("second").fingerprint], 4: 3}})
    b.note()
    b.seal()
    lay = b.layout()
    v = vector("signed_extends-refused", "A session that is read while lost extends a refused seal: who signed that one is not judged.",
               "B-SES-1", "B-SES-4", "B-DMG-8")
    yield v.report(lay, [finding("refused", 6, length=4), v.on(lay, "item-unknown", wrong)], lost=wrong,
                   seals={foreign.number: None})

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

    b = Bundle("signed_extends-not-evaluated", policy=("ed25519",))
    b.file(b"a.txt", b"evidence")
    b.tail()
    open_seal = b.seal(("ed25519",), tail=False, signatures=[
        cms.signed_data(b.checkpoint(), signer("ed25519"), hash_name="sha512")])
    b.session()
    b.note()
    b.seal()
    v = vector("signed_extends-not-evaluated", "A session extends a seal whose signature was not evaluated: "
               "its signers are not judged.", "B-SES-1", pins=("examiner", "ed25519"))
    yield v.report(b.layout(), seals={open_seal.number: ("not established", ["seal-not-evaluated"])})


def vectors():
    yield from signed()
