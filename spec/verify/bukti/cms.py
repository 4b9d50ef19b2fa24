"""Signatures (section 11.3): a small reader of DER and BER, and openssl for the mathematics."""
import base64
import contextlib
import hashlib
import os
import shutil
import subprocess
import tempfile

SHA2 = {"2.16.840.1.101.3.4.2.%d" % n: name for n, name in ((1, "sha256"), (2, "sha384"), (3, "sha512"))}
OLD_DIGESTS = ("1.3.14.3.2.26", "1.2.840.113549.2.5")
RSA, PSS, EC = "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10", "1.2.840.10045.2.1"
SIGNATURES = {RSA, PSS} | {"1.2.840.113549.1.1.%d" % n for n in (11, 12, 13)} \
    | {"1.2.840.10045.4.3.%d" % n for n in (2, 3, 4)}
OLD_SIGNATURES = ("1.2.840.113549.1.1.4", "1.2.840.113549.1.1.5", "1.2.840.10045.4.1")
BRAINPOOL = "1.3.36.3.3.2.8.1.1."
CURVES = {"1.2.840.10045.3.1.7", "1.3.132.0.34", "1.3.132.0.35"} | {BRAINPOOL + str(n) for n in range(7, 15)}
SMALL_CURVES = {"1.2.840.10045.3.1.1", "1.3.132.0.33"} | {BRAINPOOL + str(n) for n in range(1, 7)}
CONTENT_TYPE = "1.2.840.113549.1.9.3"
ATTRIBUTES = {CONTENT_TYPE, "1.2.840.113549.1.9.4", "1.2.840.113549.1.9.5"}
ESS_V2, TIME_STAMPING = "1.2.840.113549.1.9.16.2.47", "1.3.6.1.5.5.7.3.8"
ID_DATA, SIGNED_DATA = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.2"


class Invalid(Exception):
    pass


class NotEvaluated(Exception):
    pass


class Node:
    """One element; kids is None when it is primitive."""

    def __init__(self, data, at, depth=0):
        if depth > 24 or at + 2 > len(data) or data[at] & 31 == 31:
            raise Invalid("no DER")
        self.tag, length, at_body = data[at], data[at + 1], at + 2
        if length > 128:
            at_body += length - 128
            length = int.from_bytes(data[at + 2:at_body], "big")
        elif length == 128:
            length = None
        end = len(data) if length is None else at_body + length
        if end > len(data) or (length is None and not self.tag & 32):
            raise Invalid("no DER")
        self.kids, self.end = None, end
        if self.tag & 32:
            self.kids, place = [], at_body
            while place < end and (length is not None or data[place:place + 2] != b"\0\0"):
                self.kids.append(Node(data, place, depth + 1))
                place = self.kids[-1].end
            self.end = place + (2 if length is None else 0)
            if place > end or self.end > len(data):
                raise Invalid("no DER")
        self.value = data[at_body:end] if self.kids is None else b"".join(k.value for k in self.kids)
        self.raw = data[at:self.end]

    def kid(self, number, tag=None):
        if self.kids is None or number >= len(self.kids) or (tag and self.kids[number].tag != tag):
            raise Invalid("not the form of a CMS signature")
        return self.kids[number]

    def oid(self):
        if self.tag != 6 or not self.value:
            raise Invalid("an object identifier is missing")
        parts, number = [], 0
        for byte in self.value:
            number = number << 7 | byte & 127
            if byte < 128:
                parts.append(number)
                number = 0
        first = min(parts[0] // 40, 2) if parts else 0
        return ".".join(map(str, [first, parts[0] - 40 * first] + parts[1:])) if parts else ""


def element(tag, *parts):
    body = b"".join(parts)
    size = len(body)
    if size < 128:
        return bytes([tag, size]) + body
    count = (size.bit_length() + 7) // 8
    return bytes([tag, 128 | count]) + size.to_bytes(count, "big") + body


def encode(node):
    """The element again, with definite lengths."""
    return element(node.tag, *([node.value] if node.kids is None else map(encode, node.kids)))


def listed(oid, good, bad, what):
    if oid in bad:
        raise Invalid("%s %s is too weak" % (what, oid))
    if oid not in good:
        raise NotEvaluated("%s %s is not on the list" % (what, oid))


class Certificate:
    def __init__(self, node):
        self.der, tbs = node.raw, node.kid(0, 0x30)
        fields = tbs.kids[1:] if tbs.kid(0).tag == 0xA0 else tbs.kids
        if len(fields) < 6:
            raise Invalid("a certificate that cannot be read")
        self.fingerprint = hashlib.sha256(self.der).hexdigest()
        self.subject = ", ".join(pair.kid(1).value.decode("utf-8", "replace")
                                 for rdn in fields[4].kids or () for pair in rdn.kids or ())
        self.key, self.issuer, self.serial = fields[5], fields[2].raw, fields[0].raw
        self.extensions = {e.kid(0).oid(): Node(e.kids[-1].value, 0)
                           for f in fields if f.tag == 0xA3 for e in f.kid(0).kids or ()}

    @staticmethod
    def readable(body):
        """The certificates that come along; one that cannot be read is none."""
        found = []
        for node in [c for k in body.kids if k.tag == 0xA0 for c in k.kids if c.tag == 0x30]:
            with contextlib.suppress(Invalid):
                found.append(Certificate(node))
        return found

    def check(self):
        """Key and usage as section 11.3 asks for."""
        algorithm = self.key.kid(0)
        kind = algorithm.kid(0).oid()
        if kind in (RSA, PSS):
            bits = int.from_bytes(Node(self.key.kid(1, 3).value[1:], 0).kid(0, 2).value, "big").bit_length()
            if bits < 2048:
                raise Invalid("RSA of %d bits" % bits)
        elif kind == EC:
            listed(algorithm.kid(1).oid(), CURVES, SMALL_CURVES, "curve")
        else:
            raise NotEvaluated("key algorithm %s is not on the list" % kind)
        usage = self.extensions.get("2.5.29.37")
        if usage and all(k.oid() == TIME_STAMPING for k in usage.kids or ()):
            raise Invalid("the certificate is for time-stamping only")
        usage = self.extensions.get("2.5.29.15")
        if usage and not usage.value[1:2] >= b"\x40":  # digitalSignature, nonRepudiation
            raise Invalid("the certificate's key usage allows no signatures")


class Signer:
    """One SignerInfo of a CMS."""

    def __init__(self, info, certificates):
        self.info, self.fields = info, info.kids or []
        self.certificate, self.fingerprint, self.certificates = None, None, certificates
        signed = info.kid(3) if info.kid(3).tag == 0xA0 else None
        self.attributes = {}
        for attribute in (signed.kids if signed else []):
            self.attributes.setdefault(attribute.kid(0).oid(), []).append(attribute.kid(1, 0x31))
        self.find()

    def find(self):
        """ESS signing-certificate-v2 says which certificate signed."""
        ess = self.attributes.get(ESS_V2)
        if not ess:
            return
        first = ess[0].kid(0, 0x30).kid(0, 0x30).kid(0, 0x30)
        has_algorithm = first.kid(0).tag == 0x30
        self.ess_digest = first.kid(0).kid(0).oid() if has_algorithm else next(iter(SHA2))
        name, wanted = SHA2.get(self.ess_digest), first.kid(1 if has_algorithm else 0, 4).value
        for certificate in self.certificates if name else ():
            if hashlib.new(name, certificate.der).digest() == wanted:
                self.certificate, self.fingerprint = certificate, certificate.fingerprint
        if name == "sha256":
            self.fingerprint = wanted.hex()

    def check(self):
        """Everything but the mathematics; what is invalid goes before what is not evaluated."""
        unknown = None
        for step in (self.check_attributes, self.check_certificate, self.check_digests, self.check_algorithm):
            try:
                step()
            except NotEvaluated as wrong:
                unknown = unknown or wrong
        if unknown:
            raise unknown

    def check_attributes(self):
        if not self.attributes:
            raise Invalid("no signed attributes")
        if any(len(self.attributes.get(oid, ())) != 1 for oid in ATTRIBUTES | {ESS_V2}):
            raise Invalid("content-type, message-digest, signing-time or signing-certificate-v2 is missing")
        if self.attributes[CONTENT_TYPE][0].kid(0).oid() != ID_DATA:
            raise Invalid("content-type is not that of data")
        listed(self.ess_digest, SHA2, OLD_DIGESTS, "ESS digest")

    def check_certificate(self):
        if self.certificate is None:
            raise Invalid("the certificate that signing-certificate-v2 names does not come along")
        self.certificate.check()

    def check_digests(self):
        listed(self.info.kid(2).kid(0).oid(), SHA2, OLD_DIGESTS, "digest")

    def check_algorithm(self):
        algorithm = self.info.kid(4)
        listed(algorithm.kid(0).oid(), SIGNATURES, OLD_SIGNATURES, "signature algorithm")
        if algorithm.kid(0).oid() == PSS:
            given = {k.tag: k.kid(0) for k in algorithm.kid(1).kids or ()}
            if 0xA0 not in given or 0xA1 not in given:
                raise Invalid("PSS with SHA-1")
            for digest in (given[0xA0].kid(0), given[0xA1].kid(1).kid(0)):
                listed(digest.oid(), SHA2, OLD_DIGESTS, "digest")


class Trust:
    """roots: PEM files; pins: SHA-256 of certificates, hex; at: seconds since 1970, or None."""

    def __init__(self, roots=(), pins=(), at=None):
        self.roots, self.pins, self.at = list(roots), set(pins), at
        self.program = shutil.which("openssl")
        self.given = bool(self.roots or self.pins)
        usage = subprocess.run([self.program, "cms", "-help"], capture_output=True) if self.program else None
        self.cades = ["-cades"] if usage and b"-cades" in usage.stdout + usage.stderr else []

    def evaluate(self, content, signatures):
        """One entry for each SignerInfo, in order."""
        return [entry for data in signatures for entry in self.one_cms(content, data)]

    def one_cms(self, content, data):
        if len(data) > 1 << 20:
            return [self.entry(None, "not evaluated", "larger than 1 MiB")]
        try:
            whole = Node(data, 0)
            body = whole.kid(1, 0xA0).kid(0, 0x30)
            inner, infos = body.kid(2, 0x30), body.kids[-1]
            if whole.end != len(data) or whole.kid(0).oid() != SIGNED_DATA or infos.tag != 0x31 \
                    or not infos.kids:
                raise Invalid("no CMS SignedData")
            if inner.kid(0).oid() != ID_DATA or len(inner.kids) != 1:
                raise Invalid("not a detached signature over data")
            if self.program and not self.is_readable(data):
                raise Invalid("no CMS that openssl reads")
            certificates = Certificate.readable(body)
        except Invalid as wrong:
            return [self.entry(None, "invalid", str(wrong))]
        return [self.one_signer(content, whole, body, info, certificates) for info in infos.kids]

    def is_readable(self, data):
        with tempfile.TemporaryDirectory(prefix="bukti-") as folder:
            with open(os.path.join(folder, "seal.p7s"), "wb") as file:
                file.write(data)
            return self.openssl(folder, "cms", "-cmsout", "-noout", "-inform", "DER", "-in", file.name)

    @staticmethod
    def entry(signer, mathematics, reason, trust="not evaluated"):
        certificate = signer.certificate if signer else None
        return {"certificate": signer.fingerprint if signer else None, "mathematics": mathematics,
                "counts": False, "trust": trust, "reason": reason,
                "subject": certificate.subject if certificate else None}

    def one_signer(self, content, whole, body, info, certificates):
        signer = None
        try:
            signer = Signer(info, certificates)
            if not self.program:
                raise NotEvaluated("openssl not found")
            signer.check()
            single = element(0x30, encode(whole.kid(0)), element(0xA0, element(
                0x30, *map(encode, body.kids[:-1]), element(0x31, encode(info)))))
            return self.mathematics(content, single, signer)
        except Invalid as wrong:
            return self.entry(signer, "invalid", str(wrong))
        except NotEvaluated as wrong:
            return self.entry(signer, "not evaluated", str(wrong))

    def mathematics(self, content, single, signer):
        with tempfile.TemporaryDirectory(prefix="bukti-") as folder:
            armoured = b"-----BEGIN CERTIFICATE-----\n%s-----END CERTIFICATE-----\n" % (
                base64.encodebytes(signer.certificate.der))
            for name, data in (("seal.p7s", single), ("checkpoint.txt", content), ("signer.pem", armoured)):
                with open(os.path.join(folder, name), "wb") as file:
                    file.write(data)
            pem = os.path.join(folder, "signer.pem")
            if not self.verify(folder, "-noverify", "-nointern", "-certfile", pem):
                raise Invalid("openssl does not confirm the signature")
            trust = "pinned" if signer.fingerprint in self.pins else "unknown"
            time = ["-attime", str(self.at)] if self.at is not None else []
            for roots in self.roots:
                if self.verify(folder, *self.cades, "-CAfile", roots, "-partial_chain", *time):
                    trust = "root"
        return self.entry(signer, "valid", "revocation not checked", trust)

    def verify(self, folder, *options):
        return self.openssl(folder, "cms", "-verify", "-binary", "-purpose", "any", "-inform", "DER", "-in",
                            os.path.join(folder, "seal.p7s"), "-content",
                            os.path.join(folder, "checkpoint.txt"), "-out", os.devnull, *options)

    def openssl(self, folder, *arguments):
        """The system's own roots are kept out: an empty folder stands in for them."""
        quiet = dict(os.environ, SSL_CERT_DIR=folder, SSL_CERT_FILE=os.path.join(folder, "none"))
        try:
            done = subprocess.run([self.program, *arguments], env=quiet, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)
        except (OSError, subprocess.TimeoutExpired) as wrong:
            raise NotEvaluated(str(wrong)) from None
        return done.returncode == 0
