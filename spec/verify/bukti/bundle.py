"""A bundle in files: verify, list, read an item."""
import bisect, contextlib, io, os, re, sys

from .cms import Trust
from .frames import decode, payload_digest
from .reader import Reader
from .shape import Bad, must
from .verdict import Verdict

def verify(sources, trust=None, receipts=(), max_plain=None, collect=False, logs=None):
    """sources: open binary files. Gives the report and the reader that read them."""
    trust = trust or Trust()
    reader = Reader(sources, trust, receipts, max_plain, collect, logs).run()
    return Verdict(reader, receipts, trust).report(), reader

class Bundle:
    """Bundle(path).item(1) is a file object; Bundle(path).verify() the report."""

    def __init__(self, *paths):
        self.paths, self.reader = [os.fspath(path) for path in paths], None
        name = re.fullmatch(r"(.*)\.bukti", self.paths[0], re.S)  # [B-VOL-4]
        if len(paths) == 1 and name and not name[1].endswith(".v000"):
            while os.path.exists("%s.v%03d.bukti" % (name[1], len(self.paths))):
                self.paths.append("%s.v%03d.bukti" % (name[1], len(self.paths)))

    def verify(self, **options):
        with contextlib.ExitStack() as stack:
            files = [sys.stdin.buffer if path == "-" else stack.enter_context(open(path, "rb"))
                     for path in self.paths]
            report, self.reader = verify(files, **options)
        return report

    def items(self):
        """(record, item, body, session, whether its digests hold) of each closed item."""
        if self.reader is None or self.reader.items is None:
            self.verify(collect=True)
        return self.reader.items

    def sealed_by(self, record):
        seals = self.reader.seals
        return next((seal.number for seal in seals if seal.number > record and seal.judged), None)

    def item(self, number):
        if number not in [item for _, item, _, _, _ in self.items()]:
            raise KeyError(number)
        extents = [extent for extent in self.reader.extents if extent[1] == number]
        return io.BufferedReader(ItemFile(self.paths, extents))

class ItemFile(io.RawIOBase):
    """The bytes of an item, gaps as zeros; each payload digest is checked as it is read."""

    def __init__(self, paths, extents):
        self.paths, self.extents, self.at, self.cached = paths, extents, 0, (None, b"")
        self.starts = [offset for _, _, offset, _, _ in extents]
        self.size = sum(length for _, _, _, length, _ in extents)

    def readable(self):
        return True

    seekable = readable

    def seek(self, offset, whence=0):
        self.at = max(0, offset + (0, self.at, self.size)[whence])
        return self.at

    def readinto(self, target):
        if self.at >= self.size:
            return 0
        _, _, offset, length, frame = self.extents[bisect.bisect(self.starts, self.at) - 1]
        start, count = self.at - offset, min(len(target), offset + length - self.at)
        target[:count] = bytes(count) if frame.kind == 6 else self.plain(frame)[start:start + count]
        self.at += count
        return count

    def plain(self, frame):
        if self.cached[0] is not frame:
            with open(self.paths[frame.volume], "rb") as file:
                file.seek(frame.at + 144)
                data = b"" if frame.withheld else file.read(frame.stored)
            try:
                must(payload_digest(data) == frame.digest, "it is withheld or damaged")
                self.cached = (frame, decode(frame.codec, data[16:], frame.plain))
            except Bad as bad:
                raise OSError("record %d: %s" % (frame.number, bad)) from None
        return self.cached[1]
