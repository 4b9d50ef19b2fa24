"""Signatures (section 11.3): a small reader of DER, and openssl for the mathematics."""
import base64, datetime, hashlib, os, re, shutil, subprocess, tempfile

from .shape import LIMIT, must, table

ALGORITHMS = {(what, oid): (name, allowed) for oid, what, name, allowed
              in table("Algorithms of signatures")}
SHA256 = "2.16.840.1.101.3.4.2.1"
ID_DATA, SIGNED_DATA = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.2"
CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME, ESS_V2 = ATTRIBUTES = (
    "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4", "1.2.840.113549.1.9.5",
    "1.2.840.113549.1.9.16.2.47")
KEY_USAGE, EXTENDED_USAGE, TIME_STAMPING = "2.5.29.15", "2.5.29.37", "1.3.6.1.5.5.7.3.8"

class Invalid(Exception):
    mathematics = "invalid"

class NotEvaluated(Exception):
    mathematics = "not evaluated"

class Node:
    """One element; kids is None when it is primitive."""

    def __init__(self, data, at=0, depth=0):
        must(depth <= LIMIT["max-cms-depth"] and at + 2 <= len(data) and data[at] & 31 < 31,
             "no DER", Invalid)
        self.tag, length, body, self.kids = data[at], data[at + 1], at + 2, None
        self.endless = length == 128  # an indefinite length ends in two zeros
        if length > 128:
            body += length - 128
            length = int.from_bytes(data[at + 2:body], "big")
            must(length > 127 and data[at + 2], "no DER: a length", Invalid)
        self.end = len(data) if self.endless else body + length
        must(self.end <= len(data) and (self.tag & 32 or not self.endless), "no DER", Invalid)
        if self.tag & 32:
            self.kids, place = [], body
            while place < self.end and not (self.endless and data[place:place + 2] == b"\0\0"):
                self.kids.append(Node(data, place, depth + 1))
                place = self.kids[-1].end
            must(place == self.end or self.endless and place + 2 <= len(data), "no DER", Invalid)
            self.end = place + 2 * self.endless
        self.raw, parts = data[at:self.end], [kid.value for kid in self.kids or ()]
        self.value = value = b"".join(parts) if self.tag & 32 else data[body:self.end]
        must({1: len(value) == 1, 5: not value,
              2: value and (len(value) == 1 or (value[0], value[1] >> 7) not in ((0, 0), (255, 1))),
              3: value and value[0] <= (7 if len(value) > 1 else 0) and not
                 (len(value) > 1 and value[-1] & (1 << value[0]) - 1),
              6: value and value[-1] < 128 and not re.search(rb"(?:^|[\0-\x7f])\x80", value, re.S),
              }.get(self.tag, True), "no DER: a value", Invalid)

    def get(self, path):
        """What a path as "1:a0 0:30" leads to: at each step the number of a child, and its tag."""
        node = self
        for number, _, tag in (step.partition(":") for step in path.split()):
            node = node.kids[int(number)] if len(node.kids or ()) > int(number) else None
            must(node and node.tag == int(tag or "%x" % node.tag, 16),
                 "not the form of a CMS signature", Invalid)
        return node

    def oid(self, path=""):
        node, parts = self.get(path), [0]
        must(node.tag == 6, "an object identifier is missing", Invalid)
        for byte in node.value:
            parts[-1] = parts[-1] << 7 | byte & 127
            parts += [0] if byte < 128 else []
        first = min(parts[0] // 40, 2)
        return ".".join(map(str, [first, parts[0] - 40 * first] + parts[1:-1]))

def read_form(tokens):
    """The parts of a form (registry.md): (tag or name, parts within or None, how often)."""
    parts = []
    while tokens and tokens[0] not in ")/":
        word = tokens.pop(0)
        within = read_form(tokens[1:]) if tokens[:1] == ["("] else None
        if within is not None:
            del tokens[:matching(tokens)]
        parts.append((word, within, tokens.pop(0) if tokens[:1] and tokens[0] in "?*+" else "1"))
    return parts

def matching(tokens):
    """The number of tokens to the parenthesis that closes the first."""
    depth = 0
    for number, token in enumerate(tokens, 1):
        depth += (token == "(") - (token == ")")
        if not depth:
            return number

FORMS = {name: [read_form(re.findall(r"\w+~?|[()?*+]", form)) for form in forms.split(" / ")]
         for name, forms in table("Form of a signature")}

def begins(node, word):
    """Whether a part of a form can be this element."""
    if word in FORMS:
        return any(begins(node, form[0][0]) for form in FORMS[word])
    return word == "any" or node.tag == int(word.rstrip("~"), 16)

def fit(nodes, parts):
    """Elements in a row have this form, or the CMS cannot be read [B-SEA-4]."""
    place = 0
    for word, within, often in parts:
        first = place
        while place < len(nodes) and begins(nodes[place], word):
            fit_one(nodes[place], word, within)
            place += 1
            if often in "1?":
                break
        must(place > first or often in "?*", "not the form of a CMS signature", Invalid)
    must(place == len(nodes), "not the form of a CMS signature", Invalid)

def fit_one(node, word, within):
    if word in FORMS:
        form = next(form for form in FORMS[word] if begins(node, form[0][0]))
        fit([node], form)
        return fit_time(node) if word == "Time" else None
    must(word.endswith("~") or not node.endless, "an indefinite length", Invalid)
    if within is not None:
        fit(node.kids, within)
    for kid in node.kids or () if within is None else ():
        fit_one(kid, "any", None)

def fit_time(node):
    """A second that exists, as RFC 5280 writes it (4.1.2.5)."""
    text = node.value.decode("latin-1")
    must(re.fullmatch("[0-9]{%d}Z" % (12 if node.tag == 0x17 else 14), text), "no time", Invalid)
    if node.tag == 0x17:
        text = ("20" if text < "50" else "19") + text
    try:
        datetime.datetime(*(int(part) for part in re.findall("^....|..", text[:-1])))
    except ValueError as wrong:
        raise Invalid(str(wrong)) from None

def fit_named(name, nodes, seen):
    """What the table says under an object identifier; it occurs once."""
    if name in FORMS:
        fit(nodes, [(name, None, "1")])
    must(name not in seen, "%s occurs twice" % name, Invalid)
    seen.add(name)

def fit_signature(whole):
    """[B-SEA-4]; gives the SignedData and its certificates."""
    fit([whole], FORMS["Signature"][0])
    body = whole.kids[1].kids[0]
    for info in body.kids[-1].kids:
        seen = set()
        for attribute in info.kids[3].kids if info.kids[3].tag == 0xA0 else ():
            if attribute.oid("0") in FORMS:
                fit_named(attribute.oid("0"), attribute.kids[1].kids, seen)
        scheme = next(kid for kid in info.kids[3:] if kid.tag == 0x30)
        fit_named(scheme.oid("0"), scheme.kids[1:], set())
    return body, [Certificate(node) for kid in body.kids if kid.tag == 0xA0 for node in kid.kids
                  if node.tag == 0x30]

def element(tag, *parts):
    """DER of an element."""
    body = b"".join(parts)
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8 or 1, "big")
    return bytes([tag] if len(body) < 128 else [tag, 128 | len(size)]) + size + body

def encode(node):
    """The element again, with definite lengths."""
    return element(node.tag, *([node.value] if node.kids is None else map(encode, node.kids)))

class Certificate:
    def __init__(self, node):
        self.der, fields = node.raw, node.kids[0].kids[node.kids[0].kids[0].tag == 0xA0:]
        self.fingerprint, self.key = hashlib.sha256(self.der).hexdigest(), fields[5]
        self.subject = ", ".join(pair.kids[1].value.decode("utf-8", "replace")
                                 for rdn in fields[4].kids for pair in rdn.kids)
        self.extensions, seen = {}, set()
        for extension in fields[-1].kids[0].kids if fields[-1].tag == 0xA3 else ():
            oid, inside = extension.oid("0"), None
            if oid in FORMS:
                inside = self.extensions[oid] = Node(extension.kids[-1].value)
                must(inside.end == len(extension.kids[-1].value), "bytes too many", Invalid)
            fit_named(oid, [inside], seen)

class Signer:
    """One SignerInfo of a CMS; ESS signing-certificate-v2 says which certificate signed."""

    def __init__(self, info, certificates):
        self.info, self.certificate, self.fingerprint, self.unknown = info, None, None, []
        self.attributes = {attribute.oid("0"): attribute.get("1").kids for attribute in
                           (info.kids[3].kids if info.kids[3].tag == 0xA0 else ())}
        if ESS_V2 not in self.attributes:
            return
        first = self.attributes[ESS_V2][0].get("0 0")
        has_algorithm = first.kids[0].tag == 0x30
        self.ess_digest = first.oid("0 0") if has_algorithm else SHA256
        wanted = first.kids[has_algorithm].value
        name, allowed = ALGORITHMS.get(("digest", self.ess_digest), ("", ""))
        for certificate in certificates if allowed == "yes" else ():
            if hashlib.new(name.replace("-", ""), certificate.der).digest() == wanted:
                self.certificate, self.fingerprint = certificate, certificate.fingerprint
        if name == "SHA-256" and len(wanted) == 32:
            self.fingerprint = wanted.hex()

    def listed(self, what, oid):
        name, allowed = ALGORITHMS.get((what, oid), (None, None))
        must(allowed != "too weak", "%s %s is too weak" % (what, oid), Invalid)
        if not allowed:
            self.unknown.append("%s %s is not on the list" % (what, oid))
        return name

    def check(self):
        """Everything but the mathematics; what is invalid goes before what is not evaluated."""
        must(all(oid in self.attributes for oid in ATTRIBUTES), "content-type, "
             "message-digest, signing-time or signing-certificate-v2 is missing", Invalid)
        content_type = self.attributes[CONTENT_TYPE][0].oid()
        must(content_type == ID_DATA, "content-type is not that of data", Invalid)
        key = None
        if self.listed("digest", self.ess_digest):
            must(self.certificate, "the certificate that signing-certificate-v2 names does not "
                 "come along", Invalid)
            key = self.check_key(self.certificate.key)
            usage = self.certificate.extensions.get(EXTENDED_USAGE)
            must(not usage or any(purpose.oid() != TIME_STAMPING for purpose in usage.kids),
                 "the certificate is for time-stamping only", Invalid)
            usage = self.certificate.extensions.get(KEY_USAGE)  # digitalSignature, nonRepudiation
            must(not usage or usage.value[1:2] >= b"\x40",
                 "the certificate's key usage allows no signatures", Invalid)
        digest = self.listed("digest", self.info.oid("2 0"))
        scheme = self.listed("signature algorithm", self.info.oid("4 0")) or ""
        must(not key or not scheme or scheme.startswith("ECDSA") == (key == "EC"),
             "the signature is for another kind of key", Invalid)
        named = scheme.partition(" with ")[2]
        if scheme == "RSA-PSS":
            given = {kid.tag: kid.get("0") for kid in self.info.get("4 1").kids}
            must(0xA0 in given and 0xA1 in given, "PSS with SHA-1", Invalid)
            named = self.listed("digest", given[0xA0].oid("0"))
            if self.listed("mask", given[0xA1].oid("0")):
                self.listed("digest", given[0xA1].oid("1 0"))
        must(not named or named == (digest or named), "the signature names another digest", Invalid)
        must(not self.unknown, "".join(self.unknown[:1]), NotEvaluated)

    def check_key(self, key):
        kind = self.listed("key algorithm", key.oid("0 0"))
        if kind == "EC" and len(key.get("0").kids) > 1 and key.get("0 1").tag == 6:
            self.listed("curve", key.oid("0 1"))
        elif kind == "EC":
            self.unknown.append("a curve without a name")
        elif kind:
            modulus = Node(key.get("1:03").value[1:]).get("0:02").value
            bits = int.from_bytes(modulus, "big").bit_length()
            must(bits >= 2048, "RSA of %d bits" % bits, Invalid)
        return kind

class Trust:
    """roots: PEM files; pins: SHA-256 of certificates, hex; at: seconds since 1970, or None."""

    def __init__(self, roots=(), pins=(), at=None):
        self.roots, self.pins, self.at = [os.path.abspath(path) for path in roots], set(pins), at
        self.given, self.program = bool(self.roots or self.pins), shutil.which("openssl")
        self.version, self.options = "", []
        if self.program:
            usage, self.version = (subprocess.run(
                [self.program, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
            ).stdout.decode("utf-8", "replace") for words in (["cms", "-help"], ["version"]))
            self.options = [name for name in ("-cades", "-partial_chain") if name in usage]

    def evaluate(self, content, signatures):
        """One entry for each SignerInfo, in order."""
        return [entry for data in signatures for entry in self.one_cms(content, data)]

    def one_cms(self, content, data):
        with tempfile.TemporaryDirectory(prefix="bukti-") as folder:
            try:
                must(len(data) <= LIMIT["max-cms-length"], "too large", NotEvaluated)
                whole = Node(data)
                must(whole.end == len(data), "bytes too many", Invalid)
                body, certificates = fit_signature(whole)
                infos = body.kids[-1].kids
                must(whole.oid("0") == SIGNED_DATA and body.oid("2 0") == ID_DATA
                     and len(body.kids[2].kids) == 1,
                     "not a detached signature over data", Invalid)
                self.write(folder, "seal.p7s", data)
                must(not self.program or self.openssl(folder, "-cmsout", "-noout"),
                     "no CMS that openssl reads", Invalid)
                must(len(infos) <= LIMIT["max-signers"] and len(certificates)
                     <= LIMIT["max-certificates"], "too many", NotEvaluated)
            except (Invalid, NotEvaluated) as wrong:
                return [entry(None, wrong)]
            self.write(folder, "checkpoint.txt", content)
            return [self.one_signer(folder, whole, info, certificates) for info in infos]

    def one_signer(self, folder, whole, info, certificates):
        """openssl gets a SignedData with this signer as the only one."""
        signer = None
        try:
            signer = Signer(info, certificates)
            must(self.program, "openssl not found", NotEvaluated)
            signer.check()
            others = map(encode, whole.get("1 0").kids[:-1])
            single = element(0xA0, element(0x30, *others, element(0x31, encode(info))))
            self.write(folder, "seal.p7s", element(0x30, encode(whole.kids[0]), single))
            return entry(signer, None, self.trust(folder, signer))
        except (Invalid, NotEvaluated) as wrong:
            return entry(signer, wrong)

    def trust(self, folder, signer):
        pem = b"-----BEGIN CERTIFICATE-----\n%s-----END CERTIFICATE-----\n"
        self.write(folder, "signer.pem", pem % base64.encodebytes(signer.certificate.der))
        verify = ["-verify", "-binary", "-purpose", "any", "-content", "checkpoint.txt",
                  "-out", os.devnull]
        must(self.openssl(folder, *verify, "-noverify", "-nointern", "-certfile", "signer.pem"),
             "openssl does not confirm the signature", Invalid)
        time = [] if self.at is None else ["-attime", str(self.at)]
        if any(self.openssl(folder, *verify, *self.options, "-CAfile", path, *time)
               for path in self.roots):
            return "root"
        return "pinned" if signer.fingerprint in self.pins else "unknown"

    @staticmethod
    def write(folder, name, data):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)

    def openssl(self, folder, *arguments):
        """The system's own roots are kept out: an empty folder stands in for them."""
        quiet = dict(os.environ, SSL_CERT_DIR=folder, SSL_CERT_FILE=os.path.join(folder, "none"))
        try:
            return subprocess.run(
                [self.program, "cms", "-inform", "DER", "-in", "seal.p7s", *arguments], cwd=folder,
                env=quiet, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, timeout=60).returncode == 0
        except (OSError, subprocess.TimeoutExpired) as wrong:
            raise NotEvaluated(str(wrong)) from None

def entry(signer, wrong, trust="not evaluated"):
    """What the report says of a signature."""
    certificate = signer and signer.certificate
    return {"certificate": signer.fingerprint if signer else None, "counts": False, "trust": trust,
            "mathematics": wrong.mathematics if wrong else "valid",
            "reason": str(wrong) if wrong else "revocation not checked",
            "subject": certificate.subject if certificate else None}
