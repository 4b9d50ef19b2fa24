"""The tree of RFC 6962 (section 10) and the index built over it (section 9)."""
import base64, hashlib, re, uuid

from .shape import LIMIT, must

RUN, FAN = LIMIT["run"], LIMIT["fan-out"]

def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()

class Tree:
    """[B-TRE-1] frontier: the roots of the maximal perfect subtrees, largest first."""

    def __init__(self):
        self.frontier, self.size, self.known = [], 0, True

    def push(self, leaf):
        count = self.size
        while count & 1:
            leaf = node(self.frontier.pop(), leaf)
            count >>= 1
        self.frontier.append(leaf)
        self.size += 1

    def root(self):
        if not self.known:
            return None
        root = self.frontier[-1] if self.frontier else hashlib.sha256().digest()
        for left in self.frontier[-2::-1]:
            root = node(left, root)
        return root

def checkpoint(bundle, branch, size, root):  # [B-CHK-1]
    origin = "bukti/1/%s%s" % (uuid.UUID(bytes=bundle), "/" + branch.hex() if branch else "")
    return ("%s\n%d\n%s\n" % (origin, size, base64.b64encode(root).decode())).encode()

def parse_receipt(data):
    """[B-RCP-1]; None when it is none."""
    found = re.fullmatch(
        rb"(bukti/1/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:/([0-9a-f]{32}))?)\n"
        rb"(0|[1-9][0-9]{0,18})\n([A-Za-z0-9+/]{43}=)\n", data)
    if not found or base64.b64encode(base64.b64decode(found[5])) != found[5]:
        return None
    return {"origin": found[1].decode(), "id": bytes.fromhex(found[2].replace(b"-", b"").decode()),
            "branch": bytes.fromhex(found[3].decode()) if found[3] else None,
            "size": int(found[4]), "root": base64.b64decode(found[5])}

class Index:
    """What a writer must have written. A row is a tuple of the bytes of its columns."""

    def __init__(self):
        self.logical = 32    # logical offset of the next frame
        self.rows = [[]]     # of each level, those not yet in a block
        self.blocks = [0]    # blocks written, of each level
        self.tails = []      # T of [B-TAI-2]

    def add(self, frame, record_hash):
        core = frame.core  # 9.1; of the plain length the low four bytes
        self.rows[0].append((self.logical.to_bytes(8, "big"), record_hash, core[32:40], core[40:48],
                             core[52:56], core[16:17]))
        self.logical += 152 + frame.stored

    def due(self):
        """[B-IDX-3]: the level whose block must come next, or None."""
        for level in range(1, len(self.rows)):
            if len(self.rows[level]) >= FAN:
                return level
        return 0 if len(self.rows[0]) >= RUN else None

    def take(self, frame, body, frontier):
        """An index or tail record: it must hold what is due."""
        if frame.kind == 10:
            self.take_block(body, frame.number)
        else:
            self.take_tail(body, frame.number, frontier)

    def take_block(self, body, number):  # [B-IDX-1], [B-IDX-2], [B-IDX-4]
        level = self.due()
        must(level is not None, "index-unexpected")
        count = FAN if level else RUN
        rows = self.rows[level][:count]
        must(body == {1: level, 2: self.blocks[level], 3: columns(level, rows)}, "index-mismatch")
        del self.rows[level][:count]
        hashes = [row[0 if level else 1] for row in rows]
        while len(hashes) > 1:
            hashes = [node(*hashes[at:at + 2]) for at in range(0, len(hashes), 2)]
        pairs = [pair for row in rows for pair in ((row[3:5], row[5:7]) if level else (row[2:4],))
                 if any(pair[0])] or [(bytes(8), bytes(8))]
        if level + 1 == len(self.rows):
            self.rows.append([])
            self.blocks.append(0)
        own = number.to_bytes(8, "big"), self.logical.to_bytes(8, "big")
        self.rows[level + 1].append((hashes[0], *own, *min(pairs), *max(pairs)))  # 9.2
        self.blocks[level] += 1
        self.tails = self.tails if level else []

    def take_tail(self, body, number, frontier):
        """[B-TAI-1], [B-TAI-2]: keys 1 to 6; key 7 is the state's."""
        start, restart = RUN * self.blocks[0], len(self.tails) in (0, LIMIT["max-tails"])
        first, before = (start, []) if restart else (self.tails[-1], self.tails)
        kept = {1: self.logical, 2: frontier, 3: first, 4: columns(0, self.rows[0][first - start:]),
                6: [columns(level, rows) for level, rows in enumerate(self.rows) if level],
                5: before}
        must({**body, 7: None} == {**kept, 7: None}, "tail-mismatch")
        self.tails = before + [number]

def columns(level, rows):
    return {key: b"".join(row[key - 1] for row in rows) for key in range(1, 8 if level else 7)}
