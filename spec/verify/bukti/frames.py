"""Volumes and frames: sections 3 and 4."""
import hashlib
import struct
import zlib

from .shape import MAX63, TYPES, Bad

MAGIC = bytes.fromhex("8942554b54490d0a1a0a")
MARK = bytes.fromhex("f7b14b9ed3c508")
MAX_PLAIN, MAX_INDEX, MAX_END = 1 << 24, 1 << 20, 1 << 56
WITHHOLDABLE = (3, 4, 5, 7, 8, 9)


class Refused(Exception):
    """[B-VOL-1]: the file is not a bundle that this version reads."""


class Volume:
    """Reads a file or a pipe once, forward, and keeps no more than a window of it."""

    def __init__(self, file, number):
        self.file, self.number = file, number
        self.buffer, self.base, self.ended = bytearray(), 0, False

    def fill(self, end):
        while self.base + len(self.buffer) < end and not self.ended:
            want = max(end - self.base - len(self.buffer), 1 << 18)
            part = self.file.read(min(want, 1 << 22))
            self.buffer += part
            self.ended = not part

    def peek(self, at, count):
        """Up to count bytes at a place that was not dropped."""
        self.fill(at + count)
        return bytes(self.buffer[at - self.base:at - self.base + count])

    def drop(self, at, passed=None):
        """Forgets what lies before a place; passed is called with the bytes forgotten."""
        if passed:
            passed(self.buffer[:at - self.base])
        del self.buffer[:at - self.base]
        self.base = at

    def drain(self):
        """The volume's size."""
        while not self.ended:
            self.drop(self.base + len(self.buffer))
            self.fill(self.base + 1)
        return self.base + len(self.buffer)


class Frame:
    """One frame; code is the first of checks 1 to 18 that failed, has_end as [B-FRM-4] says."""

    def __init__(self, volume, at):
        self.volume, self.at, self.has_end, self.number = volume.number, at, False, None
        head = volume.peek(at, 152)
        self.code = self.check_head(head)
        if self.code:
            return
        self.core = core = head[8:136]
        (self.bundle, self.kind, self.codec, self.flags, self.zero, self.number, self.item,
         self.offset, self.plain, self.stored, self.digest, self.previous) = struct.unpack(
             ">16sBBHIQQQQQ32s32s", core)
        self.withheld = head[7] == 0xC3
        codes = [code for wrong, code in self.core_checks() if wrong]
        if "length-stored" not in codes:
            self.length = 152 + (0 if self.withheld else self.stored)
            codes += self.check_end(volume)
            self.has_end = not codes or codes[-1] not in ("frame-truncated", "frame-length")
        self.code = codes[0] if codes else None

    @staticmethod
    def check_head(head):  # checks 1 to 5
        if len(head) < 152:
            return "frame-truncated"
        if head[:7] != MARK:
            return "frame-mark"
        if zlib.crc32(head[:136]) != int.from_bytes(head[136:140], "big"):
            return "frame-crc"
        if head[7] not in (0x3C, 0xC3):
            return "frame-state"
        return "frame-reserved" if any(head[140:144]) else None

    def core_checks(self):  # checks 6 to 16
        kind, codec, body = self.kind, self.codec, self.stored - 16
        yield self.zero, "core-reserved"
        yield max(self.number, self.item, self.offset, self.plain, self.stored) >= MAX63, "core-integer"
        yield self.flags, "core-flags"
        yield kind not in TYPES and kind < 128, "type-unknown"
        yield codec > 2, "codec-unknown"
        yield (codec == 2 and kind != 5) or (codec and kind in (12, 13)), "codec-not-allowed"
        yield not 0 <= body <= (0 if codec == 2 else MAX_PLAIN), "length-stored"
        yield (self.plain > (MAX_INDEX if kind == 10 else MAX_PLAIN) or (kind == 5 and not self.plain)
               or (codec == 0 and self.plain != body)
               or (codec == 1 and not 0 < body < self.plain)), "length-plain"
        needs, may = kind in (3, 4, 5, 6), kind in (7, 8) or kind >= 128
        yield ((needs and not self.item) or (self.item and not needs and not may)
               or (self.offset and kind not in (5, 6))), "core-item"
        end = self.offset + (self.plain if kind == 5 else 0)
        yield kind in (5, 6) and end >= MAX_END, "core-offset"
        yield self.withheld and kind not in WITHHOLDABLE, "withheld-type"

    def check_end(self, volume):  # checks 17 and 18
        volume.fill(self.at + self.length)
        trailer = volume.peek(self.at + self.length - 8, 8)
        if len(trailer) < 8:
            return ["frame-truncated"]
        return [] if int.from_bytes(trailer, "big") == self.length else ["frame-length"]

    def payload(self, volume):
        """Check 22: the body, or None when withheld."""
        if self.withheld:
            return None
        data = volume.peek(self.at + 144, self.stored)
        if payload_digest(data) != self.digest:
            raise Bad("payload-digest")
        return data[16:]

    def record_hash(self):
        return hashlib.sha256(b"\0" + self.core).digest()  # [B-FRM-2]


def payload_digest(data):  # [B-FRM-1]
    digest = hashlib.sha256(data[:16] + bytes(48))
    digest.update(memoryview(data)[16:])
    return digest.digest()


def decode(codec, body, plain):
    """[B-COD-1]"""
    if codec == 0:
        return body
    if codec == 2:
        return bytes(plain)
    engine = zlib.decompressobj(-15)
    try:
        out = engine.decompress(body, plain + 1)
    except zlib.error:
        raise Bad("deflate-invalid") from None
    if len(out) > plain:
        raise Bad("deflate-length")
    if not engine.eof:
        raise Bad("deflate-invalid")
    if engine.unused_data:
        raise Bad("deflate-trailing")
    if len(out) != plain:
        raise Bad("deflate-length")
    return out


def search(volume, start, bundle, number, tries):
    """[B-DMG-1]: the next candidate or None, and the SHA-256 of what was passed over."""
    passed = hashlib.sha256()
    at = start + 1
    while tries[0] > 0:
        volume.fill(at + len(MARK))
        found = volume.buffer.find(MARK, at - volume.base)
        if found < 0:
            at = max(at, volume.base + len(volume.buffer) - len(MARK) + 1)
            if volume.ended:
                break
            volume.drop(at, passed.update)
            continue
        at = volume.base + found
        volume.drop(at, passed.update)
        frame = Frame(volume, at)
        if frame.has_end and not frame.code and frame.bundle == bundle and frame.number >= number:
            try:
                frame.payload(volume)
                return frame, passed
            except Bad:
                tries[0] -= 1
        at += 1
    while not (volume.ended and not volume.buffer):
        volume.drop(volume.base + len(volume.buffer), passed.update)
        volume.fill(volume.base + 1)
    return None, passed
