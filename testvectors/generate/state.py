"""What a writer must remember between records (spec 5, 6, 8)."""

import copy
import hashlib
from dataclasses import dataclass, field

DIGESTS = {1: "sha256", 2: "md5", 3: "sha1", 4: "sha512"}
HAVE_BYTES = (1, 4, 5, 6, 7, 8, 9)


class Item:
    def __init__(self, number, first, digests, kind=1, name=b"", supplements=None):
        self.id, self.first, self.kind, self.name = number, first, kind, name
        self.supplements, self.end, self.closed = supplements, 0, False
        self.record = self.size = None
        self.has_bytes = False
        self.hashers = {k: hashlib.new(DIGESTS[k]) for k in digests}

    def __deepcopy__(self, memo):
        other = copy.copy(self)
        other.hashers = {k: h.copy() for k, h in self.hashers.items()}
        return other

    def take(self, data):
        for h in self.hashers.values():
            h.update(data)
        self.end += len(data)

    def skip(self, length):
        if self.supplements is None:
            for h in self.hashers.values():
                for at in range(0, length, 1 << 20):
                    h.update(bytes(min(1 << 20, length - at)))
        self.end += length

    def digests(self):
        return {k: h.digest() for k, h in sorted(self.hashers.items())}


@dataclass
class State:
    next_id: int = 1
    items: dict = field(default_factory=dict)
    closed: bool = False
    unnamed: list = field(default_factory=list)
    session: int = 0
    names: object = False
    withhold: object = False
    branch: object = False
    digests: tuple = ()
    policy: dict = field(default_factory=dict)
    seals: list = field(default_factory=list)
    events: int = 0

    def open_rows(self):
        return [[i.id, i.end] for i in sorted(self.items.values(), key=lambda i: i.id)
                if not i.closed]
