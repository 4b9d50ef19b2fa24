"""Volumes and frames: sections 3 and 4."""
import hashlib, struct, zlib

from .shape import LIMIT, MAX63, OPTIONAL, TYPES, Bad, must

MAGIC = bytes.fromhex("8942554b54490d0a1a0a")
MARK = bytes.fromhex("f7b14b9ed3c508")
PRESENT, WITHHELD = 0x3C, 0xC3
MAX_PLAIN, MAX_INDEX, MAX_END = LIMIT["max-plain-length"], LIMIT["max-index-length"], 1 << 56

class Refused(Exception):
    """[B-VOL-1]: the file is not a bundle that this version reads."""

class Volume:
    """Reads a file or a pipe once, forward, and keeps no more than a window of it."""

    def __init__(self, file, number):
        self.file, self.number = file, number
        self.buffer, self.base, self.ended = bytearray(), 0, False

    def peek(self, at, count):
        """Up to count bytes at a place that was not dropped."""
        while self.base + len(self.buffer) < at + count and not self.ended:
            want = at + count - self.base - len(self.buffer)
            part = self.file.read(min(max(want, 1 << 18), 1 << 22))
            self.buffer += part
            self.ended = not part
        return bytes(self.buffer[at - self.base:at - self.base + count])

    def drop(self, at):
        """Forgets what lies before a place, and gives it."""
        passed = self.buffer[:at - self.base]
        del self.buffer[:at - self.base]
        self.base = at
        return passed

    def rest(self):
        """What is left, part by part; after it, base is the volume's size."""
        while self.peek(self.base, 1):
            yield self.drop(self.base + len(self.buffer))

class Frame:
    """One frame; code is that of the first of checks 1 to 18 that failed, or None."""

    def __init__(self, volume, at):
        self.volume, self.at, self.has_end, self.number = volume.number, at, False, None
        head = volume.peek(at, 152)
        crc = int.from_bytes(head[136:140], "big")
        self.code = ("frame-truncated" if len(head) < 152 else
                     "frame-mark" if head[:7] != MARK else
                     "frame-crc" if zlib.crc32(head[:136]) != crc else
                     "frame-state" if head[7] not in (PRESENT, WITHHELD) else
                     "frame-reserved" if any(head[140:144]) else None)
        if self.code:
            return
        self.core, self.withheld = head[8:136], head[7] == WITHHELD
        self.unpack()
        codes = [code for code, fails in self.core_checks() if fails]
        if "length-stored" not in codes:  # [B-FRM-4]
            self.length = 152 + (0 if self.withheld else self.stored)
            trailer = volume.peek(at + self.length - 8, 8)
            self.has_end = trailer == self.length.to_bytes(8, "big")
            if not self.has_end:
                codes.append("frame-length" if len(trailer) == 8 else "frame-truncated")
        self.code = codes[0] if codes else None

    def unpack(self):
        (self.bundle, self.kind, self.codec, self.flags, self.zero, self.number, self.item,
         self.offset, self.plain, self.stored, self.digest, self.previous) = struct.unpack(
             ">16sBBHIQQQQQ32s32s", self.core)

    def core_checks(self):
        """Checks 6 to 16; what a type allows is said in the registry."""
        kind, codec, body, plain = self.kind, self.codec, self.stored - 16, self.plain
        _, codecs, item, can_be_withheld = TYPES.get(kind, OPTIONAL)
        self.can_be_withheld = can_be_withheld == "yes"
        end = self.offset + (plain if kind == 5 else 0)
        return (
            ("core-reserved", self.zero),
            ("core-integer", max(self.number, self.item, self.offset, plain, self.stored) >= MAX63),
            ("core-flags", self.flags),
            ("type-unknown", kind < 128 and kind not in TYPES),
            ("codec-unknown", codec > 2),
            ("codec-not-allowed", str(codec) not in codecs),
            ("length-stored", not 0 <= body <= (0 if codec == 2 else MAX_PLAIN)),
            ("length-plain", plain > (MAX_INDEX if kind == 10 else MAX_PLAIN)
             or (kind == 5 and plain == 0) or (codec == 0 and plain != body)
             or (codec == 1 and not 0 < body < plain)),
            ("core-item", (item == "≥ 1" and self.item == 0) or (item == "0" and self.item)
             or (self.offset and kind not in (5, 6))),
            ("core-offset", kind in (5, 6) and end >= MAX_END),
            ("withheld-type", self.withheld and not self.can_be_withheld))

    def payload(self, volume):
        """Check 22: the body, or None when withheld."""
        if self.withheld:
            return None
        data = volume.peek(self.at + 144, self.stored)
        must(payload_digest(data) == self.digest, "payload-digest")
        return data[16:]

    def record_hash(self):
        return hashlib.sha256(b"\0" + self.core).digest()  # [B-FRM-2]

def payload_digest(data):  # [B-FRM-1]
    digest = hashlib.sha256(data[:16] + bytes(48))
    digest.update(memoryview(data)[16:])
    return digest.digest()

def decode(codec, body, plain):
    """[B-COD-1]"""
    if codec != 1:
        return body if codec == 0 else bytes(plain)
    engine = zlib.decompressobj(-15)
    try:
        out = engine.decompress(body, plain + 1)
    except zlib.error:
        raise Bad("deflate-invalid") from None
    must(len(out) <= plain, "deflate-length")
    must(engine.eof, "deflate-invalid")
    must(not engine.unused_data, "deflate-trailing")
    must(len(out) == plain, "deflate-length")
    return out

def search(volume, at, bundle, number, tries):
    """[B-DMG-1]: the next candidate or None, and the SHA-256 of what was passed over."""
    passed, at = hashlib.sha256(), at + 1
    while tries[0] > 0 and len(volume.peek(at, len(MARK))) == len(MARK):
        found = volume.buffer.find(MARK, at - volume.base)
        at = volume.base + (found if found >= 0 else len(volume.buffer) - len(MARK) + 1)
        passed.update(volume.drop(at))
        if found < 0:
            continue
        frame = Frame(volume, at)
        if not frame.code and frame.bundle == bundle and frame.number >= number:
            try:
                frame.payload(volume)
                return frame, passed.digest()
            except Bad:
                tries[0] -= 1
        at += 1
    for part in volume.rest():
        passed.update(part)
    return None, passed.digest()
