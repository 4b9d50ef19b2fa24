"""A bundle in files: verify, list, read an item, extract."""
import contextlib
import io
import os
import re

from . import frames
from .cms import Trust
from .reader import Reader
from .shape import Bad
from .verdict import Verdict


def volumes_of(paths):
    """[B-VOL-4]: the volumes beside a first one."""
    found = re.fullmatch(r"(.*)\.bukti", os.fspath(paths[0]), re.S)
    if len(paths) > 1 or not found or found[1].endswith(".v000"):
        return list(paths)
    number, paths = 1, list(paths)
    while os.path.exists("%s.v%03d.bukti" % (found[1], number)):
        paths.append("%s.v%03d.bukti" % (found[1], number))
        number += 1
    return paths


def verify(sources, trust=None, receipts=(), max_plain=1 << 43, collect=False):
    """sources: open binary files. Gives the report and the reader that read them."""
    trust = trust or Trust()
    reader = Reader(sources, trust, receipts, max_plain)
    if collect:
        reader.items, reader.extents = [], []
    reader.run()
    return Verdict(reader, receipts, trust).report(), reader


class Bundle:
    """Bundle(path).item(1) is a file object; Bundle(path).verify() the report."""

    def __init__(self, *paths):
        self.paths, self.reader = volumes_of([os.fspath(p) for p in paths]), None

    def verify(self, collect=False, **options):
        with contextlib.ExitStack() as stack:
            files = [stack.enter_context(open(path, "rb")) for path in self.paths]
            report, self.reader = verify(files, collect=collect, **options)
        return report

    def items(self):
        if self.reader is None or self.reader.items is None:
            self.verify(collect=True)
        return self.reader.items

    def item(self, number):
        if number not in [item for _, item, _, _, _ in self.items()]:
            raise KeyError(number)
        return io.BufferedReader(ItemFile(self.paths, [e for e in self.reader.extents if e[1] == number]))


class ItemFile(io.RawIOBase):
    """The bytes of an item; each frame's payload digest is checked as it is read. Gaps are zeros."""

    def __init__(self, paths, extents):
        self.paths, self.extents, self.at, self.cached = paths, extents, 0, (None, b"")
        self.size = sum(e[3] for e in extents)

    def readable(self):
        return True

    def seekable(self):
        return True

    def seek(self, offset, whence=0):
        self.at = offset + (0, self.at, self.size)[whence]
        return self.at

    def readinto(self, target):
        low, high = 0, len(self.extents)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.extents[middle][2] <= self.at else (low, middle)
        if self.at >= self.size:
            return 0
        _, _, offset, length, frame = self.extents[low]
        count = min(len(target), offset + length - self.at)
        if frame.kind == 6:
            target[:count] = bytes(count)
        else:
            start = self.at - offset
            target[:count] = self.plain(frame)[start:start + count]
        self.at += count
        return count

    def plain(self, frame):
        if self.cached[0] is not frame:
            with open(self.paths[frame.volume], "rb") as file:
                file.seek(frame.at + 144)
                data = b"" if frame.withheld else file.read(frame.stored)
            if frames.payload_digest(data) != frame.digest:
                raise OSError("record %d is withheld or damaged" % frame.number)
            try:
                self.cached = (frame, frames.decode(frame.codec, data[16:], frame.plain))
            except Bad as bad:
                raise OSError("record %d: %s" % (frame.number, bad)) from None
        return self.cached[1]
