"""Items (spec 6) and names (8.1)."""

from .builder import Bundle
from .tree import sha256
from .vector import Vector, finding


def sealed_after(area, tail, code, rules, comment, make, after=None, **report):
    """A bundle with a closed item 1; `make` breaks a rule, and everything after it is *lost*."""
    b = Bundle(f"{area}_{tail}")
    b.file(b"a.txt", b"evidence")
    bad = make(b)
    if after:
        after(b)
    b.seal()
    lay = b.layout()
    v = Vector(f"invalid/{area}_{tail}", comment, list(rules) + ["B-ORD-8"])
    out = [v.on(lay, code, bad)]
    if bad.type == 6:
        length = report.pop("length", 9)
        out.append(v.on(lay, "gap", bad, length))
        if length > 1 << 43:
            out.insert(0, finding("max-plain"))
    return v.report(lay, out, lost=bad, **report)


def ids():
    for kind, make in (("data", lambda b: b.data(b"x", 3)), ("gap", lambda b: b.gap(9, 3)),
                       ("open", lambda b: b.open(3, name=b"c")),
                       ("item", lambda b: b.close_item(3, kind=2, name=b"c"))):
        yield sealed_after("item", f"id-skipped-{kind}", "item-id", ["B-ITM-1"],
                           f"The first record of a new item ({kind}) skips an id.", make)
    unknown = [
        ("note", lambda b: b.note(item=2), "A note is about an item that is not in use."),
        ("event", lambda b: b.event(item=2), "An event is about an item that is not in use."),
        ("event-list", lambda b: b.event(change={13: [1, 2]}), "An event names an item that is not in use."),
        ("parent", lambda b: b.close_item(2, kind=2, name=b"b", change={6: 3}), "A parent that is not in use."),
        ("same-as", lambda b: b.close_item(2, kind=1, name=b"b", change={12: 3, 3: 0}), "same-as names an item that is not in use."),
        ("supplements", lambda b: b.open(2, name=b"b", supplements=3), "supplements names an item that is not in use."),
        ("note-own", lambda b: b.note(change={2: 4}), "A note about itself."),
        ("note-later", lambda b: b.note(change={2: 5}), "A note about a later record."),
    ]
    for tail, make, comment in unknown:
        rule = "B-NTE-1" if tail.startswith("note-") else "B-ITM-1"
        report = {"custody": None}
        yield sealed_after("item", f"unknown-{tail}", "item-unknown", [rule], comment, make, **report)

    for kind, make in (("data", lambda b: b.data(b"x", 1)), ("gap", lambda b: b.gap(9, 1)),
                       ("open", lambda b: b.open(1, name=b"a.txt", resume=True)),
                       ("item", lambda b: b.close_item(1))):
        def broken(b, make=make):
            keep = b.state.items[1].record
            record = make(b)
            b.state.items[1].record = keep
            return record
        yield sealed_after("item", f"closed-{kind}", "item-closed", ["B-ITM-2"],
                           f"A {kind} record of an item that is closed.", broken,
                           items={"1": hello()})

    for kind in ("data", "open", "gap"):
        b = Bundle(f"item_limit-{kind}")
        for n in range(1, 257):
            b.data(b"x", n)
        bad = {"data": lambda: b.data(b"x", 257), "gap": lambda: b.gap(9, 257),
               "open": lambda: b.open(257, name=b"x")}[kind]()
        del b.state.items[257]
        b.seal()
        lay = b.layout()
        v = Vector(f"invalid/item_limit-{kind}", f"256 items are open, and a {kind} record begins one more.",
                   ["B-ITM-2", "B-ITM-10"])
        out = [v.on(lay, "item-limit", bad)]
        if kind == "gap":
            out.append(v.on(lay, "gap", bad, 9))
        yield v.report(lay, out, lost=bad)


def hello():
    return {"sha256": sha256(b"evidence").hex(), "size": 8}


def tiling():
    def two(second, **core):
        def make(b):
            b.data(b"0123456789", 2)
            return second(b, **core)
        return make

    def data(b, **core):
        return b.data(b"abc", 2, **core)

    def gap(b, **core):
        return b.gap(9, 2, **core)

    for tail, make, comment in (
            ("overlap", two(data, offset=9), "A data record begins one byte before the end reached."),
            ("hole", two(data, offset=11), "A data record leaves a byte out."),
            ("again", two(data, offset=0), "A data record begins at 0 again."),
            ("start", lambda b: b.data(b"abc", 2, offset=1), "The first data record begins at 1."),
            ("gap-overlap", two(gap, offset=9), "A gap begins before the end reached."),
            ("gap-hole", two(gap, offset=11), "A gap leaves a byte out.")):
        yield sealed_after("item", f"tiling-{tail}", "item-tiling", ["B-ITM-3"], comment, make)

    def high(b):
        b.item_of(2)
        return b.append("gap", {1: 1 << 56, 2: 2, 5: "x"}, item=2)

    yield sealed_after("item", "end-gap", "core-offset", ["B-ITM-9", "B-ITM-3"],
                       "A gap of length 2^56.", high, length=1 << 56)

    def higher(b):
        b.item_of(2)
        first = b.append("gap", {1: (1 << 56) - 1, 2: 2, 5: "x"}, item=2)
        return b.append("gap", {1: 1, 2: 2, 5: "x"}, item=2, offset=(1 << 56) - 1), first

    b = Bundle("item_end-gap-second")
    bad, first = higher(b.file(b"a.txt", b"evidence") and b)
    b.seal()
    lay = b.layout()
    v = Vector("invalid/item_end-gap-second", "A gap reaches 2^56 − 1, which is the highest end; a second goes on.",
               ["B-ITM-3", "B-ITM-9"])
    yield v.report(lay, [finding("max-plain"), v.on(lay, "gap", first, (1 << 56) - 1), v.on(lay, "core-offset", bad),
                         v.on(lay, "gap", bad, 1)], lost=bad)


def resume():
    def opened(b):
        b.open(2, name=b"b", kind=4)
        b.data(b"0123", 2)

    def later(second, **options):
        def make(b):
            opened(b)
            b.seal()
            b.session()
            return second(b, **options)
        return make

    def reopen(b, **options):
        return b.open(2, **{"name": b"b", "kind": 4, **options})

    cases = [
        ("new", lambda b: b.open(2, name=b"b", change={5: {1: 0, 2: 0, 3: True, 4: "x"}}), "An item-open of a new item resumes.", "B-ITM-4"),
        ("twice", lambda b: (opened(b), reopen(b))[1], "An item is opened twice.", "B-ITM-4"),
        ("same-session", lambda b: (opened(b), reopen(b, resume=True))[1], "An item is resumed in the session that opened it.", "B-ITM-5"),
        ("absent", later(reopen), "A suspended item is opened without resume.", "B-ITM-4"),
        ("offset", later(reopen, resume={1: 3, 2: 0, 3: True, 4: "x"}), "A resume at another offset than the end reached.", "B-ITM-4"),
        ("kind", later(reopen, resume=True, kind=1), "A resume as another kind.", "B-ITM-4"),
        ("name", later(reopen, resume=True, name=b"c"), "A resume with another name.", "B-ITM-4"),
        ("supplements", later(reopen, resume=True, supplements=1), "A resume supplements what the item did not.", "B-ITM-4"),
        ("data", later(lambda b: b.data(b"4567", 2)), "Data of a suspended item without resume.", "B-ITM-5"),
        ("gap", later(lambda b: b.gap(9, 2)), "A gap of a suspended item without resume.", "B-ITM-5"),
        ("item", later(lambda b: b.close_item(2)), "A suspended item is closed without resume.", "B-ITM-5"),
        ("again", later(lambda b: (reopen(b, resume=True), reopen(b, resume=True))[1]), "An item is resumed twice in a session.", "B-ITM-5"),
    ]
    for tail, make, comment, rule in cases:
        yield sealed_after("item", f"resume-{tail}", "item-resume", [rule], comment, make)


def item_records():
    one = {1: bytes(32)}

    def item(kind=1, content=b"more", state=1, change=None, drop=(), before=None):
        def make(b):
            if before:
                before(b)
            if content:
                b.data(content, b.state.next_id)
                return b.close_item(kind=kind, name=b"b", state=state, change=change, drop=drop)
            return b.close_item(b.state.next_id, kind=kind, name=b"b", state=state, change=change, drop=drop)
        return make

    sizes = [("size-more", dict(change={3: 5}), "The size is one more than the end reached."),
             ("size-less", dict(change={3: 3}), "The size is one less than the end reached."),
             ("size-empty", dict(content=b"", change={3: 1}), "An item without data has size 1.")]
    for tail, options, comment in sizes:
        yield sealed_after("item", tail, "item-size", ["B-ITM-6"], comment, item(**options))

    kinds = [
        ("no-digests", dict(drop=(5,)), "A file without digests."),
        ("digest-extra", dict(change={5: {**one, 2: bytes(16)}}), "An MD5 that the session does not name."),
        ("directory-size", dict(kind=2, content=b"x"), "A directory with bytes."),
        ("directory-digests", dict(kind=2, content=b"", change={5: one}), "A directory with digests."),
        ("not-acquired-digests", dict(state=4, content=b"", change={5: one}), "An item not acquired with digests."),
        ("not-acquired-size", dict(state=4, content=b"x"), "An item not acquired with bytes."),
        ("link-no-target", dict(kind=3, content=b""), "A symbolic link without target."),
        ("file-target", dict(change={11: b"x"}), "A file with a target."),
        ("link-not-acquired-target", dict(kind=3, content=b"", state=4, change={11: b"x"}), "A symbolic link that was not acquired has a target."),
        ("same-as-directory", dict(kind=2, content=b"", change={12: 1}), "A directory is the same as a file."),
        ("same-as-digests", dict(content=b"", change={12: 1, 5: one}), "A hard link with digests of its own."),
        ("same-as-size", dict(content=b"x", change={12: 1}), "A hard link with bytes of its own."),
        ("no-reason", dict(state=2, drop=(16,)), "A partial item without reason."),
        ("reason", dict(change={16: "x"}), "A complete item with a reason."),
    ]
    for tail, options, comment in kinds:
        v = sealed_after("item", f"kind-{tail}", "item-kind", ["B-ITM-6"], comment, item(**options))
        state = options.get("state", 1)
        yield with_state(v, state)

    b = Bundle("item_kind-digest-missing", digests=(2,))
    b.data(b"evidence", 1)
    bad = b.close_item(1, name=b"a.txt", change={5: {1: b.state.items[1].digests()[1]}})
    b.seal()
    lay = b.layout()
    v = Vector("invalid/item_kind-digest-missing", "An MD5 that the session names is missing.",
               ["B-ITM-6", "B-SES-9"])
    yield v.report(lay, [v.on(lay, "item-kind", bad)], lost=bad)

    def with_open(b):
        b.data(b"y", 2)

    def with_directory(b):
        b.close_item(2, kind=2, name=b"d")

    def third(**options):
        def make(b):
            options["before"](b)
            return b.close_item(3, kind=options.get("kind", 1), name=b"c", change=options["change"])
        return make

    def gaps(b):
        b.gap(4, 2)
        return b.close_item(2, kind=4, name=b"b", change={14: 1})

    refs = [
        ("parent-self", lambda b: (b.data(b"x", 2), b.close_item(2, name=b"b", change={6: 2}))[1], "An item is its own parent."),
        ("same-as-open", third(before=with_open, change={12: 2}), "A hard link to an item that is still open."),
        ("same-as-directory", third(before=with_directory, change={12: 2}), "A hard link to a directory."),
        ("supplements-open", third(before=with_open, change={14: 2}), "An item supplements one that is still open."),
        ("supplements-directory", lambda b: (with_directory(b), b.open(3, name=b"c", supplements=2))[1], "An item-open supplements a directory."),
        ("supplements-changed", lambda b: (b.file(b"b", b"b"), b.open(3, name=b"c", supplements=1), b.close_item(3, change={14: 2}))[2], "The item supplements another than its item-open said."),
        ("supplements-dropped", lambda b: (b.open(2, name=b"c", supplements=1), b.close_item(2, drop=(14,)))[1], "The item-open supplements an item, the item record none."),
        ("supplements-gap", gaps, "An item that supplements has a gap and no item-open."),
    ]
    for tail, make, comment in refs:
        b = Bundle(f"item_reference-{tail}")
        b.file(b"a.txt", b"evidence")
        bad = make(b)
        b.seal()
        lay = b.layout()
        v = Vector(f"invalid/item_reference-{tail}", comment,
                   ["B-ITM-7" if tail != "supplements-gap" else "B-ITM-8", "B-ITM-10"])
        out = [v.on(lay, "item-reference", bad)]
        if tail == "supplements-gap":
            out.insert(0, v.on(lay, "gap", b.records[-4], 4))
        yield v.report(lay, out, lost=bad)


def with_state(v, state):
    """Adds the exception of an item that is not complete, after the finding about its record."""
    if state == 1:
        return v
    first = v.expect["findings"][0]
    v.expect["findings"].insert(1, {**first, "code": "item-state"})
    return v


def digests():
    def wrong(tail, comment, make, options=None):
        b = Bundle(f"item_digest-{tail}", **(options or {}))
        b.file(b"a.txt", b"evidence")
        bad = make(b)
        b.seal()
        lay = b.layout()
        v = Vector(f"invalid/item_digest-{tail}", comment, ["B-ITM-8"])
        out = [v.on(lay, "item-digest", bad)]
        gap = [r for r in b.records if r.type == 6]
        out = [v.on(lay, "gap", g, 4) for g in gap] + out
        return v.report(lay, out, unusable=False,
                        items={"1": hello()})

    def plain(b):
        b.data(b"more", 2)
        return b.close_item(2, name=b"b", change={5: {1: bytes(32)}})

    def gap(b):
        b.data(b"more", 2)
        b.gap(4, 2)
        return b.close_item(2, name=b"b", change={5: {1: sha256(b"more")}})

    def supplement(b):
        b.open(2, name=b"b", supplements=1)
        b.gap(4, 2)
        b.data(b"ence", 2)
        return b.close_item(2, change={5: {1: sha256(bytes(4) + b"ence")}})

    def md5(b):
        b.data(b"more", 2)
        return b.close_item(2, name=b"b", change={5: {**b.state.items[2].digests(), 2: bytes(16)}})

    def empty(b):
        return b.close_item(2, kind=1, name=b"b", change={5: {1: bytes(32)}})

    yield wrong("sha256", "The SHA-256 is another.", plain)
    yield wrong("gap-left-out", "The digest leaves a gap out, which counts as zeros.", gap)
    yield wrong("supplement-gap", "An item that supplements counts its gap as zeros, which is left out.", supplement)
    yield wrong("md5", "The MD5 is another.", md5, dict(digests=(2,)))
    yield wrong("empty", "An empty file's digest is another.", empty)


def names():
    row = [1, 3, b"a.txt", 1, 8]
    cases = [
        ("none", [], None, "No row for the item that was closed.", "B-NAM-1"),
        ("twice", [row, row], None, "A row twice.", "B-NAM-1"),
        ("record", [[1, 2, b"a.txt", 1, 8]], None, "The record number is that of the data record.", "B-NAM-1"),
        ("item", [[2, 3, b"a.txt", 1, 8]], None, "The item is another.", "B-NAM-1"),
        ("name", [[1, 3, b"b.txt", 1, 8]], None, "The name is another.", "B-NAM-1"),
        ("kind", [[1, 3, b"a.txt", 4, 8]], None, "The kind is another.", "B-NAM-1"),
        ("size", [[1, 3, b"a.txt", 1, 9]], None, "The size is another.", "B-NAM-1"),
        ("previous-first", None, {2: 3}, "The first names record names one before it.", "B-NAM-3"),
        ("restated-none", None, {3: [[3, []]]}, "Restates a record that is no names record.", "B-NAM-4"),
    ]
    for tail, rows, change, comment, rule in cases:
        yield sealed_after("names", tail, "names-mismatch", [rule], comment,
                           lambda b, rows=rows, change=change: b.names(rows, change))

    def second(change, swap=False):
        def make(b):
            b.names()
            b.file(b"b", b"b")
            b.names()
            b.file(b"c", b"c")
            b.file(b"d", b"d")
            rows = [list(r) for r in b.state.unnamed]
            return b.names(rows[::-1] if swap else rows, change)
        return make

    for tail, change, swap, comment, rule in (
            ("order", None, True, "The rows are not in the order of closing.", "B-NAM-1"),
            ("previous-absent", {2: None}, False, "Does not name the names record before.", "B-NAM-3"),
            ("previous-older", {2: 4}, False, "Names not the names record before but an older one.", "B-NAM-3"),
            ("restated-order", {3: [[7, []], [4, []]]}, False, "Restates names records that descend.", "B-NAM-4"),
            ("restated-later", {3: [[12, []]]}, False, "Restates itself.", "B-NAM-4")):
        yield sealed_after("names", tail, "names-mismatch", [rule], comment, second(change, swap))

    b = Bundle("names_due")
    for n in range(257):
        bad = b.close_item(b.state.next_id, kind=2, name=b"d%d" % n)
    b.state.unnamed.pop()
    b.seal()
    lay = b.layout()
    v = Vector("invalid/names_due", "A 257th item is closed while 256 are not yet named.",
               ["B-NAM-2", "B-ITM-10"])
    yield v.report(lay, [v.on(lay, "names-due", bad)], lost=bad)


def vectors():
    for part in (ids, tiling, resume, item_records, digests, names):
        yield from part()
