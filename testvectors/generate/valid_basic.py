"""Valid vectors: the smallest bundles and each record type."""

from .builder import Bundle
from .vector import Vector


def minimal():
    b = Bundle("minimal")
    b.file(b"hello.txt", b"Hello, evidence.\n")
    b.seal()
    return b


def vectors():
    b = minimal()
    yield Vector("valid/minimal", "One session, one file of 17 bytes, one seal.",
                 ["B-FRM-1", "B-FRM-2", "B-FRM-3", "B-SEA-1", "B-TAI-4"]).report(b.layout())
