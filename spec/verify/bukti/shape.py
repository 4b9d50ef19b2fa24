"""The registry, CBOR (section 7.1) and the shape of bodies (7.2); the rules' one exception, Bad."""
import ast, pathlib, re

SPEC = pathlib.Path(__file__).resolve().parents[2]  # the normative files are read, not retyped
MAX63 = 1 << 63

class Bad(Exception):
    """A rule does not hold; the argument is the code."""

def must(holds, code, error=Bad):
    if not holds:
        raise error(code)

def table(title):
    """The rows of a table in ../../registry.md, without its head."""
    text = (SPEC / "registry.md").read_text("utf-8").split("\n## %s\n" % title)[1]
    lines = [line for line in text.split("\n## ")[0].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]

CODES = {code: columns for code, *columns in table("Findings")}  # claim, effect, meaning
LIMIT = {name: int(value) for name, value, _ in table("Limits") if value.isdigit()}
NAMES = {what: names.split() for what, names in table("Names of numbers")}
*KNOWN, OPTIONAL = [columns for _, *columns in table("Record types")]
TYPES = dict(enumerate(KNOWN, 1))  # name, codecs, item id, withholdable; OPTIONAL is for the others

FALSE = (bool, 0, 0, None)
PLAIN = {"uint": (int, 0, MAX63 - 1, None), "int": (int, -MAX63, MAX63 - 1, None),
         "bstr": (bytes, 0, MAX63, None), "tstr": (str, 0, MAX63, None),
         "bool": (bool, 0, 1, None), "false": FALSE, "open-map": (dict, 0, MAX63, None)}

def read_cddl(text):
    """The rules of ../../bukti.cddl: name -> type. Its words are quoted, then it is Python."""
    text = re.sub(r";.*", "", text).replace("{ * uint => any }", "open-map")
    text = re.sub(r"\[ ([+*]\d*)", r"[\1,", text)  # [ *7 x ] becomes [*7, x ]
    quoted = re.sub(r"[^{}\[\],:=\s][^{}\[\],:=\n]*", lambda word: repr(word[0].strip()), text)
    rules = dict(PLAIN)
    for name, rule in re.findall(r"^'([a-z-]+)' *= *(.+?)(?=^'|\Z)", quoted, re.M | re.S):
        rules[name] = build(ast.literal_eval(rule), rules)
    return rules

def build(part, rules):
    """A type is (Python's type, low, high, parts). low and high bound an integer's value, else the
    length. parts: of a list the elements' types (one for all if lengths may differ), of a dict
    key -> (required, type), and of "or" the alternatives."""
    if isinstance(part, dict):
        keys = {int(key.strip("? ")): (key[0] != "?", build(of, rules)) for key, of in part.items()}
        return (dict, 0, MAX63, keys)
    if isinstance(part, list):
        many = re.fullmatch(r"([+*])(\d*)", str(part[0]))
        low, high = (int(many[1] == "+"), int(many[2] or MAX63)) if many else [len(part)] * 2
        return (list, low, high, [build(of, rules) for of in part[1 if many else 0:]])
    if "/" in part:
        return ("or", 0, 0, [build(of.strip(), rules) for of in part.split("/")])
    bounds = re.fullmatch(r"(bstr \.size )?\(?(-?\d\w*)(?:\.\.(\w+))?\)?", part)
    if bounds:
        kind, low, high = bytes if bounds[1] else int, bounds[2], bounds[3] or bounds[2]
        return (kind, int(low, 0), int(high, 0), None)
    return rules[part]

RULES = read_cddl((SPEC / "bukti.cddl").read_text("utf-8"))
COLUMNS = {6: (8, 32, 8, 8, 4, 1), 7: (32, 8, 8, 8, 8, 8, 8)}  # 9.1, 9.2: bytes of each column

def fit(rule, value, level=0):
    """[B-CBOR-9], depth first; of "columns / levels" the level of the index record decides."""
    kind, low, high, parts = rule
    if kind == "or":
        return None if value is False and FALSE in parts else fit(parts[level], value, level)
    must(type(value) is kind and (kind is not int or low < 0 or value >= 0), "schema-type")
    must(low <= (value if kind in (int, bool) else len(value)) <= high, "schema-value")
    if kind is list:
        for number, element in enumerate(value):
            fit(parts[number % len(parts)], element, level)
    elif kind is dict and parts:
        for key, element in value.items():
            must(key in parts, "schema-key")
            fit(parts[key][1], element, level)
        missing = [key for key, part in parts.items() if part[0] and key not in value]
        must(not missing, "schema-missing")
        if rule is RULES["columns"] or rule is RULES["levels"]:  # [B-CBOR-10]
            sizes = enumerate(COLUMNS[len(parts)], 1)
            rows = {len(value[key]) / size for key, size in sizes}
            must(len(rows) == 1 and rows.pop().is_integer(), "schema-value")

def check_body(kind, value):
    """[B-CBOR-9], [B-CBOR-10]"""
    level = kind == 10 and type(value) is dict and value.get(1)
    fit(RULES[TYPES[kind][0]], value, 1 if level else 0)
    if kind == 2:  # [B-SES-9]
        must(value.get(14, []) == sorted(set(value.get(14, []))), "schema-value")
    if kind == 6:  # [B-ITM-9]
        must((3 in value) == (4 in value) == (value[2] == 1), "schema-value")
        must((5 in value) == (value[2] == 2), "schema-value")
    if kind == 7:  # [B-EVT-1]
        must((11 in value) == (value[1] in (2, 3, 4)), "schema-value")
        must((12 in value) == (value[1] in (3, 4)), "schema-value")

def initial(byte):
    """Major type, value, how many bytes the value is in, and the code of what is wrong."""
    major, info = byte >> 5, byte & 31
    wrong = ("cbor-indefinite" if byte == 0xFF or (info == 31 and 2 <= major <= 5) else
             "cbor-type" if major >= 6 and byte not in (0xF4, 0xF5) else
             "cbor-head" if info >= 28 else None)
    return major, info, 1 << info - 24 if 24 <= info < 28 else 0, wrong

INITIAL = [initial(byte) for byte in range(256)]

class Cbor:
    """[B-CBOR-1] to [B-CBOR-8]: the first violation in the order of the bytes."""

    def __init__(self, data):
        self.data, self.at, self.left = data, 0, LIMIT["max-values"]

    def whole(self):
        value = self.value(1)
        must(self.at == len(self.data), "cbor-trailing")
        return value

    def head(self):
        """Major type and argument; (7, 20) is false and (7, 21) true."""
        must(self.at < len(self.data), "cbor-truncated")
        major, number, width, wrong = INITIAL[self.data[self.at]]
        if wrong:
            raise Bad(wrong)
        self.at += 1 + width
        if width:
            must(self.at <= len(self.data), "cbor-truncated")
            number = int.from_bytes(self.data[self.at - width:self.at], "big")
            must(number >= (24 if width == 1 else 1 << 4 * width), "cbor-head")
            must(major > 1 or number < MAX63, "cbor-integer")
        return major, number

    def value(self, depth):
        major, number = self.head()
        if major <= 1:
            return number if major == 0 else -1 - number
        if major == 7:
            return number == 21
        count = number * 2 if major == 5 else number
        self.left -= count if major >= 4 else 0
        must(count <= len(self.data) - self.at and self.left >= 0, "cbor-length")
        if major <= 3:
            return self.string(major, number)
        must(depth <= LIMIT["max-depth"], "cbor-depth")
        if major == 4:
            return [self.value(depth + 1) for _ in range(number)]
        found, last = {}, -1
        for _ in range(number):
            must(self.data[self.at:self.at + 1] < b"\x20", "cbor-key-type")
            key = self.head()[1]
            must(key > last, "cbor-key-order")
            found[key] = self.value(depth + 1)
            last = key
        return found

    def string(self, major, length):
        raw = self.data[self.at:self.at + length]
        self.at += length
        try:
            return raw if major == 2 else raw.decode("utf-8")
        except UnicodeDecodeError:
            raise Bad("cbor-utf8") from None
