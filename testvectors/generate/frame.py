"""Frames (spec 4): the bytes of one record, right or wrong on purpose."""

import struct
import zlib
from dataclasses import dataclass, field

from .tree import sha256

MARK = bytes.fromhex("f7b14b9ed3c508")
MAGIC = bytes.fromhex("8942554b54490d0a1a0a")
PRESENT, WITHHELD = 0x3C, 0xC3

TYPES = {"genesis": 1, "session": 2, "item-open": 3, "item": 4, "data": 5, "gap": 6, "event": 7,
         "note": 8, "names": 9, "index": 10, "tail": 11, "seal": 12, "attest": 13, "withhold": 14,
         "renew": 15, "keys": 16, "close": 17}
NAMES = {v: k for k, v in TYPES.items()}


def preamble(bundle_id, volume=0, magic=MAGIC, major=1, minor=0):
    return magic + struct.pack(">BBI", major, minor, volume) + bundle_id


def payload_digest(salt, body):
    return sha256(salt + bytes(48) + body)


@dataclass
class Core:
    bundle_id: bytes
    type: int
    number: int
    plain: int
    stored: int
    digest: bytes
    previous: bytes
    codec: int = 0
    flags: int = 0
    reserved: int = 0
    item: int = 0
    offset: int = 0

    def encode(self):
        return self.bundle_id + struct.pack(
            ">BBHIQQQQQ", self.type, self.codec, self.flags, self.reserved, self.number, self.item,
            self.offset, self.plain, self.stored) + self.digest + self.previous


@dataclass
class Record:
    """One record as the builder wrote it."""

    core: Core
    salt: bytes
    body: bytes
    plain: bytes
    volume: int
    logical: int
    tweak: dict = field(default_factory=dict)

    def __post_init__(self):
        self.hash = sha256(b"\x00" + self.core.encode())

    @property
    def number(self):
        return self.core.number

    @property
    def type(self):
        return self.core.type

    @property
    def item(self):
        return self.core.item

    @property
    def length(self):
        return 152 + 16 + len(self.body)

    def frame(self, withheld=False):
        t = self.tweak
        state = t.get("state", WITHHELD if withheld else PRESENT)
        head = t.get("mark", MARK) + bytes([state]) + self.core.encode()
        head += struct.pack(">I", zlib.crc32(head) ^ t.get("crc", 0))
        head += struct.pack(">I", t.get("reserved", 0))
        middle = b"" if withheld else t.get("salt", self.salt) + t.get("body", self.body)
        length = t.get("trailer", 152 + len(middle))
        return head + middle + struct.pack(">Q", length)
