"""The examples of the spec: each byte of a frame with what it is."""

import re

from .frame import NAMES
from .vector import REPOSITORY

SPEC = REPOSITORY / "spec"
BEGIN = "<!-- example: made by testvectors/generate, do not edit -->"
END = "<!-- end of example -->"
CORE = ((8, 16, "bundle id"), (24, 1, "record type"), (25, 1, "codec"), (26, 2, "flags"),
        (28, 4, "zero"), (32, 8, "record number"), (40, 8, "item id"), (48, 8, "offset in item"),
        (56, 8, "plain length"), (64, 8, "stored length"), (72, 32, "payload digest"),
        (104, 32, "previous record hash"))
PREAMBLE = ((0, 10, "magic"), (10, 1, "major"), (11, 1, "minor"), (12, 4, "volume number"),
            (16, 16, "bundle id"))
FIELDS = {
    1: "case creator tool suite time", 2: "who why authority host tool options time extends adopts "
    "refuses torn policy branch digests", 3: "kind name expected-size time resume supplements",
    4: "kind name size state digests parent exhibit posix times ntfs target same-as source "
    "supplements changed reason acquired", 6: "length kind errno attempts reason",
    7: "kind time persons place purpose authority bag storage condition re-verified party covers "
    "items exhibit", 8: "text about corrects time by", 9: "rows previous restated",
    10: "level block rows", 11: "offset frontier first-row rows tails levels state",
    12: "checkpoint signatures", 13: "seal hash kind digest data signature",
    14: "reason authority by for public runs time", 15: "suite first count hash",
    16: "scheme recipients", 17: "reason by time"}


def lines(data, at, note):
    """Hex of up to 16 bytes a line; long runs of bytes are cut in the middle."""
    chunks = [data[i:i + 16] for i in range(0, len(data), 16)] or [b""]
    out = []
    for i, chunk in enumerate(chunks):
        if len(chunks) > 6 and 3 <= i < len(chunks) - 2:
            if i == 3:
                left = sum(len(c) for c in chunks[3:-2])
                out.append(f"            … {left} bytes more")
            continue
        text = note if i == 0 else ""
        out.append(f"{at + 16 * i:8}  {chunk.hex(' '):47}  {text}".rstrip())
    return out


class Diagnostic:
    """Walks one encoded value; each head and string gets a line."""

    def __init__(self, data, base, fields):
        self.data, self.at, self.base, self.out = data, 0, base, []
        self.fields = dict(enumerate(fields.split(), 1))

    def emit(self, start, note, depth):
        self.out += lines(self.data[start:self.at], self.base + start, ". " * depth + note)

    def value(self, depth=0, label=""):
        start = self.at
        major, info = self.data[start] >> 5, self.data[start] & 31
        self.at += 1
        argument = info
        if info >= 24 and major != 7:
            width = 1 << (info - 24)
            argument = int.from_bytes(self.data[self.at:self.at + width], "big")
            self.at += width
        if major in (0, 1):
            self.emit(start, f"{label}{argument if major == 0 else -1 - argument}", depth)
        elif major in (2, 3):
            raw = self.data[self.at:self.at + argument]
            self.at += argument
            text = repr(raw.decode()) if major == 3 or printable(raw) and raw else None
            self.emit(start, f"{label}{text or f'{argument} bytes'}", depth)
        elif major == 4:
            self.emit(start, f"{label}array of {argument}", depth)
            for _ in range(argument):
                self.value(depth + 1)
        elif major == 5:
            self.emit(start, f"{label}map of {argument}", depth)
            for _ in range(argument):
                self.pair(depth)
        else:
            self.emit(start, f"{label}{'true' if info == 21 else 'false'}", depth)

    def pair(self, depth):
        key = self.at
        number = self.data[key]
        width = 1 if number < 24 else 2
        number = number if width == 1 else self.data[key + 1]
        name = self.fields.get(number, "") if depth == 0 else ""
        self.at += width
        self.emit(key, f"key {number}{' ' + name if name else ''}", depth + 1)
        self.value(depth + 2)


def printable(raw):
    return raw.isascii() and all(32 <= c < 127 or c == 10 for c in raw)


def frame(layout, record):
    """One frame, annotated."""
    _, start = layout.where(record)
    data = record.frame()
    kind = NAMES.get(record.type, f"type {record.type}")
    out = [f"Record {record.number}, {kind}, {len(data)} bytes; record hash {record.hash.hex()}",
           "", "```"]
    out += lines(data[:7], start, "sync mark")
    out += lines(data[7:8], start + 7, "state: present")
    for at, size, name in CORE:
        out += lines(data[at:at + size], start + at, name)
    out += lines(data[136:140], start + 136, "CRC-32")
    out += lines(data[140:144], start + 140, "zero")
    out += lines(data[144:160], start + 144, "salt")
    if record.type in FIELDS and not record.core.codec:
        d = Diagnostic(record.body, start + 160, FIELDS[record.type])
        d.value()
        out += d.out
    elif record.body:
        out += lines(record.body, start + 160, "body")
    return out + lines(data[-8:], start + len(data) - 8, "frame length") + ["```", ""]


def preamble(layout):
    data = layout.volumes[0][0].data
    out = ["Preamble", "", "```"]
    for at, size, name in PREAMBLE:
        out += lines(data[at:at + size], at, name)
    return out + ["```", ""]


SAYS = {
    "genesis": "the case, who began it, with which tool, when",
    "session": "who goes on and why; whose signature a seal needs",
    "data": "the bytes of item 1, from offset 0 on", "item": "item 1 is the file `hello.txt`: its size and SHA-256",
    "tail": "tree, index and state over what came before", "seal": "a signature over the tree of records 0 to 4"}


def overview(bundle):
    """A small bundle, a row each record, and one record in full."""
    layout = bundle.layout()
    out = ["| record | at | bytes | type | says |", "|---|---|---|---|---|",
           "| | 0 | 32 | preamble | format, volume, bundle id |"]
    for record in bundle.records:
        kind, at = NAMES[record.type], layout.where(record)[1]
        out.append(f"| {record.number} | {at} | {len(record.frame())} | {kind} | {SAYS[kind]} |")
    shown = next(r for r in bundle.records if NAMES[r.type] == "data")
    return "\n".join(out + [""] + frame(layout, shown))


def whole(bundle):
    """Each byte of a small bundle."""
    layout = bundle.layout()
    out = ["# A complete example", "", "The vector `valid/minimal`, byte by byte. Made by testvectors/generate, do not edit.", ""]
    out += preamble(layout)
    for record in bundle.records:
        out += frame(layout, record)
    return "\n".join(out).rstrip("\n").encode() + b"\n"


def one_of_each():
    """A file of spec/examples for each record type, from the vector valid/every-type."""
    from .valid_basic import every_type
    bundle = every_type()
    layout, out = bundle.layout(), {}
    for record in bundle.records:
        name = NAMES.get(record.type, "optional")
        path = SPEC / "examples" / f"{name}.md"
        if path not in out:
            text = (f"# {name}\n\nFrom the vector `valid/every-type`. Made by testvectors/generate, "
                    f"do not edit.\n\n" + "\n".join(frame(layout, record)))
            out[path] = text.rstrip("\n").encode() + b"\n"
    return out


PROOF = ((0, 10, "magic"), (10, 1, "major"), (11, 1, "minor"), (12, 4, "length of the body"))


def proof():
    """Each byte of the smallest proof."""
    from .proofs import Proof, sealed
    data = Proof(*sealed()).file()
    out = ["# A complete proof", "", "The vector `proofs/valid_minimal`, byte by byte. Made by testvectors/generate, do not edit.",
           "", "```"]
    for at, size, name in PROOF:
        out += lines(data[at:at + size], at, name)
    d = Diagnostic(data[16:], 16, "checkpoint signatures shown hashes range")
    d.value()
    return "\n".join(out + d.out + ["```"]).encode() + b"\n"


def files():
    from .valid_basic import minimal
    spec = (SPEC / "bukti.md").read_text()
    text = re.sub(re.escape(BEGIN) + ".*?" + re.escape(END),
                  lambda _: f"{BEGIN}\n\n{overview(minimal())}\n{END}", spec, flags=re.S)
    return {SPEC / "bukti.md": text.encode(), SPEC / "examples/minimal.md": whole(minimal()),
            SPEC / "examples/proof.md": proof(), **one_of_each()}
