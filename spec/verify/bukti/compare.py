"""Two copies of one bundle: where they part, and what each has alone. Both are read whole."""
import contextlib, copy, datetime

from .bundle import Bundle
from .reader import Reader
from .rules import within
from .shape import must
from .tree import Tree

class Apart(Exception):
    """There is nothing to compare; the argument says why."""

class Copy(Reader):
    """What a bundle says up to the last seal that stands over its records."""

    def __init__(self, sources, trust):
        super().__init__(sources, trust)
        self.hashes, self.stated, self.closed, self.rows, self.every = [], [], [], [], []
        self.last = None  # the seal, and the state that it was made in

    def judge(self, frame):
        body, count = frame.body, len(self.seals)
        super().judge(frame)
        if len(self.hashes) == frame.number:  # no record was lost before it
            self.hashes.append(frame.hash)
        if frame.kind == 2 and body:
            self.stated.append((frame.number, body))
        if frame.kind == 4:
            self.closed.append((frame.number, frame.item, body))
        if frame.kind == 9 and body:
            parts = [body[1]] + [rows for _, rows in body.get(3, ())]
            self.rows += [(frame.number, row) for rows in parts for row in rows]
        if len(self.seals) > count:
            seal = self.seals[-1]
            self.every.append(seal)
            if seal.root and not (self.state.lost or seal.mismatched or seal.unusable):
                self.last = seal, copy.copy(self.state)

    def side(self, start):
        """What it has from a record on, as `bukti compare --json` says it."""
        seal, state = self.last
        refused, end = state.refused, seal.number
        rows = {row[0]: row for number, row in self.rows if number < end and not within(number, refused)}
        unnamed, items = {item for item, _, _ in state.pending}, []
        for number, item, body in self.closed:
            if start <= number < end and not within(number, refused):
                if item in rows or item in unnamed:
                    row = rows.get(item) or (body and [item, number, body[2], body[1], body[3]])
                    items.append({"item": item, "record": number, "name": row[2] if row else None,
                                  "size": row[4] if row else None})
        return {
            "alone": end - min(start, end), "records": end, "root": seal.root.hex(),
            "branch": state.branch.hex() if state.branch else None, "items": items,
            "sessions": [{"record": number, "by": body[1][1], "why": body[2], "at": when(body[7][0])}
                         for number, body in self.stated
                         if start <= number < end and not within(number, refused)],
            "seals": [{"record": one.number, "signers": [
                {"certificate": s["certificate"], "signature": s["mathematics"], "trust": TRUST[s["trust"]],
                 "subject": s["subject"]} for s in one.signatures]}
                for one in self.every if start <= one.number <= end and not within(one.number, refused)]}

TRUST = {"root": "trusted by a root given", "pinned": "trusted by fingerprint",
         "unknown": "signer not established", "not evaluated": "signer not established"}

def when(nanoseconds):
    if nanoseconds is False:
        return None
    try:
        start = datetime.datetime(1970, 1, 1)
        return (start + datetime.timedelta(seconds=nanoseconds // 10**9)).strftime("%Y-%m-%d %H:%M:%S UTC")
    except OverflowError:
        return "%d ns after 1970" % nanoseconds

def read(path, trust):
    with contextlib.ExitStack() as stack:
        files = [stack.enter_context(open(name, "rb")) for name in Bundle(path).paths]
        found = Copy(files, trust).run()
    must(found.last, "seal-none: %s has no seal that stands over its records" % path, Apart)
    return found

def compare(one, other):
    """Gives the relation as `bukti compare --json` does: record hashes are chained, so the first that
    differs is where they part."""
    must(one.bundle == other.bundle, "receipt-other: two bundles, not two copies of one", Apart)
    sizes = [copy.last[0].number for copy in (one, other)]
    common = 0
    while common < min(sizes) and one.hashes[common] == other.hashes[common]:
        common += 1
    tree = Tree()
    for leaf in one.hashes[:common]:
        tree.push(leaf)
    shares = one.hashes[common] == other.hashes[common]
    branches = [copy.last[1].branch for copy in (one, other)]
    relation = {(True, True): "same", (False, True): "first-extends", (True, False): "second-extends"}.get(
        tuple(common == size for size in sizes), "fork" if branches[0] == branches[1] else "branch")
    first, second = (copy.side(common + shares) for copy in (one, other))
    return {"relation": relation, "common": common, "root": tree.root().hex() if common else None,
            "shares-seal": shares, "first": first, "second": second}
