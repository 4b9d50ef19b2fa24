"""Reads of 4 KiB at given places, through what the peers offer; a program that `make bench` starts.

readers.py file | pyewf | dissect PATH OFFSETS     prints reads a second, p50 and p99 in microseconds, SHA-256 of all
"""

import array
import hashlib
import json
import os
import sys
import time

SIZE = 4096


def reader(kind, path):
    """A function that reads 4 KiB at a place."""
    if kind == "file":
        descriptor = os.open(path, os.O_RDONLY)
        return lambda place: os.pread(descriptor, SIZE, place)
    if kind == "pyewf":
        handle = opened(path)
        return lambda place: handle.read_buffer_at_offset(SIZE, place)
    from dissect.evidence.ewf import EWF

    stream = EWF(open(path, "rb")).open()

    def read(place):
        stream.seek(place)
        return stream.read(SIZE)

    return read


def opened(path):
    import pyewf

    handle = pyewf.handle()
    handle.open([path])
    return handle


def measure(read, places):
    digest, seconds = hashlib.sha256(), []
    for place in places:
        start = time.perf_counter()
        piece = read(place)
        seconds.append(time.perf_counter() - start)
        digest.update(piece)
    ordered = sorted(seconds)
    p50, p99 = (ordered[len(ordered) * part // 100] * 1e6 for part in (50, 99))
    return {"reads": len(places), "rate": len(places) / sum(seconds), "p50": p50, "p99": p99, "sha256": digest.hexdigest()}


def main():
    places = array.array("Q")
    with open(sys.argv[3], "rb") as offsets:
        places.frombytes(offsets.read())
    print(json.dumps(measure(reader(sys.argv[1], sys.argv[2]), places)))


if __name__ == "__main__":
    main()
