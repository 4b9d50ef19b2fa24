"""The tree of RFC 6962 (section 10) and the index built over it (section 9)."""
import base64
import hashlib
import uuid

from .shape import Bad

RUN, FAN = 256, 64


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


class Tree:
    """[B-TRE-1] The frontier: roots of the maximal perfect subtrees, largest first."""

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
        if not self.frontier:
            return hashlib.sha256().digest()
        root = self.frontier[-1]
        for left in self.frontier[-2::-1]:
            root = node(left, root)
        return root


def perfect(hashes):
    while len(hashes) > 1:
        hashes = [node(hashes[i], hashes[i + 1]) for i in range(0, len(hashes), 2)]
    return hashes[0]


def checkpoint(bundle, branch, size, root):  # [B-CHK-1]
    origin = "bukti/1/%s%s" % (uuid.UUID(bytes=bundle), "/" + branch.hex() if branch else "")
    return ("%s\n%d\n%s\n" % (origin, size, base64.b64encode(root).decode())).encode()


def columns(rows, widths=(8, 0, 8, 8, 4, 1)):
    """Rows to columns; a width of 0 is bytes as they are."""
    return {number: b"".join(row[number - 1].to_bytes(width, "big") if width else row[number - 1]
                             for row in rows)
            for number, width in enumerate(widths, 1)}


def level_columns(rows):
    flat = [(h, number, at) + low + high for h, number, at, low, high in rows]
    return columns(flat, (0, 8, 8, 8, 8, 8, 8))


class Index:
    """What a writer must have written: [B-IDX-1] to [B-IDX-4], [B-TAI-1], [B-TAI-2]."""

    def __init__(self):
        self.logical = 32          # logical offset of the next frame
        self.rows = []             # of level 0, not yet in a block
        self.levels = []           # unfinished rows of level 1, 2, ...
        self.blocks = [0]          # blocks written, of each level
        self.tails = []            # T of [B-TAI-2]

    def add(self, frame, record_hash):
        self.rows.append((self.logical, record_hash, frame.item, frame.offset,
                          frame.plain & 0xFFFFFFFF, frame.kind))
        self.logical += 152 + frame.stored

    def due(self):  # [B-IDX-3]
        for level, rows in enumerate(self.levels, 1):
            if len(rows) >= FAN:
                return level
        return 0 if len(self.rows) >= RUN else None

    def check(self, body):  # [B-IDX-4]
        level = self.due()
        if level is None:
            raise Bad("index-unexpected")
        rows = columns(self.rows[:RUN]) if level == 0 else level_columns(self.levels[level - 1][:FAN])
        if body != {1: level, 2: self.blocks[level], 3: rows}:
            raise Bad("index-mismatch")

    def write(self, number):
        """The due block was written as record number."""
        level = self.due()
        if level == 0:
            rows, self.rows, self.tails = self.rows[:RUN], self.rows[RUN:], []
            subtree = perfect([row[1] for row in rows])
            pairs = [(row[2], row[3]) for row in rows if row[2]]
        else:
            rows = self.levels[level - 1][:FAN]
            del self.levels[level - 1][:FAN]
            subtree = perfect([row[0] for row in rows])
            pairs = [pair for row in rows for pair in row[3:5] if pair[0]]
        if len(self.levels) == level:
            self.levels.append([])
            self.blocks.append(0)
        low, high = (min(pairs), max(pairs)) if pairs else ((0, 0), (0, 0))
        self.levels[level].append((subtree, number, self.logical, low, high))
        self.blocks[level] += 1

    def check_tail(self, body, frontier):
        """Keys 1 to 6 of a tail; key 7 is the state's."""
        start = RUN * self.blocks[0]
        restart = len(self.tails) in (0, 8)
        first = start if restart else self.tails[-1]
        kept = {1: self.logical, 2: frontier, 3: first, 4: columns(self.rows[first - start:]),
                5: [] if restart else self.tails, 6: [level_columns(r) for r in self.levels], 7: body[7]}
        if body != kept:
            raise Bad("tail-mismatch")

    def count_tail(self, number):
        self.tails = [number] if len(self.tails) in (0, 8) else self.tails + [number]
