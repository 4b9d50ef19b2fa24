"""A small DEFLATE writer, so that no vector depends on a version of zlib.

One block with fixed codes; runs of one byte become matches at distance 1.
"""

LENGTH_BASE = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99,
               115, 131, 163, 195, 227, 258]
LENGTH_EXTRA = [0] * 8 + [1] * 4 + [2] * 4 + [3] * 4 + [4] * 4 + [5] * 4 + [0]


class Bits:
    def __init__(self):
        self.out, self.hold, self.count = bytearray(), 0, 0

    def put(self, value, width):
        self.hold |= value << self.count
        self.count += width
        while self.count >= 8:
            self.out.append(self.hold & 255)
            self.hold >>= 8
            self.count -= 8

    def code(self, value, width):
        self.put(int(format(value, f"0{width}b")[::-1], 2), width)

    def symbol(self, s):
        if s < 144:
            self.code(0x30 + s, 8)
        elif s < 256:
            self.code(0x190 + s - 144, 9)
        elif s < 280:
            self.code(s - 256, 7)
        else:
            self.code(0xC0 + s - 280, 8)

    def bytes(self):
        return bytes(self.out) + (bytes([self.hold & 255]) if self.count else b"")


def deflate(data, final=True, end=True):
    bits, at = Bits(), 0
    bits.put(1 if final else 0, 1)
    bits.put(1, 2)
    while at < len(data):
        run = 1
        while at + run < len(data) and run < 259 and data[at + run] == data[at]:
            run += 1
        bits.symbol(data[at])
        at += 1
        length = min(run - 1, 258)
        if length >= 3:
            i = max(k for k in range(29) if LENGTH_BASE[k] <= length)
            bits.symbol(257 + i)
            bits.put(length - LENGTH_BASE[i], LENGTH_EXTRA[i])
            bits.code(0, 5)
            at += length
    if end:
        bits.symbol(256)
    return bits.bytes()
