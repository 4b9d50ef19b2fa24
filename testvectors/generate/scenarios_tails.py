"""Records of every type after the last seal, which nobody signed: what is said of them, and of who goes on."""

from .scenarios import Scenario, case, on
from .valid_bundle import extends
from .vector import finding

TITLES = {
    "unsealed": ("tail-of-each-type_fail", "Records of each type that nobody signed", """
After the last seal stands a session with a record of one type. Nobody signed for them: they are unsealed, and the
bundle is not complete. What a stranger sealed is the stranger's word. (T25)
""", ["B-ORD-7"]),
    "unaccounted": ("tail-of-each-type-unnamed_fail", "The next session does not name them", """
The same records, and the examiner goes on without a word about them; the next seal would cover them. A session must
account for what came between. (T25)
""", ["B-SES-2", "B-ORD-7"]),
    "adopted": ("tail-of-each-type-adopted_ok", "The next session adopts them", """
The same records, and the examiner adopts them, with a reason. They are shown as adopted, never as signed when they
were written; a seal among them is not judged. (T25)
""", ["B-SES-5"]),
    "refused": ("tail-of-each-type-refused_ok", "The next session refuses them", """
The same records, and the examiner refuses them. They stay in chain and tree and mean nothing: no item, no close and
no decision comes of them, and the item id is given anew. (T25)
""", ["B-SES-2", "B-SES-4"]),
}


def file(b):
    b.data(b"planted", 2)
    b.close_item(2, kind=1, name=b"planted.txt")


def gap(b):
    b.gap(4, 2, kind=2)
    b.close_item(2, kind=1, name=b"planted.bin", state=2)


def resumed(b):
    """An open item goes on as it must, and is closed."""
    b.open(2, name=b"planted.txt", resume=True)
    b.data(b"read again", 2)
    b.close_item(2)


def block(b):
    """As many notes as a block of the index needs, and the block."""
    while len(b.records) < 256:
        b.note("")
    b.write_due()


# What the stranger appends after a session of his own, and how the examiner ends it where that is needed.
KINDS = {
    "session": (lambda b: None, None),
    "item-open": (lambda b: b.open(2, name=b"planted.txt"), resumed),
    "data": (lambda b: b.data(b"planted", 2), resumed),
    "item": (file, None),
    "gap": (gap, None),
    "event": (lambda b: b.event(9), None),
    "note": (lambda b: b.note("planted"), None),
    "names": (lambda b: b.names(), None),
    "index": (block, None),
    "tail": (lambda b: b.tail(), None),
    "seal": (lambda b: b.seal(("attacker",)), None),
    "attest": (lambda b: b.attest(b.records[5], 5, [b"planted"], right=False), None),
    "withhold": (lambda b: b.withhold((2, 2)), None),
    "renew": (lambda b: b.append("renew", {1: "sha512", 2: 0, 3: 2, 4: bytes(64)}), None),
    "keys": (lambda b: b.append("keys", {1: "none yet", 2: []}), None),
    "close": (lambda b: b.close(), None),
    "optional": (lambda b: b.append(200, b"planted"), None),
}
OWN = {6: "gap", 15: "not-evaluated", 16: "not-evaluated", 200: "optional"}


def own_findings(lay, planted):
    """What is said of the planted records themselves, whoever answers for them."""
    for record in planted:
        if record.type == 6:
            yield finding("gap", record, lay.where(record), 4, record.item)
        elif record.type == 4 and any(other.type == 6 for other in planted):
            yield finding("item-state", record, lay.where(record), item=record.item)
        elif record.type in OWN:
            yield on(lay, OWN[record.type], record)


def one(way, kind, scenario):
    plant, ending = KINDS[kind]
    b = case(f"tail of each type {way} {kind}")
    b.session(policy=("attacker",))
    plant(b)
    planted = b.records[6:]
    stranger = {record.number: ("not established", ["seal-untrusted"]) for record in planted if record.type == 12}
    given = (6, len(planted), "read again" if way == "adopted" else "not ours")
    who = {8: extends(b, 0)}
    v = scenario.vector(f"{way}-{kind}", f"{len(planted)} records, the type in question is {kind}.")
    if way == "unsealed":
        lay = b.layout()
        return v.report(lay, own_findings(lay, planted), seals=stranger, opened=True)
    if way == "unaccounted":
        bad = b.session(change=who)
        b.note("honest")
        b.seal()
        lay = b.layout()
        return v.report(lay, [*own_findings(lay, planted), on(lay, "session-account", bad)], lost=bad, seals=stranger)
    b.session(change=who, adopt=given if way == "adopted" else None, refuse=given if way == "refused" else None)
    if way == "adopted" and ending:
        ending(b)
    elif way == "adopted":
        b.note("compared with the source")
    else:
        b.file(b"second.txt", b"honest\n")
    b.seal()
    lay = b.layout()
    said = [finding(way, 6, length=len(planted))]
    if way == "adopted":
        said = [*own_findings(lay, planted), *said]
    return v.report(lay, said, seals={number: ("adopted", []) if way == "adopted" else None for number in stranger})


def vectors():
    for way, (name, title, text, rules) in TITLES.items():
        scenario = Scenario(name, title, text, rules)
        for kind in KINDS:
            # A block of the index takes 256 records: two such files are enough.
            if kind != "index" or way in ("adopted", "unaccounted"):
                yield one(way, kind, scenario)
