"""CMS SignedData, CAdES-B-B (spec B-SEA-2), and the ways to get it wrong that vectors need."""

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from .der import (context, generalized_time, integer, null, octets, oid, seq, set_of, tlv, utc_time)
from .tree import sha256

ID_DATA, ID_SIGNED = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.2"
CONTENT_TYPE, MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
SIGNING_TIME, ESS_V2 = "1.2.840.113549.1.9.5", "1.2.840.113549.1.9.16.2.47"
TST_INFO = "1.2.840.113549.1.9.16.1.4"
DIGESTS = {"md5": ("1.2.840.113549.2.5", hashes.MD5), "sha1": ("1.3.14.3.2.26", hashes.SHA1),
           "sha256": ("2.16.840.1.101.3.4.2.1", hashes.SHA256),
           "sha384": ("2.16.840.1.101.3.4.2.2", hashes.SHA384),
           "sha512": ("2.16.840.1.101.3.4.2.3", hashes.SHA512)}
ECDSA = {"sha1": "1.2.840.10045.4.1", "sha256": "1.2.840.10045.4.3.2",
         "sha384": "1.2.840.10045.4.3.3", "sha512": "1.2.840.10045.4.3.4"}
RSA = {"md5": "1.2.840.113549.1.1.4", "sha1": "1.2.840.113549.1.1.5",
       "sha256": "1.2.840.113549.1.1.11", "sha384": "1.2.840.113549.1.1.12",
       "sha512": "1.2.840.113549.1.1.13"}


def digest(name, data):
    h = hashes.Hash(DIGESTS[name][1]())
    h.update(data)
    return h.finalize()


def algorithm(name):
    return seq(oid(DIGESTS[name][0]))


def attribute(kind, value):
    return seq(oid(kind), set_of(value))


def pss(signer, data, hash_name, mask=None):
    """RSASSA-PSS without salt, so that it is the same each time; SHA-1 is the default of its fields."""
    mask = mask or hash_name
    h, m = DIGESTS[hash_name][1](), DIGESTS[mask][1]()
    fields = b"" if hash_name == "sha1" else context(0, algorithm(hash_name))
    fields += b"" if mask == "sha1" else context(1, seq(oid("1.2.840.113549.1.1.8"), algorithm(mask)))
    return (seq(oid("1.2.840.113549.1.1.10"), seq(fields, context(2, integer(0)))),
            signer.key.sign(data, padding.PSS(padding.MGF1(m), 0), h))


def pss_bare(signer, data, hash_name):
    """RSASSA-PSS whose parameters are not there at all."""
    return seq(oid("1.2.840.113549.1.1.10")), pss(signer, data, hash_name)[1]


def pss_other_mask(signer, data, hash_name):
    """RSASSA-PSS with a mask that is not MGF1."""
    scheme, signature = pss(signer, data, hash_name)
    return scheme.replace(oid("1.2.840.113549.1.1.8"), oid("1.2.840.113549.1.1.7")), signature


def pss_weak_mask(signer, data, hash_name):
    return pss(signer, data, hash_name, "sha1")


def sign(signer, data, hash_name):
    """The signature's AlgorithmIdentifier and bytes."""
    h = DIGESTS[hash_name][1]()
    if isinstance(signer.key, ec.EllipticCurvePrivateKey):
        return (seq(oid(ECDSA[hash_name])),
                signer.key.sign(data, ec.ECDSA(h, deterministic_signing=True)))
    if isinstance(signer.key, rsa.RSAPrivateKey):
        return seq(oid(RSA[hash_name]), null()), signer.key.sign(data, padding.PKCS1v15(), h)
    if isinstance(signer.key, ed25519.Ed25519PrivateKey):
        return seq(oid("1.3.101.112")), signer.key.sign(data)
    raise TypeError(signer.name)


def signed_attributes(content, hash_name, certificate, *, kind=ID_DATA, ess=True,
                      time="240301120000Z", imprint=None, claimed=None, ess_digest=None, more=()):
    """The attributes, each encoded; `certificate` is what ESS names, by a digest of another name
    with `ess_digest`; `more` stand beside.
    """
    out = [attribute(CONTENT_TYPE, oid(claimed or kind)),
           attribute(MESSAGE_DIGEST, octets(imprint or digest(hash_name, content)))]
    if ess:
        name = [seq(oid(ess_digest))] if ess_digest else []
        out.append(attribute(ESS_V2, seq(seq(seq(*name, octets(sha256(certificate)))))))
    if time:
        out.append(attribute(SIGNING_TIME, utc_time(time)))
    return out + list(more)


def signed_data(content, signer, *, hash_name="sha256", embed=False, certificates=None,
                kind=ID_DATA, scheme=sign, others=(), listed=None, **info):
    """A SignedData over `content`: right unless an argument says otherwise.

    `others` sign beside in the same SignedData; `listed` are the digests that it names; for `info` see
    `signer_info`.
    """
    infos = [signer_info(content, signer, hash_name, kind, scheme, **info)] if signer else []
    infos += [signer_info(content, o, hash_name, kind, sign) for o in others]
    encapsulated = seq(oid(kind), *([context(0, octets(content))] if embed else []))
    bundle = [signer.der] + [o.der for o in others] if certificates is None else certificates
    version = integer(1 if kind == ID_DATA else 3)
    names = listed if listed is not None else [algorithm(hash_name)]
    body = seq(version, set_of(*names), encapsulated,
               *([context(0, *sorted(bundle))] if bundle else []), set_of(*infos))
    return seq(oid(ID_SIGNED), context(0, body))


def signer_info(content, signer, hash_name, kind, scheme, *, ess_certificate=None, attributes=True,
                corrupt=False, named=None, by_key=False, form=None, **false):
    """attributes=False signs the content alone; `corrupt` flips a bit of the signature; `named` is
    the certificate that issuer and serial name; `form` changes the encoded attributes after they
    were signed; `false` is for `signed_attributes`.
    """
    attrs = signed_attributes(content, hash_name, ess_certificate or signer.der, kind=kind,
                              **false) if attributes else []
    how, signature = scheme(signer, set_of(*attrs) if attributes else content, hash_name)
    if corrupt:
        signature = signature[:-1] + bytes([signature[-1] ^ 1])
    certificate = (named or signer).certificate
    sid = seq(certificate.issuer.public_bytes(), integer(certificate.serial_number))
    if by_key:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
        sid = tlv(0x80, extension.value.digest)
    stored = context(0, *sorted(attrs))
    return seq(integer(3 if by_key else 1), sid, algorithm(hash_name),
               *([form(stored) if form else stored] if attributes else []),
               how, octets(signature))


def time_stamp_token(signer, data, serial=1, when="20240301120100Z"):
    """An RFC 3161 token over `data`."""
    info = seq(integer(1), oid("1.3.6.1.4.1.13762.3"),
               seq(algorithm("sha256"), octets(sha256(data))), integer(serial),
               generalized_time(when))
    return signed_data(info, signer, kind=TST_INFO, embed=True)


def indefinite(der):
    """The same value in BER: the outermost SEQUENCE of indefinite length."""
    length = der[1]
    start = 2 if length < 128 else 2 + (length & 127)
    return b"\x30\x80" + der[start:] + b"\0\0"


def extension_twice(signer):
    """The signer's certificate with its key usage twice."""
    signed = signer.certificate.tbs_certificate_bytes
    rest = signer.der[4 + len(signed):]
    constraints = seq(oid("2.5.29.19"), tlv(1, b"\xff"), octets(seq()))
    usage = seq(oid("2.5.29.15"), tlv(1, b"\xff"), octets(tlv(3, b"\7\x80")))
    old, new = context(3, seq(constraints, usage)), context(3, seq(constraints, usage, usage))
    assert signed.endswith(old)
    return seq(seq(signed[4:-len(old)], new), rest)


def long_length(element):
    """The same value in BER: its length takes one byte more than it needs."""
    assert element[1] == 0x81
    return element[:1] + b"\x82\0" + element[2:]


def strip_attributes(content, signer):
    """A signature over other bytes whose *content* are the attributes of a good one."""
    attrs = set_of(*signed_attributes(content, "sha256", signer.der))
    return attrs, signed_data(attrs, signer, attributes=False)
