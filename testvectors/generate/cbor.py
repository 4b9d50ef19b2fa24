"""The one encoding of each value (spec 7.1), and ways to write others."""

import struct


class Raw(bytes):
    """Bytes that are written as they are: for whatever the encoder would never write."""


def head(major, value):
    if value < 24:
        return bytes([major << 5 | value])
    for info, form, limit in ((24, ">B", 8), (25, ">H", 16), (26, ">I", 32), (27, ">Q", 64)):
        if value < 1 << limit:
            return bytes([major << 5 | info]) + struct.pack(form, value)
    raise ValueError(value)


def encode(value):
    if isinstance(value, Raw):
        return bytes(value)
    if value is False:
        return b"\xf4"
    if value is True:
        return b"\xf5"
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, (bytes, bytearray)):
        return head(2, len(value)) + bytes(value)
    if isinstance(value, str):
        text = value.encode()
        return head(3, len(text)) + text
    if isinstance(value, (list, tuple)):
        return head(4, len(value)) + b"".join(encode(v) for v in value)
    if isinstance(value, dict):
        out = head(5, len(value))
        for key in sorted(value):
            out += encode(key) + encode(value[key])
        return out
    raise TypeError(type(value))


def without(value, *keys):
    """A map without some of its keys."""
    return {k: v for k, v in value.items() if k not in keys}
