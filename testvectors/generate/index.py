"""Index blocks and what tails hold (spec 9)."""

import struct

from .tree import Tree, perfect

RUN, FAN = 256, 64


def row(record):
    """The six columns of one record."""
    c = record.core
    return (struct.pack(">Q", record.logical), record.hash, struct.pack(">Q", c.item),
            struct.pack(">Q", c.offset), struct.pack(">I", c.plain & 0xFFFFFFFF), bytes([c.type]))


def columns(rows, width=6):
    return {k + 1: b"".join(r[k] for r in rows) for k in range(width)}


class Level:
    """The rows of one level that no block of this level holds yet."""

    def __init__(self):
        self.rows, self.blocks = [], 0


class Index:
    def __init__(self):
        self.records, self.tree = [], Tree()
        self.blocks, self.levels, self.tails = 0, [], []
        self.key = []

    def add(self, record):
        self.records.append(record)
        self.tree.add(record.hash)

    def due(self):
        """(level, block) of the block that is due first, or None."""
        for k, level in enumerate(self.levels):
            if len(level.rows) >= FAN:
                return k + 1, level.blocks
        if len(self.records) >= RUN * (self.blocks + 1):
            return 0, self.blocks
        return None

    def body(self, level, block):
        if level == 0:
            rows = [row(r) for r in self.records[RUN * block:RUN * (block + 1)]]
            return {1: 0, 2: block, 3: columns(rows)}
        rows = [encode(r) for r in self.levels[level - 1].rows[:FAN]]
        return {1: level, 2: block, 3: columns(rows, 7)}

    def written(self, record, level, block):
        """Takes notice of an index record."""
        if level == 0:
            covered = self.records[RUN * block:RUN * (block + 1)]
            root = perfect([r.hash for r in covered])
            keys = [(r.core.item, r.core.offset) for r in covered if r.core.item]
            self.blocks += 1
            self.tails = []
        else:
            below = self.levels[level - 1]
            covered, below.rows = below.rows[:FAN], below.rows[FAN:]
            below.blocks += 1
            root = perfect([r[0] for r in covered])
            keys = [k for r in covered for k in (r[3], r[4]) if k != (0, 0)]
        if len(self.levels) == level:
            self.levels.append(Level())
        low, high = (min(keys), max(keys)) if keys else ((0, 0), (0, 0))
        self.levels[level].rows.append((root, record.number, record.logical, low, high))

    def tail(self, logical):
        """The derived keys 1 to 6 of a tail at this place."""
        if not self.tails or len(self.tails) == 8:
            first, leans, self.tails = RUN * self.blocks, [], [len(self.records)]
        else:
            first, leans = self.tails[-1], list(self.tails)
            self.tails.append(len(self.records))
        rows = [row(r) for r in self.records[first:]]
        return {1: logical, 2: self.tree.frontier(), 3: first, 4: columns(rows), 5: leans,
                6: [columns([encode(r) for r in level.rows], 7) for level in self.levels]}


def encode(r):
    root, number, logical, low, high = r
    return (root,) + tuple(struct.pack(">Q", v) for v in (number, logical, *low, *high))
