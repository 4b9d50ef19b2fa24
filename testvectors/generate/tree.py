"""The tree of RFC 6962 over record hashes (spec 10)."""

import hashlib


def sha256(data):
    return hashlib.sha256(data).digest()


def node(left, right):
    return sha256(b"\x01" + left + right)


class Tree:
    """Keeps the perfect subtrees on the right edge: (size, root), largest first."""

    def __init__(self):
        self.peaks = []

    def add(self, leaf):
        size = 1
        while self.peaks and self.peaks[-1][0] == size:
            leaf = node(self.peaks.pop()[1], leaf)
            size *= 2
        self.peaks.append((size, leaf))

    def frontier(self):
        return [root for _, root in self.peaks]

    def root(self):
        if not self.peaks:
            return sha256(b"")
        out = self.peaks[-1][1]
        for _, root in reversed(self.peaks[:-1]):
            out = node(root, out)
        return out


def perfect(leaves):
    """The root of a perfect subtree."""
    while len(leaves) > 1:
        leaves = [node(leaves[i], leaves[i + 1]) for i in range(0, len(leaves), 2)]
    return leaves[0]
