"""Attacks and honest turns of events, each told in a README (threats T2 to T27)."""

from . import cms
from .builder import Bundle
from .keys import signer
from .layout import Piece
from .tree import sha256
from .vector import Vector, finding


class Scenario:
    """A folder with its README, pins and roots; its vectors share them."""

    def __init__(self, name, title, text, rules=(), pins=("examiner",), roots=None, at=None):
        self.name, self.rules, self.pins, self.at = name, rules, pins, at
        self.roots = roots
        self.files = {f"scenarios/{name}/README.md": f"# {title}\n\n{text.strip()}\n".encode()}
        self.files[f"scenarios/{name}/pins.txt"] = "".join(
            f"{signer(p).fingerprint.hex()}  {p}\n" for p in pins).encode()
        if roots:
            self.files[f"scenarios/{name}/roots.pem"] = signer(roots).pem.encode()

    def vector(self, file, comment):
        v = Vector(f"scenarios/{self.name}/{file}", comment, self.rules, pins=self.pins, at=self.at,
                   roots=f"scenarios/{self.name}/roots.pem" if self.roots else None)
        v.extra = self.files
        return v


def case(seed, **options):
    b = Bundle(seed, **options)
    b.file(b"report.txt", b"Nothing was found.\n")
    b.seal(tuple(options.get("policy", ("examiner",))))
    return b


def chain():
    s = Scenario("splice_fail", "Splice", """
A record of another bundle of the same laboratory is put between two records: the same tool, the same
signer, and in itself without a fault. Its core names another bundle, so it is passed over and told, and
what is around it still fits together. (T3)
""", ["B-DMG-3", "B-FRM-3"])
    b, other = case("splice"), case("splice other")
    lay = b.layout()
    foreign = other.records[2]
    piece = lay.insert_before(b.records[2], foreign.frame())
    yield s.vector("bundle", "A foreign record stands before record 2.").report(
        lay, [finding("core-bundle-id", foreign.number, lay.where(piece))])

    s = Scenario("splice-rewritten_fail", "Splice, with the bundle's own id", """
As in splice_fail, but the core was given this bundle's id and the number and previous record hash that
fit its place. Now the honest record that follows has a number that was already used, and the one after
it does not chain. The seal was over another tree. (T3)
""", ["B-DMG-4", "B-DMG-5", "B-SEA-1"])
    b = case("splice rewritten")
    evil = Bundle("splice rewritten")
    forged = evil.data(b"Something was found.\n", 1)
    lay = b.layout()
    lay.insert_before(b.records[2], forged.frame())
    item, seal = b.records[3], b.records[5]
    evil.index.add(item), evil.index.add(b.records[4])
    b.all_seals[0]["root"] = evil.index.tree.root()
    yield s.vector("bundle", "A forged record 2 stands before the honest one.").report(
        lay, [v_number(lay, b.records[2]), on(lay, "chain-previous", item),
              on(lay, "seal-mismatch", seal)], lost=item,
        seals={seal.number: ("fails", ["seal-unproven"])}, items={})

    s = Scenario("second-bundle-appended_fail", "A second bundle behind the seal", """
A whole other bundle is appended after the last seal, for a reader that looks for the end first. Not one
byte of it is shown as sealed: it is a torn tail. (T6)
""", ["B-DMG-1"])
    b, other = case("appended"), case("appended other")
    lay = b.layout()
    data = other.layout().files()[0]
    piece = lay.append(data)
    yield s.vector("bundle", "Another bundle follows.").report(
        lay, [finding("torn-tail", 6, lay.where(piece), len(data))])

    text = """
The disk that was imaged holds an earlier copy of this very bundle: whole frames with this bundle's id
and good digests, inside of a body. Read from the beginning, a body is a body. {} (T27)
"""
    s = Scenario("copy-of-itself_ok", "A bundle that images a disk with a copy of itself on it",
                 text.format("Nothing is found."), ["B-DMG-1"])
    b, _ = image("copy-of-itself")
    yield s.vector("bundle", "Frames inside a body.").report(b.layout())
    s = Scenario("copy-of-itself-damaged_fail", "The same, and the header around it is damaged",
                 text.format("When the header of the record around it is damaged, the reader searches "
                             "inside the body: the frames there have numbers that were already used, so "
                             "none is a candidate."), ["B-DMG-1", "B-DMG-4"])
    b, bad = image("copy-of-itself-damaged")
    lay = b.layout()
    lay.flip(bad, 60)
    yield s.vector("bundle", "The header of the image's record is damaged.").report(
        lay, [finding("frame-crc", bad.number, lay.where(bad), bad.length)], lost=bad)

    s = Scenario("overlapping-items_fail", "Two readings of one item", """
An item is given bytes twice for the same range, so that two tools could show two different files, each
proven by the same seal. Data must tile an item, so both tools refuse. (T26)
""", ["B-ITM-3"])
    b = Bundle("overlapping-items")
    b.data(b"Nothing was found.\n", 1)
    bad = b.data(b"Something was found.\n", 1, offset=0)
    b.close_item(1, name=b"report.txt")
    b.seal()
    lay = b.layout()
    yield s.vector("bundle", "Bytes from 0 on come twice.").report(lay, [on(lay, "item-tiling", bad)], lost=bad)


def on(lay, code, record):
    return finding(code, record, lay.where(record), item=record.item or None)


def v_number(lay, record):
    return finding("chain-number", record, lay.where(record))


def image(seed):
    """A sealed bundle, and then a disk image that holds all of it as it was."""
    b = case(seed)
    disk = b"boot" + b.layout().files()[0] + b"free"
    b.session()
    record = b.data(disk, 2)
    b.close_item(2, kind=4, name=b"disk")
    b.seal()
    return b, record


def forged(seed, **options):
    """What a forger makes of `case`: other content, everything hashed anew."""
    b = Bundle(seed, **options)
    b.file(b"report.txt", b"Something was found.\n")
    return b


def forgeries():
    s = Scenario("rehash-without-key_fail", "Everything hashed anew, without a key", """
The content is changed and every digest, hash, index and tail is made to fit. Without the key the old
signature is kept: it is over another checkpoint. Bytes alone prove nothing; the seal fails. (T2)
""", ["B-SEA-1", "B-SEA-2"])
    honest = case("rehash")
    b = forged("rehash")
    seal = b.seal(signatures=honest.all_seals[0]["signatures"])
    yield s.vector("bundle", "The old signature over a new checkpoint.").report(
        b.layout(), seals={seal.number: ("fails", ["seal-signature", "seal-policy"])})

    s = Scenario("own-key_fail", "Sealed anew with a key of the attacker's own", """
As before, and the session's policy now names the attacker's certificate, which has the examiner's very
name in it. The mathematics is right and the policy is met; but that certificate is not the one whose
fingerprint the reader pinned. Never "holds": not established. (T2)
""", ["B-SEA-2"])
    b = forged("own-key", policy=("attacker",))
    seal = b.seal(("attacker",))
    yield s.vector("bundle", "Policy and seal are the attacker's.").report(
        b.layout(), seals={seal.number: ("not established", ["seal-untrusted"])})
    s2 = Scenario("own-key_fail", "", "", ["B-SEA-2"], pins=())
    s2.files = s.files
    yield s2.vector("bundle-without-pins", "The same, when nothing is pinned: said once.").report(
        b.layout(), seals={seal.number: ("not established", [])}, signed=[finding("trust-none")])

    s = Scenario("key-swap_fail", "Signed by another of the same name", """
The policy still names the examiner's certificate, and the seal is signed by a certificate with the same
name and another key. ESS signing-certificate-v2 decides which certificate signed, not a name. (T2)
""", ["B-SEA-2"])
    b = case("key-swap")
    b.session()
    b.note("forged")
    seal = b.seal(("attacker",))
    yield s.vector("bundle", "Same name, another key.").report(
        b.layout(), seals={seal.number: ("fails", ["seal-policy"])})

    s = Scenario("key-swap-ess_fail", "The certificate that ESS names did not sign", """
The attacker signs with a key of their own, and lets ESS signing-certificate-v2 name the examiner's
certificate, which is put into the signature. The signature does not fit that certificate. (T2)
""", ["B-SEA-2"])
    b = case("key-swap-ess")
    b.session()
    b.note("forged")
    b.tail()
    evil = cms.signed_data(b.checkpoint(), signer("attacker"), ess_certificate=signer("examiner").der,
                           certificates=[signer("examiner").der, signer("attacker").der])
    seal = b.seal(tail=False, signatures=[evil])
    yield s.vector("bundle", "ESS names the examiner, the attacker signs.").report(
        b.layout(), seals={seal.number: ("fails", ["seal-signature", "seal-policy"])})

    s = Scenario("attribute-strip_fail", "Signed attributes presented as content", """
The signature of an honest seal is over its signed attributes. Their bytes are now put where the
checkpoint belongs and the attributes are left out: `openssl cms -verify -cades` accepts that. But the
bytes are not the checkpoint over this tree, and signed attributes are missing. (trap 1)
""", ["B-SEA-1", "B-SEA-2", "B-SEA-3"])
    b = case("attribute-strip")
    b.session()
    b.tail()
    content, stripped = cms.strip_attributes(b.checkpoint(), signer("examiner"))
    bad = b.seal(tail=False, checkpoint=content, signatures=[stripped])
    lay = b.layout()
    yield s.vector("bundle", "The attributes stand in place of the checkpoint.").report(
        lay, [on(lay, "seal-mismatch", bad)], seals={bad.number: ("fails", ["seal-unproven"])})
    b = case("attribute-strip checkpoint")
    b.session()
    b.tail()
    _, stripped = cms.strip_attributes(b.checkpoint(), signer("examiner"))
    bad = b.seal(tail=False, signatures=[stripped])
    yield s.vector("bundle-checkpoint", "The stripped signature beside the right checkpoint.").report(
        b.layout(), seals={bad.number: ("fails", ["seal-signature", "seal-policy"])})

    at = "2024-03-01T12:00:00Z"
    s = Scenario("own-root_fail", "A root out of the bundle", """
The attacker has a small PKI of their own, with the officer's name in the certificate, and puts its root into
the signature. Roots come from the reader, never from the bundle: not established. (trap 3)
""", ["B-SEA-2"], pins=(), roots="root", at=at)
    b = forged("own-root", policy=("impostor",))
    b.tail()
    evil = cms.signed_data(b.checkpoint(), signer("impostor"),
                           certificates=[signer("impostor").der, signer("other-root").der])
    seal = b.seal(tail=False, signatures=[evil])
    yield s.vector("bundle", "The root lies in the signature.").report(
        b.layout(), seals={seal.number: ("not established", ["seal-untrusted"])})

    s = Scenario("own-root_ok", "The same signer's name, under the right root", """
The honest officer's certificate was issued under the root that the reader gives.
""", ["B-SEA-2"], pins=(), roots="root", at=at)
    b = case("own-root ok", policy=("officer",))
    yield s.vector("bundle", "A path to the given root.").report(b.layout())

    for name, title, key, options, text in (
            ("sha1_fail", "SHA-1", "rsa2048", dict(hash_name="sha1"), "The signature is over a SHA-1 digest, for which collisions can be made. It is refused by name, not left open."),
            ("rsa1024_fail", "RSA of 1024 bits", "rsa1024", {}, "The key is too short to be worth anything. It is refused by name, not left open."),
            ("time-stamping-certificate_fail", "A time-stamping certificate as signer", "tsa", {}, "Whoever runs a time-stamping service signs whatever is sent to it. A certificate that is for time-stamping only may not seal.")):
        s = Scenario(name, title, f"{text} The fingerprint is pinned and the policy names it: that does not help. (T13, T14)",
                     ["B-SEA-2"], pins=(key,))
        b = forged(name, policy=(key,))
        b.tail()
        seal = b.seal(tail=False, signatures=[cms.signed_data(b.checkpoint(), signer(key), **options)])
        yield s.vector("bundle", title + ".").report(
            b.layout(), seals={seal.number: ("fails", ["seal-signature", "seal-policy"])})


def policies():
    two = ("examiner", "second")
    s = Scenario("stripped-signer_fail", "A signature is taken out of the last seal", """
Two must sign and did. Somebody takes one signature out of the last seal's record and hashes that record
anew: nothing after it covers it. The session's policy, which the seal covers, still asks for two. (trap 11)
""", ["B-SEA-2"], pins=two)
    b = forged("stripped-signer", policy=two)
    seal = b.seal(("examiner",))
    yield s.vector("bundle", "One of two signatures is left.").report(
        b.layout(), seals={seal.number: ("fails", ["seal-policy"])})

    s = Scenario("two-signers_ok", "Two signers", """
Two must sign, and both did: the examiner and a second one.
""", ["B-SEA-2", "B-SES-6"], pins=two)
    b = case("two-signers", policy=two)
    yield s.vector("bundle", "Two of two.").report(b.layout())

    s = Scenario("stolen-key_fail", "One key of three is stolen", """
Two of three must sign. The thief of one key signs twice with it, once with SHA-256 and once with SHA-384:
one certificate counts once. (T12)
""", ["B-SEA-2", "B-SES-6"], pins=("examiner", "second", "third"))
    b = forged("stolen-key", policy=("examiner", "second", "third"), needed=2)
    b.tail()
    point = b.checkpoint()
    seal = b.seal(tail=False, signatures=[cms.signed_data(point, signer("second")),
                                          cms.signed_data(point, signer("second"), hash_name="sha384")])
    yield s.vector("bundle", "The same key twice.").report(
        b.layout(), seals={seal.number: ("fails", ["seal-policy"])})

    s = Scenario("run-certificate_ok", "A run certificate, in its place", """
Two sign at the beginning of a long run; then the tool seals every hour with a certificate made for this
run, whose key never leaves memory. It counts, because the policy was met before in the same session.
""", ["B-SEA-2"], pins=two)
    b = case("run-certificate", policy=two, run="run")
    for n in range(3):
        b.note(f"hour {n}")
        b.seal(("run",))
    yield s.vector("bundle", "Three seals of the run.").report(b.layout())

    s = Scenario("run-certificate-early_fail", "A run certificate, before anybody signed", """
A session names a run certificate and the tool seals with it, but nobody ever met the policy in this
session: a run certificate says nothing by itself.
""", ["B-SEA-2"], pins=two)
    b = forged("run-certificate-early", policy=two, run="run")
    seal = b.seal(("run",))
    yield s.vector("bundle", "The run certificate alone.").report(
        b.layout(), seals={seal.number: ("fails", ["seal-policy"])})


def histories():
    def later(b, text, **options):
        b.session(**options)
        b.note(text)
        b.seal()
        return b

    s = Scenario("rollback_fail", "Rollback, with a receipt", """
The bundle was sealed twice; somebody cuts it off after the first seal. The file alone cannot show it. The
receipt of the second seal, kept in another agency's file, does: records are missing at the end. (T4)
""", ["B-RCP-1"])
    whole = later(case("rollback"), "found in the second search")
    b = case("rollback")
    v = s.vector("bundle", "Cut after the first seal; the receipt is of the second.")
    v.receipt(whole.all_seals[1]["checkpoint"])
    yield v.report(b.layout(), complete=[finding("receipt-rollback")])

    s = Scenario("rollback-without-receipt_ok", "Rollback, without a receipt", """
The same cut, and no receipt: nothing in the file tells of what followed, and no reader can say so. That is
why a verifier always prints what it was *not* held against. (T4)
""", ["B-RCP-1"])
    yield s.vector("bundle", "Cut after the first seal.").report(case("rollback").layout())

    s = Scenario("fork_fail", "Two histories", """
After the first seal the bundle was continued; then somebody with the key took the older state and made
another second seal. A receipt of the first history shows the fork; a receipt of the common past does not. (T12)
""", ["B-RCP-1"])
    one, two = later(case("fork"), "nothing was found"), later(case("fork"), "something was found")
    v = s.vector("bundle", "The second history, with the receipt of the first.")
    v.receipt(one.all_seals[1]["checkpoint"])
    yield v.report(two.layout(), complete=[finding("receipt-fork")])
    v = s.vector("bundle-common", "The second history, with a receipt of the common past.")
    v.receipt(one.all_seals[0]["checkpoint"])
    yield v.report(two.layout())

    s = Scenario("branch_ok", "Two honest copies go on apart", """
The prosecution and the defence each work on with a copy. The defence began a branch, which its seals name.
A receipt of the prosecution's copy is no proof of tampering, and none of agreement either: the branch is
told. Receipts of the common past and of the own branch hold. (trap 8)
""", ["B-RCP-1", "B-SES-8"])
    one = later(case("branch"), "prosecution")
    two = later(case("branch"), "defence", branch=b"\xde" * 16)
    v = s.vector("bundle", "The defence's copy with three receipts: past, own, other.")
    v.receipt(one.all_seals[0]["checkpoint"], "-past").receipt(two.all_seals[1]["checkpoint"], "-own")
    v.receipt(one.all_seals[1]["checkpoint"], "-other")
    yield v.report(two.layout(), complete=[finding("receipt-branch")])


def tails():
    def forged_tail(seed):
        b = case(seed)
        b.session(policy=("attacker",))
        b.file(b"planted.txt", b"Something was found.\n")
        return b

    s = Scenario("unsigned-tail_fail", "Unsigned records, then an honest seal", """
Somebody without a key appends a session and a planted file after the last seal. The honest examiner's tool
goes on without a word about them, and its next seal would cover them. A session must account for what
came between, so this bundle is refused. (T25)
""", ["B-SES-2", "B-ORD-7"])
    b = forged_tail("unsigned-tail")
    bad = b.session()
    b.note()
    b.seal()
    lay = b.layout()
    yield s.vector("bundle", "Nothing is said of three records.").report(
        lay, [on(lay, "session-account", bad)], lost=bad)

    s = Scenario("unsigned-tail-refused_ok", "Unsigned records, refused", """
The same planted records; the honest examiner refuses them. They stay in the chain and mean nothing: the
planted file is no item, and its id is used again. (T25)
""", ["B-SES-2", "B-SES-4"])
    b = forged_tail("unsigned-tail-refused")
    b.session(refuse="not written by this laboratory")
    b.file(b"second.txt", b"honest\n")
    b.seal()
    yield s.vector("bundle", "Three records are refused.").report(b.layout(), [finding("refused", 6, length=3)])

    s = Scenario("unsigned-tail-adopted_ok", "Unsigned records, adopted", """
After a power cut the examiner adopts what the tool had written before the next seal, and says why. It is
shown as adopted in the later session, never as signed by anybody before. (T25)
""", ["B-SES-5"])
    b = case("unsigned-tail-adopted")
    b.session()
    b.file(b"second.txt", b"honest\n")
    b.session(adopt="compared with the source")
    b.seal()
    yield s.vector("bundle", "Three records are adopted.").report(b.layout(), [finding("adopted", 6, length=3)])

    s = Scenario("undeclared-withholding_fail", "Withheld without a decision", """
Somebody hands on a copy without the body of a record that does not suit them. Chain, tree and seal stay
right, as for any copy; but no sealed decision names the record: it was removed. (T24)
""", ["B-WTH-2", "B-WTH-3"])
    b = case("undeclared-withholding")
    yield s.vector("bundle", "Record 2 is withheld, nobody decided it.").report(
        b.layout((2,)), complete=[finding("removed", 2, length=1)], items={})
    b = case("undeclared-withholding declared")
    b.session()
    b.withhold((2, 2))
    b.seal()
    s = Scenario("declared-withholding_ok", "Withheld under a decision", """
The same, and a sealed record says who decided it, for whom and what stays public: an exception. (T24)
""", ["B-WTH-2", "B-WTH-3"])
    yield s.vector("bundle", "Record 2 is withheld under a decision.").report(
        b.layout((2,)), complete=[finding("withheld", 2, length=1)], items={})

    s = Scenario("forged-hand-over_fail", "Received in another's name", """
The examiner hands over to a second one, and then writes that the second one received it, too, to be rid of
it. The seal after that event is the examiner's own: the half does not count. (11.5)
""", ["B-EVT-1"], pins=("examiner", "second"))
    b = Bundle("forged-hand-over")
    b.file(b"report.txt", b"Nothing was found.\n")
    out = b.event(2, "examiner")
    seal = b.seal()
    b.session()
    event = b.event(3, "second", seal)
    b.seal()
    yield s.vector("bundle", "The party did not sign.").report(
        b.layout(), custody=[finding("custody-unsigned", event), finding("custody-pending", out)])

    s = Scenario("torn-then-next-volume_ok", "Power cut, then a new volume", """
The power fails within a record. The volume cannot be cut (it is on a medium that is written once), so the
next session begins a new volume and says how many bytes at the end of the old one are no records. (T16)
""", ["B-SES-7"])
    b = case("torn-then-next-volume")
    scrap = b.records[2].frame()[:100]
    b.new_volume()
    session = b.session(torn=(len(scrap), sha256(scrap), 0))
    b.file(b"second.txt", b"after the power came back\n")
    b.seal()
    lay = b.layout()
    lay.volumes[0].append(Piece(scrap))
    yield s.vector("bundle", "Volume 0 ends in half a frame.").report(
        lay, [finding("torn", session, lay.where(session), len(scrap))])


def vectors():
    for part in (chain, forgeries, policies, histories, tails):
        yield from part()

