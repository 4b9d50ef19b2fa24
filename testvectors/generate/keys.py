"""The fixed test keys in testvectors/keys. They are published: never trust them outside of tests."""

import datetime
import functools
import hashlib
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

FOLDER = Path(__file__).resolve().parent.parent / "keys"
LABEL = "TEST KEY of the Bukti test vectors, published. Never trust it outside of tests.\n"

# name: (algorithm, common name, issuer or None for self-signed, what is special)
KEYS = {
    "examiner": ("p256", "Example Examiner", None, ""),
    "second": ("p256", "Second Example Examiner", None, ""),
    "third": ("p256", "Third Example Examiner", None, ""),
    "lab": ("p384", "Example Laboratory", None, ""),
    "p521": ("p521", "Example Examiner P-521", None, ""),
    "brainpool": ("bp256", "Example Examiner Brainpool", None, ""),
    "rsa2048": ("rsa2048", "Example Examiner RSA", None, ""),
    "rsa1024": ("rsa1024", "Example Examiner Short RSA", None, ""),
    "ed25519": ("ed25519", "Example Examiner Ed25519", None, ""),
    "run": ("p256", "Example Run Key", None, ""),
    "attacker": ("p256", "Example Examiner", None, ""),
    "tsa": ("p256", "Example Time-Stamping Authority", None, "tsa"),
    "root": ("p256", "Example Police Forensic Unit Root", None, "ca"),
    "other-root": ("p256", "Another Example Root", None, "ca"),
    "officer": ("p256", "Example Officer", "root", ""),
    "impostor": ("p256", "Example Officer", "other-root", ""),
    "secp256k1": ("k256", "Example Examiner secp256k1", None, ""),
    "identified": ("p256", "Example Examiner by Key Identifier", None, "ski"),
    "p192": ("p192", "Example Examiner P-192", None, ""),
    "p224": ("p224", "Example Examiner P-224", None, ""),
}
CURVES = {"p256": ec.SECP256R1, "p384": ec.SECP384R1, "p521": ec.SECP521R1,
          "bp256": ec.BrainpoolP256R1, "k256": ec.SECP256K1,
          "p192": ec.SECP192R1, "p224": ec.SECP224R1}
BEGIN, END = datetime.datetime(2020, 1, 1), datetime.datetime(2120, 1, 1)


class Signer:
    """A private key with its certificate."""

    def __init__(self, name):
        self.name, self.algorithm = name, KEYS[name][0]
        self.key = serialization.load_pem_private_key(
            (FOLDER / f"{name}.key.pem").read_bytes(), None)
        self.certificate = x509.load_pem_x509_certificate(
            (FOLDER / f"{name}.cert.pem").read_bytes())
        self.der = self.certificate.public_bytes(serialization.Encoding.DER)
        self.pem = self.certificate.public_bytes(serialization.Encoding.PEM).decode()
        self.fingerprint = hashlib.sha256(self.der).digest()


@functools.cache
def signer(name):
    return Signer(name)


def _private(kind):
    if kind in CURVES:
        return ec.generate_private_key(CURVES[kind]())
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(65537, int(kind[3:]))


def _certificate(name, private):
    kind, common, issuer, special = KEYS[name]

    def subject(text):
        return x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME,
                                             "Example Police Forensic Unit"),
                          x509.NameAttribute(NameOID.COMMON_NAME, text)])

    builder = (x509.CertificateBuilder()
               .subject_name(subject(common))
               .issuer_name(subject(KEYS[issuer][1] if issuer else common))
               .public_key(private[name].public_key())
               .serial_number(1000 + list(KEYS).index(name))
               .not_valid_before(BEGIN).not_valid_after(END)
               .add_extension(x509.BasicConstraints(special == "ca", None), True))
    usage = dict.fromkeys(("digital_signature", "content_commitment", "key_encipherment",
                           "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign",
                           "encipher_only", "decipher_only"), False)
    usage["key_cert_sign" if special == "ca" else "digital_signature"] = True
    builder = builder.add_extension(x509.KeyUsage(**usage), True)
    if special == "tsa":
        builder = builder.add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True)
    if special == "ski":
        builder = builder.add_extension(
            x509.SubjectKeyIdentifier.from_public_key(private[name].public_key()), False)
    key = private[issuer or name]
    if KEYS[issuer or name][0] == "ed25519":
        return builder.sign(key, None)
    if KEYS[issuer or name][0].startswith("rsa"):
        return builder.sign(key, hashes.SHA256())
    return builder.sign(key, hashes.SHA256(), ecdsa_deterministic=True)


def make_missing():
    """Makes the keys that are not there yet: once, when a vector needs a new one."""
    FOLDER.mkdir(exist_ok=True)
    private = {}
    for name, (kind, *_) in KEYS.items():
        path = FOLDER / f"{name}.key.pem"
        if path.exists():
            private[name] = serialization.load_pem_private_key(path.read_bytes(), None)
            continue
        private[name] = _private(kind)
        path.write_bytes(LABEL.encode() + private[name].private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption()))
    for name in KEYS:
        path = FOLDER / f"{name}.cert.pem"
        if not path.exists():
            path.write_bytes(LABEL.encode() + _certificate(name, private).public_bytes(
                serialization.Encoding.PEM))
