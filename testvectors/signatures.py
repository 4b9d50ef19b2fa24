"""Mutations of the signatures in a seal, element by element, signed anew with the published test keys.

What a blind mutation changes here is found by the arithmetic, whatever else is wrong. A verifier's own rules are
reached only by signatures that are right: so hashes and signature follow the change, more often than not.
"""
import base64
import functools
import glob
import hashlib
import hmac
import os
import re

KEYS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "keys")
SEAL = 12
DIGESTS = {"sha256": "2.16.840.1.101.3.4.2.1", "sha384": "2.16.840.1.101.3.4.2.2", "sha512": "2.16.840.1.101.3.4.2.3",
           "sha1": "1.3.14.3.2.26", "md5": "1.2.840.113549.2.5"}
BY_SCHEME = {"1.2.840.10045.4.3.3": "sha384", "1.2.840.10045.4.1": "sha1", "1.2.840.113549.1.1.4": "md5"}
OIDS = ["2.16.840.1.101.3.4.2.1", "2.16.840.1.101.3.4.2.2", "2.16.840.1.101.3.4.2.3", "1.3.14.3.2.26",
        "1.2.840.113549.2.5", "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.3",
        "1.2.840.113549.1.9.4", "1.2.840.113549.1.9.5", "1.2.840.113549.1.9.16.2.47", "1.2.840.113549.1.1.1",
        "1.2.840.113549.1.1.8", "1.2.840.113549.1.1.10", "1.2.840.113549.1.1.11", "1.2.840.113549.1.1.4",
        "1.2.840.10045.4.3.2", "1.2.840.10045.4.3.3", "1.2.840.10045.4.1", "1.2.840.10045.2.1",
        "1.2.840.10045.3.1.7", "1.2.840.10045.3.1.1", "1.3.132.0.33", "1.3.132.0.34", "1.3.132.0.10", "1.3.101.112",
        "2.5.29.15", "2.5.29.37", "1.3.6.1.5.5.7.3.8", "1.3.6.1.5.5.7.3.3", "2.16.9032.1.1"]
TAGS = [0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0A, 0x0C, 0x10, 0x11, 0x13, 0x17, 0x18, 0x24, 0x30, 0x31, 0x80, 0x81,
        0x82, 0xA0, 0xA1, 0xA2, 0xA3, 0x5F, 0xFF, 0x00]


class Element:
    """One element of BER; `kids` is None where `value` are its bytes."""

    def __init__(self, tag, value=b"", kids=None):
        self.tag, self.value, self.kids, self.head, self.end = tag, value, kids, None, b""

    def encode(self):
        body = self.value if self.kids is None else b"".join(kid.encode() for kid in self.kids)
        return bytes([self.tag]) + (length(len(body)) if self.head is None else self.head) + body + self.end

    def walk(self):
        yield self
        for kid in self.kids or ():
            yield from kid.walk()

    def copy(self):
        new = Element(self.tag, self.value, None if self.kids is None else [kid.copy() for kid in self.kids])
        new.head, new.end = self.head, self.end
        return new


def length(count, size=None):
    if count < 128 and size is None:
        return bytes([count])
    size = size or (count.bit_length() + 7) // 8
    return bytes([128 | size]) + count.to_bytes(size, "big")


def parse(data, at=0, inside=False):
    """An element of DER and where it ends; octet strings of certificates hold elements too. None: it is not DER."""
    if at + 2 > len(data) or data[at] & 31 == 31 or data[at + 1] == 128 or data[at + 1] > 132:
        return None, at
    tag, count, body = data[at], data[at + 1], at + 2
    if count > 128:
        body += count - 128
        count = int.from_bytes(data[at + 2:body], "big")
    end = body + count
    if end > len(data):
        return None, at
    if not tag & 32:
        inner = parse(data[body:end])[0] if inside and tag == 4 and count else None
        if inner and len(inner.encode()) == count:
            return Element(tag, kids=[inner]), end
        return Element(tag, data[body:end]), end
    kids = []
    while body < end:
        kid, body = parse(data, body, inside or tag == 0xA3)
        if kid is None:
            return None, at
        kids.append(kid)
    return (Element(tag, kids=kids), end) if body == end else (None, at)


# Signing: RSA, and P-256 with a nonce that hangs on what is signed, so that a seed makes the same bundles everywhere.

P = 2 ** 256 - 2 ** 224 + 2 ** 192 + 2 ** 96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
G = (0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
     0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5)


def add(a, b):
    if a is None or b is None:
        return a or b
    if a[0] == b[0] and a[1] != b[1]:
        return None
    slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, P) if a == b else (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


@functools.lru_cache(None)
def doubled(bit):
    return G if bit == 0 else add(doubled(bit - 1), doubled(bit - 1))


def times(k):
    """k times the generator."""
    sum_ = None
    for bit in range(256):
        if k >> bit & 1:
            sum_ = add(sum_, doubled(bit))
    return sum_


@functools.lru_cache(None)
def keys():
    """Public key as certificates hold it -> private numbers, of the test keys on P-256 and of RSA."""
    found = {}
    for path in sorted(glob.glob(os.path.join(KEYS, "*.key.pem"))):
        with open(path) as file:
            text = re.search("-----BEGIN PRIVATE KEY-----(.*?)-----END", file.read(), re.S).group(1)
        whole = base64.b64decode(text)
        if bytes.fromhex("06082a8648ce3d030107") in whole:
            at = whole.index(b"\x04\x20") + 2
            secret = int.from_bytes(whole[at:at + 32], "big")
            point = times(secret)
            found[b"\x04" + point[0].to_bytes(32, "big") + point[1].to_bytes(32, "big")] = (secret,)
        elif bytes.fromhex("06092a864886f70d010101") in whole:
            numbers = parse(parse(whole)[0].kids[2].value)[0].kids[1:4]
            public = Element(0x30, kids=numbers[:2]).encode()
            found[public] = tuple(int.from_bytes(number.value, "big") for number in numbers)
    return found


def sign_rsa(modulus, secret, data, name):
    """PKCS #1 v1.5."""
    algorithm = Element(0x30, kids=[Element(6, oid(DIGESTS[name])), Element(5)])
    info = Element(0x30, kids=[algorithm, Element(4, hashlib.new(name, data).digest())]).encode()
    size = (modulus.bit_length() + 7) // 8
    block = b"\0\1" + b"\xff" * (size - 3 - len(info)) + b"\0" + info
    return pow(int.from_bytes(block, "big"), secret, modulus).to_bytes(size, "big")


def sign(secret, data, name):
    if len(secret) > 1:
        return sign_rsa(secret[0], secret[2], data, name)
    hashed = int.from_bytes(hashlib.new(name, data).digest()[:32], "big") % N
    seed = secret[0].to_bytes(32, "big") + hashed.to_bytes(32, "big")
    k = int.from_bytes(hmac.digest(seed, b"nonce", "sha256"), "big") % (N - 1) + 1
    r = times(k)[0] % N
    s = pow(k, -1, N) * (hashed + r * secret[0]) % N
    numbers = [Element(2, n.to_bytes(n.bit_length() // 8 + 1, "big")) for n in (r, s)]
    return Element(0x30, kids=numbers).encode()


# Mutations of one element.

def oid(text):
    arcs = [int(arc) for arc in text.split(".")]
    out = b""
    for arc in [arcs[0] * 40 + arcs[1]] + arcs[2:]:
        part = bytes([arc & 127])
        while arc > 127:
            arc >>= 7
            part = bytes([arc & 127 | 128]) + part
        out += part
    return out


def change_tag(rng, node, parent, place, nodes):
    node.tag = rng.choice([node.tag ^ 0x20, node.tag ^ 0x20, node.tag ^ 0x80, node.tag ^ 1, node.tag ^ 1 << rng.randrange(8),
                           rng.choice(TAGS), rng.choice(TAGS), rng.choice(nodes).tag])


def change_length(rng, node, parent, place, nodes):
    count = len(node.encode()) - len(Element(0).encode())
    kind = rng.randrange(6)
    if kind == 0:
        node.head = length(max(0, count + rng.choice([-3, -2, -1, 1, 2, 300])))
    elif kind <= 2:
        node.head = length(len(node.value) if node.kids is None else sum(len(kid.encode()) for kid in node.kids),
                           rng.choice([2, 3, 4, 5, 9]))
    elif kind <= 4:
        node.head, node.end = b"\x80", rng.choice([b"\0\0", b"\0\0", b"\0\0", b"\0", b""])
    else:
        node.head = bytes([rng.randrange(256)])


def change_value(rng, node, parent, place, nodes):
    value = b"".join(kid.encode() for kid in node.kids) if node.kids is not None else node.value
    kind = rng.randrange(6)
    if kind == 0:
        value = value[:rng.randrange(len(value) + 1)]
    elif kind == 1:
        value += rng.choice([b"\0", b"\0\0", b"\x05\0", b"\xff", rng.randbytes(3), value])
    elif kind == 2:
        value = rng.choice([b"\0", b"\xff", b"\x80"]) + value
    elif kind == 3 and value:
        at = rng.randrange(len(value))
        value = value[:at] + bytes([value[at] ^ 1 << rng.randrange(8)]) + value[at + 1:]
    elif kind == 4 and node.tag == 6:
        value = oid(rng.choice(OIDS))
    elif node.kids is None:
        value = rng.choice([b"", b"\0", b"\x01", b"\x03", b"\x7f", b"\xff" * 9, rng.choice(nodes).value])
    node.value, node.kids = value, None


def change_kids(rng, node, parent, place, nodes):
    if parent is None:
        return change_tag(rng, node, parent, place, nodes)
    kids, kind = parent.kids, rng.randrange(9)
    if kind == 0:
        del kids[place]
    elif kind == 1:
        kids.insert(rng.randrange(len(kids) + 1), node.copy())
    elif kind == 2:
        other = rng.randrange(len(kids))
        kids[place], kids[other] = kids[other], kids[place]
    elif kind == 3:
        kids.insert(rng.randrange(len(kids) + 1), rng.choice(nodes).copy())
    elif kind == 4:
        kids[place] = rng.choice(nodes).copy()
    elif kind == 5:
        kids.insert(rng.randrange(len(kids) + 1), rng.choice(
            [Element(5), Element(0), Element(2, b"\1"), Element(0xA0, kids=[]), Element(0xA1, kids=[]),
             Element(0x30, kids=[]), Element(0x31, kids=[]), Element(6, oid(rng.choice(OIDS)))]))
    elif kind == 6:
        kids[place] = Element(rng.choice([0x30, 0x31, 0xA0, 0xA1, 0x24, 0x80]), kids=[node])
    elif kind == 7 and node.kids:
        kids[place:place + 1] = node.kids
    else:
        inner = [Element(node.tag & 0x1F, node.value[:1]), Element(node.tag & 0x1F, node.value[1:])]
        kids[place] = Element(node.tag | 0x20, kids=inner if node.kids is None else node.kids)
    return None


KINDS = [change_tag, change_length, change_value, change_value, change_kids, change_kids]


class Signed:
    """The parts of a SignedData that a changed one must fit."""

    def __init__(self, whole):
        body = whole.kids[1].kids[0]
        info = body.kids[-1].kids[0]
        self.certificates = [node for kid in body.kids if kid.tag == 0xA0 for node in kid.kids]
        self.attributes, self.signature = info.kids[3], info.kids[5]
        self.scheme = info.kids[4]
        self.before = self.attributes.encode()
        self.named = self.secret = None
        for certificate in self.certificates:
            name = hashlib.sha256(certificate.encode()).digest()
            for node in self.attributes.walk():
                if node.value == name:
                    self.named, self.signer = node, certificate
                    points = [n.value[1:] for n in certificate.walk() if n.tag == 3]
                    self.secret = next((keys()[p] for p in points if p in keys()), None)
        if self.secret is None:
            raise IndexError

    def mend(self):
        self.named.value = hashlib.sha256(self.signer.encode()).digest()
        now = self.attributes.encode()
        if now != self.before:
            named = {oid(scheme): name for scheme, name in BY_SCHEME.items()}
            name = next((named[node.value] for node in self.scheme.walk() if node.value in named), "sha256")
            self.signature.value = sign(self.secret, b"\x31" + now[1:], name)


def mutate(rng, data):
    """One CMS with one or a few elements changed."""
    whole = parse(data)[0]
    if whole is None:
        return data[:-1]
    try:
        signed = Signed(whole)
    except (IndexError, TypeError):
        signed = None
    for _ in range(rng.choice([1, 1, 1, 1, 2, 3])):
        nodes = [(node, parent, place) for parent in whole.walk() for place, node in enumerate(parent.kids or ())]
        if signed and rng.random() < 0.7:
            skip = {id(node) for certificate in signed.certificates for node in certificate.walk()}
            nodes = [entry for entry in nodes if id(entry[0]) not in skip]
        if signed and rng.random() < 0.3:
            keep = {id(node) for node in signed.attributes.walk()}
            nodes = [entry for entry in nodes if id(entry[0]) in keep] or nodes
        node, parent, place = rng.choice(nodes + [(whole, None, 0)])
        rng.choice(KINDS)(rng, node, parent, place, [entry[0] for entry in nodes] or [whole])
    if signed and rng.random() < 0.8:
        signed.mend()
    return whole.encode()


# Seals.

def item(data, at):
    """A head of CBOR: major type, number, where it ends."""
    major, info = data[at] >> 5, data[at] & 31
    size = {24: 1, 25: 2, 26: 4, 27: 8}.get(info, 0)
    return major, int.from_bytes(data[at + 1:at + 1 + size], "big") if size else info, at + 1 + size


def head(major, number):
    for info, size in ((24, 1), (25, 2), (26, 4)):
        if number < 1 << 8 * size:
            return bytes([major << 5 | number]) if number < 24 else bytes([major << 5 | info]) + number.to_bytes(size, "big")
    raise ValueError(number)


def mutate_body(rng, body):
    """The body of a seal with one of its signatures changed; None when there is none."""
    if body[:2] != b"\xa2\x01":
        return None
    _, count, at = item(body, 2)
    start = at + count
    _, signatures, at = item(body, start + 1)
    parts = []
    for _ in range(signatures):
        _, count, at = item(body, at)
        parts.append(body[at:at + count])
        at += count
    if not parts or at != len(body):
        return None
    number = rng.randrange(len(parts))
    parts[number] = mutate(rng, parts[number])
    return body[:start + 1] + head(4, len(parts)) + b"".join(head(2, len(part)) + part for part in parts)
