"""What is derived from the records before: index, tails, seals, attests, withhold (8.2 to 10)."""

import base64

from .builder import Bundle
from .index import columns, row
from .tree import sha256
from .vector import Vector, finding


def sealed(seed, **options):
    b = Bundle(seed, **options)
    b.file(b"a.txt", b"evidence")
    return b


def broken(area, tail, code, rules, comment, b, bad, **report):
    lay = b.layout()
    v = Vector(f"invalid/{area}_{tail}", comment, list(rules) + ["B-ORD-8"])
    return v.report(lay, [v.on(lay, code, bad)], lost=bad, **report)


def run(seed, records, auto=True):
    """A bundle of so many records: one item, then notes."""
    b = Bundle(seed, auto_index=auto)
    b.file(b"a.txt", b"evidence")
    while len(b.records) < records:
        b.append("note", {1: ""})
    return b


def index():
    b = run("index_due-note", 256, auto=False)
    bad = b.note()
    b.seal()
    yield broken("index", "due-note", "index-due", ["B-IDX-1", "B-IDX-3"],
                 "256 records are there, and a note comes before the index record.", b, bad)

    b = run("index_unexpected", 10)
    body = b.index.body(0, 0)
    bad = b.append("index", body)
    b.seal()
    yield broken("index", "unexpected", "index-unexpected", ["B-IDX-4"],
                 "An index record after ten records.", b, bad)

    b = run("index_again", 256)
    b.write_due()
    bad = b.append("index", b.index.body(0, 0))
    b.seal()
    yield broken("index", "again", "index-unexpected", ["B-IDX-4"],
                 "The same block is written twice.", b, bad)

    def changed(column, at):
        def make(body):
            data = bytearray(body[3][column])
            data[at] ^= 1
            return {**body, 3: {**body[3], column: bytes(data)}}
        return make

    def short(body):
        widths = (8, 32, 8, 8, 4, 1)
        return {**body, 3: {k: body[3][k][:-w] for k, w in zip(range(1, 7), widths)}}

    for tail, make, comment in (
            ("offset", changed(1, 15), "The logical offset of record 1 is another."),
            ("hash", changed(2, 32 * 255), "The record hash of record 255 is another."),
            ("item", changed(3, 8 * 2 + 7), "The item id of record 2 is another."),
            ("type", changed(6, 0), "The type of record 0 is another."),
            ("block", lambda body: {**body, 2: 1}, "The block number is 1."),
            ("rows", short, "A block of 255 rows.")):
        b = run(f"index_mismatch-{tail}", 256)
        body = make(b.index.body(0, 0))
        bad = b.write_index(0, 0, body)
        b.seal()
        yield broken("index", f"mismatch-{tail}", "index-mismatch", ["B-IDX-1", "B-IDX-4"], comment, b, bad)

    b = run("index_mismatch-level", 256)
    level = {k: bytes(w) for k, w in zip(range(1, 8), (32, 8, 8, 8, 8, 8, 8))}
    b.auto_index = False
    bad = b.append("index", {1: 1, 2: 0, 3: level})
    b.seal()
    yield broken("index", "mismatch-level", "index-mismatch", ["B-IDX-3", "B-IDX-4"],
                 "A block of level 1 where one of level 0 is due.", b, bad)


def tails():
    cases = [
        ("offset", lambda t: {1: t[1] + 1}, {}, "Its own logical offset is one more."),
        ("frontier", lambda t: {2: [bytes(32)] + t[2][1:]}, {}, "The first frontier hash is zero."),
        ("frontier-short", lambda t: {2: t[2][:-1]}, {}, "The last frontier hash is missing."),
        ("frontier-order", lambda t: {2: t[2][::-1]}, {}, "The frontier begins with the smallest subtree."),
        ("first-row", lambda t: {3: 1}, {}, "The first row is that of record 1."),
        ("row", lambda t: {4: {**t[4], 6: b"\2" + t[4][6][1:]}}, {}, "The type of record 0 is another."),
        ("row-missing", lambda t: {4: {k: v[:-w] for (k, v), w in zip(sorted(t[4].items()), (8, 32, 8, 8, 4, 1))}}, {}, "The last row is missing."),
        ("leans", lambda t: {5: [3]}, {}, "It leans on a record that is no tail."),
        ("level", lambda t: {6: [{k: b"" for k in range(1, 8)}]}, {}, "It has a level 1, which never had a row."),
        ("state-next-id", None, {1: 3}, "The next item id is 3, not 2."),
        ("state-open", None, {2: [[1, 8]]}, "The closed item is listed as open."),
        ("state-closed", None, {3: True}, "It says that the bundle is closed."),
        ("state-unnamed", None, {4: []}, "The item that no names record holds is missing."),
        ("state-session", None, {5: 0}, "The session in force is another."),
        ("state-names", None, {6: 2}, "A names record where there is none."),
        ("state-withhold", None, {7: 2}, "A withhold record where there is none."),
        ("state-branch", None, {8: bytes(16)}, "A branch where there is none."),
    ]
    for tail, change, state, comment in cases:
        b = sealed(f"tail_{tail}")
        if tail == "frontier-order":
            b.note()  # five records: two subtrees
        if change:
            keep = list(b.index.tails)
            change = change(b.index.tail(b.logical))
            b.index.tails = keep
        bad = b.tail(change, state)
        b.seal(tail=False)
        rule = "B-TAI-3" if tail.startswith("state") else "B-TAI-2" if tail in ("first-row", "leans") else "B-TAI-1"
        yield broken("tail", tail, "tail-mismatch", [rule], comment, b, bad)

    b = sealed("tail_state-open-missing")
    b.data(b"x", 2)
    bad = b.tail(state={2: []})
    b.seal(tail=False)
    yield broken("tail", "state-open-missing", "tail-mismatch", ["B-TAI-3"],
                 "The item that is open is missing.", b, bad)

    b = sealed("tail_state-open-end")
    b.data(b"x", 2)
    bad = b.tail(state={2: [[2, 2]]})
    b.seal(tail=False)
    yield broken("tail", "state-open-end", "tail-mismatch", ["B-TAI-3"],
                 "The end that the open item reached is another.", b, bad)

    b = sealed("tail_leans-missing")
    b.seal()
    b.session()
    bad = b.tail({3: 0, 5: [], 4: columns([row(r) for r in b.index.records])})
    b.seal(tail=False)
    yield broken("tail", "leans-missing", "tail-mismatch", ["B-TAI-2"],
                 "A second tail holds all rows and leans on none.", b, bad)


def seals():
    def text(b, n=None, root=None, origin=None, end="\n"):
        head, size, base = b.checkpoint().decode().split("\n")[:3]
        return f"{origin or head}\n{size if n is None else n}\n{root or base}{end}".encode()

    cases = [
        ("size", lambda b: text(b, n=1), "B-SEA-1", "The size is 1."),
        ("size-zeros", lambda b: text(b, n=f"0{len(b.records)}"), "B-CHK-1", "The size has a leading zero."),
        ("root", lambda b: text(b, root=base64.b64encode(bytes(32)).decode()), "B-SEA-1", "The root is another."),
        ("origin", lambda b: text(b, origin="bukti/1/00000000-0000-0000-0000-000000000000"), "B-SEA-1", "The origin is that of another bundle."),
        ("origin-case", lambda b: text(b, origin=b.checkpoint().decode().split("\n")[0].upper()), "B-CHK-1", "The origin is in upper case."),
        ("branch", lambda b: text(b, origin=b.checkpoint().decode().split("\n")[0] + "/" + "00" * 16), "B-CHK-1", "The origin has a branch; the bundle has none."),
        ("no-end", lambda b: text(b, end=""), "B-CHK-1", "The last line does not end."),
        ("crlf", lambda b: text(b).replace(b"\n", b"\r\n"), "B-CHK-1", "The lines end in CR LF."),
        ("fourth-line", lambda b: text(b) + b"more\n", "B-CHK-1", "A fourth line follows."),
        ("empty", lambda b: b"", "B-SEA-1", "The checkpoint is empty."),
    ]
    for tail, make, rule, comment in cases:
        b = sealed(f"seal_{tail}")
        b.tail()
        bad = b.seal(tail=False, checkpoint=make(b))
        lay = b.layout()
        v = Vector(f"invalid/seal_{tail}", comment + " It is signed as it is.", [rule, "B-SEA-3"])
        yield v.report(lay, [v.on(lay, "seal-mismatch", bad)],
                       seals={bad.number: ("fails", ["seal-unproven"])})

    b = sealed("seal_branch-missing", branch=b"branch of a copy")
    b.tail()
    plain = b.checkpoint().split(b"/")
    origin = b"/".join(plain[:3])
    rest = b.checkpoint().split(b"\n", 1)[1]
    bad = b.seal(tail=False, checkpoint=origin + b"\n" + rest)
    lay = b.layout()
    v = Vector("invalid/seal_branch-missing", "A branch is in force; the origin does not name it.",
               ["B-CHK-1", "B-SES-8", "B-SEA-3"])
    yield v.report(lay, [v.on(lay, "seal-mismatch", bad)],
                   seals={bad.number: ("fails", ["seal-unproven"])})


def attests():
    cases = [
        ("record", 5, lambda b, s: {1: s.number - 1}, (), "B-ATT-1", "It names the tail."),
        ("record-later", 5, lambda b, s: {1: s.number + 1}, (), "B-ATT-1", "It names itself."),
        ("hash", 5, lambda b, s: {2: bytes(32)}, (), "B-ATT-1", "The record hash is another."),
        ("signature-missing", 5, lambda b, s: {}, (6,), "B-ATT-1", "Certificates do not say for which signature."),
        ("signature-extra", 2, lambda b, s: {6: 0}, (), "B-ATT-1", "A signature of the checkpoint names a signature of the seal."),
        ("signature-high", 5, lambda b, s: {6: 1}, (), "B-ATT-1", "It names signature 1 of a seal with one signature."),
        ("digest-signature", 5, lambda b, s: {4: sha256(b.all_seals[0]["checkpoint"])}, (), "B-ATT-2", "The digest is that of the checkpoint, where it must be of the signature."),
        ("digest-checkpoint", 2, lambda b, s: {4: sha256(b.all_seals[0]["signatures"][0])}, (), "B-ATT-2", "The digest is that of the signature, where it must be of the checkpoint."),
    ]
    for tail, kind, change, drop, rule, comment in cases:
        b = sealed(f"attest_{tail}")
        seal = b.seal()
        bad = b.attest(seal, kind, change=change(b, seal), drop=drop)
        yield broken("attest", tail, "attest-target", [rule], comment, b, bad,
                     stamps=[finding("timestamp-none")])

    b = sealed("attest_refused")
    b.seal()
    b.session()
    b.note()
    foreign = b.seal(("attacker",))
    entry = b.all_seals[1]
    b.session(change={8: {1: 5, 2: b.all_seals[0]["root"], 3: b.all_seals[0]["signers"], 4: 2}},
              refuse=(6, 4, "not ours"))
    b.base = len(b.records)
    b.seal()
    bad = b.attest(foreign, 5)
    lay = b.layout()
    v = Vector("invalid/attest_refused", "An attest names a seal that was refused.", ["B-ATT-1", "B-SES-4"])
    yield v.report(lay, [finding("refused", 6, length=4), v.on(lay, "attest-target", bad)], lost=bad,
                   seals={entry["record"]: None}, stamps=[finding("timestamp-none")])


def withholds():
    def end(r):
        return r.logical + 152 + r.core.stored

    def rows(b, *runs):
        return [[f, n, b.records[f].logical, end(b.records[f + n - 1])] for f, n in runs]

    cases = [
        ("order", lambda b: rows(b, (4, 1), (2, 1)), "The runs descend."),
        ("touch", lambda b: rows(b, (2, 1), (3, 1)), "Two runs touch."),
        ("overlap", lambda b: rows(b, (2, 2), (3, 1)), "Two runs overlap."),
        ("later", lambda b: [[b.next, 1, b.logical, b.logical + 200]], "A run names the withhold record itself."),
        ("beyond", lambda b: [[4, 9, b.records[4].logical, b.logical + 2000]], "A run goes on past the withhold record."),
        ("session", lambda b: rows(b, (1, 1)), "A run names a session."),
        ("tail", lambda b: rows(b, (2, 4)), "A run names a tail among others."),
        ("start", lambda b: [[2, 1, b.records[2].logical + 1, end(b.records[2])]], "A run's logical start is another."),
        ("end", lambda b: [[2, 1, b.records[2].logical, end(b.records[2]) - 1]], "A run's logical end is another."),
    ]
    for tail, make, comment in cases:
        b = sealed(f"withhold_{tail}")
        b.note()
        b.tail()
        bad = b.withhold(body={6: make(b)})
        b.seal()
        yield broken("withhold", tail, "withhold-list", ["B-WTH-1"], comment, b, bad)


def vectors():
    for part in (index, tails, seals, attests, withholds):
        yield from part()

