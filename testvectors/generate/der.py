"""The little DER that a CMS SignedData needs (X.690)."""


def tlv(tag, *parts):
    body = b"".join(parts)
    n = len(body)
    if n < 128:
        return bytes([tag, n]) + body
    size = n.to_bytes((n.bit_length() + 7) // 8, "big")
    return bytes([tag, 128 | len(size)]) + size + body


def seq(*parts):
    return tlv(0x30, *parts)


def set_of(*parts):
    """SET OF: the encodings in ascending order (X.690 11.6)."""
    return tlv(0x31, *sorted(parts))


def integer(value):
    return tlv(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def octets(value):
    return tlv(4, value)


def null():
    return tlv(5)


def oid(dotted):
    arcs = [int(a) for a in dotted.split(".")]
    out = bytearray([arcs[0] * 40 + arcs[1]])
    for arc in arcs[2:]:
        chunk = [arc & 127]
        while arc >= 128:
            arc >>= 7
            chunk.append(arc & 127 | 128)
        out += bytes(reversed(chunk))
    return tlv(6, bytes(out))


def utc_time(text):
    return tlv(0x17, text.encode())


def generalized_time(text):
    return tlv(0x18, text.encode())


def context(number, *parts):
    return tlv(0xA0 | number, *parts)
