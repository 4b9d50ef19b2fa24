"""Codes (../../registry.md), CBOR (section 7.1) and the shape of bodies (../../bukti.cddl)."""
import pathlib
import re

SPEC = pathlib.Path(__file__).resolve().parents[2]  # the two normative files are read, not retyped
MAX63 = 2**63
TYPES = {1: "genesis", 2: "session", 3: "item-open", 4: "item", 5: "data", 6: "gap", 7: "event",
         8: "note", 9: "names", 10: "index", 11: "tail", 12: "seal", 13: "attest", 14: "withhold",
         15: "renew", 16: "keys", 17: "close"}
COLUMNS = {6: (8, 32, 8, 8, 4, 1), 7: (32, 8, 8, 8, 8, 8, 8)}  # 9.1, 9.2: bytes of each column


class Bad(Exception):
    """A rule does not hold; the argument is the code."""


def read_codes():
    """code -> (claim, effect, meaning), from the findings table of the registry."""
    text = (SPEC / "registry.md").read_text("utf-8")
    row = re.compile(r"^\| ([a-z0-9-]+) \| (intact|complete|signed-by|existed-by|custody) "
                     r"\| (fails|open|exception|note) \| (.*) \|$", re.M)
    return {code: (claim, effect, meaning) for code, claim, effect, meaning in row.findall(text)}


CODES = read_codes()


# -- CDDL, as far as bukti.cddl uses it --------------------------------------------------------

class Cddl:
    """Turns bukti.cddl into nested tuples: ("map", {key: (required, type)}) and so on."""

    def __init__(self, text):
        text = re.sub(r";.*", "", text)
        self.tokens = re.findall(r"\.\.|\.size|=>|-?0x[0-9a-f]+|-?\d+|[a-z][a-z0-9-]*|\S", text)
        self.at = 0
        self.rules = {}
        while self.at < len(self.tokens):
            name = self.take()
            self.expect("=")
            self.rules[name] = self.choice()

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self):
        self.at += 1
        return self.tokens[self.at - 1]

    def expect(self, token):
        if self.take() != token:
            raise ValueError("bukti.cddl: %s expected" % token)

    def skip(self, token):
        if self.peek() == token:
            self.at += 1
            return True
        return False

    def choice(self):
        kinds = [self.single()]
        while self.skip("/"):
            kinds.append(self.single())
        return kinds[0] if len(kinds) == 1 else ("or", kinds)

    def bounds(self):
        inside = self.skip("(")
        low = high = int(self.take(), 0)
        if self.skip(".."):
            high = int(self.take(), 0)
        if inside:
            self.expect(")")
        return low, high

    def single(self):
        token = self.peek()
        if token == "{":
            return self.map()
        if token == "[":
            return self.array()
        if token == "(" or token.lstrip("-")[0].isdigit():
            return ("int",) + self.bounds()
        self.take()
        if token == "bstr" and self.skip(".size"):
            return ("bstr",) + self.bounds()
        fixed = {"uint": ("int", 0, MAX63 - 1), "int": ("int", -MAX63, MAX63 - 1), "any": ("any",),
                 "tstr": ("tstr",), "bool": ("bool",), "false": ("false",),
                 "bstr": ("bstr", 0, MAX63)}
        return fixed.get(token, ("ref", token))

    def map(self):
        self.expect("{")
        keys = {}
        while not self.skip("}"):
            if self.skip("*"):  # { * uint => any }: open, as ext is
                for token in ("uint", "=>", "any"):
                    self.expect(token)
                keys = None
                continue
            required = not self.skip("?")
            key = int(self.take())
            self.expect(":")
            keys[key] = (required, self.choice())
            self.skip(",")
        return ("map", keys)

    def array(self):
        self.expect("[")
        low = high = None
        if self.skip("+"):
            low, high = 1, MAX63
        elif self.skip("*"):
            low, high = 0, int(self.take()) if self.peek().isdigit() else MAX63
        kinds = [self.choice()]
        while self.skip(","):
            kinds.append(self.choice())
        self.expect("]")
        return ("array", kinds, low, high)


RULES = Cddl((SPEC / "bukti.cddl").read_text("utf-8")).rules


def check_body(kind, value):
    """[B-CBOR-9], [B-CBOR-10]"""
    rule = RULES[TYPES[kind]]
    level = value.get(1) if kind == 10 and isinstance(value, dict) else None
    fit(rule, value, 1 if level else 0)
    if kind == 2 and 14 in value and value[14] != sorted(set(value[14])):  # [B-SES-9]
        raise Bad("schema-value")
    if kind == 6 and [k in value for k in (3, 4, 5)] != [value[2] == 1] * 2 + [value[2] == 2]:
        raise Bad("schema-value")  # [B-ITM-9]
    if kind == 7 and [k in value for k in (11, 12)] != [value[1] in (2, 3, 4), value[1] in (3, 4)]:
        raise Bad("schema-value")  # [B-EVT-1]


def fit(rule, value, level=0):
    """Depth first in the order of the bytes. Of "columns / levels" the index level decides."""
    while rule[0] in ("ref", "or"):
        if rule[0] == "ref":
            rule = RULES[rule[1]]
        elif value is False and ("false",) in rule[1]:
            return
        else:
            rule = rule[1][level]
    name = rule[0]
    if name == "any":
        return
    if name == "int":
        if type(value) is not int or (value < 0 <= rule[1]):
            raise Bad("schema-type")
        if not rule[1] <= value <= rule[2]:
            raise Bad("schema-value")
    elif name == "bstr":
        if not isinstance(value, bytes):
            raise Bad("schema-type")
        if not rule[1] <= len(value) <= rule[2]:
            raise Bad("schema-value")
    elif name == "array":
        fit_array(rule, value, level)
    elif name == "map":
        fit_map(rule, value, level)
    elif not isinstance(value, str if name == "tstr" else bool):
        raise Bad("schema-type")


def fit_array(rule, value, level):
    _, kinds, low, high = rule
    if not isinstance(value, list):
        raise Bad("schema-type")
    if not (low <= len(value) <= high if low is not None else len(value) == len(kinds)):
        raise Bad("schema-value")
    for number, element in enumerate(value):
        fit(kinds[0 if low is not None else number], element, level)


def fit_map(rule, value, level):
    keys = rule[1]
    if not isinstance(value, dict):
        raise Bad("schema-type")
    if keys is None:
        return
    for key, element in value.items():
        if key not in keys:
            raise Bad("schema-key")
        fit(keys[key][1], element, level)
    if any(required and key not in value for key, (required, _) in keys.items()):
        raise Bad("schema-missing")
    if rule is RULES["columns"] or rule is RULES["levels"]:
        counts = {divmod(len(value[i]), w) for i, w in enumerate(COLUMNS[len(keys)], 1)}
        if len(counts) != 1 or counts.pop()[1]:  # [B-CBOR-10]
            raise Bad("schema-value")


# -- CBOR ---------------------------------------------------------------------------------------

class Cbor:
    """[B-CBOR-1] to [B-CBOR-8]: the first violation in the order of the bytes."""

    def __init__(self, data):
        self.data, self.at, self.left = data, 0, 1 << 20

    def whole(self):
        value = self.value(1)
        if self.at != len(self.data):
            raise Bad("cbor-trailing")
        return value

    def head(self):
        data, at = self.data, self.at
        if at >= len(data):
            raise Bad("cbor-truncated")
        major, info = data[at] >> 5, data[at] & 31
        if data[at] == 0xFF or (info == 31 and 2 <= major <= 5):
            raise Bad("cbor-indefinite")
        self.at = at + 1
        if major >= 6:
            if data[at] not in (0xF4, 0xF5):
                raise Bad("cbor-type")
            return 7, info
        if info >= 28:
            raise Bad("cbor-head")
        if info < 24:
            return major, info
        width = 1 << (info - 24)
        if at + 1 + width > len(data):
            raise Bad("cbor-truncated")
        number = int.from_bytes(data[at + 1:at + 1 + width], "big")
        self.at = at + 1 + width
        if number < (24 if width == 1 else 1 << (4 * width)):
            raise Bad("cbor-head")
        if major <= 1 and number >= MAX63:
            raise Bad("cbor-integer")
        return major, number

    def value(self, depth):
        major, number = self.head()
        if major == 7:
            return number == 21
        if major <= 1:
            return number if major == 0 else -1 - number
        count = number * (2 if major == 5 else 1)
        self.left -= count if major >= 4 else 0
        if count > len(self.data) - self.at or self.left < 0:
            raise Bad("cbor-length")
        if major >= 4 and depth > 16:
            raise Bad("cbor-depth")
        if major == 4:
            return [self.value(depth + 1) for _ in range(number)]
        if major == 5:
            return self.map(number, depth)
        raw = self.data[self.at:self.at + number]
        self.at += number
        if major == 2:
            return raw
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            raise Bad("cbor-utf8") from None

    def map(self, count, depth):
        found, last = {}, -1
        for _ in range(count):
            if self.at < len(self.data) and self.data[self.at] >> 5:
                raise Bad("cbor-key-type")
            key = self.head()[1]
            if key <= last:
                raise Bad("cbor-key-order")
            found[key] = self.value(depth + 1)
            last = key
        return found
