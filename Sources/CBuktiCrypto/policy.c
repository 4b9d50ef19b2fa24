#include "policy.h"

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

#include "bukti_cms.h"

static int nid_of(const X509_ALGOR *a) {
  const ASN1_OBJECT *object = NULL;
  if (!a) return NID_undef;
  X509_ALGOR_get0(&object, NULL, NULL, a);
  return OBJ_obj2nid(object);
}

static int curve_allowed(const EVP_PKEY *key) {
  static const char *const curves[] = {
      "prime256v1",      "secp384r1",       "secp521r1",       "brainpoolP256r1",
      "brainpoolP320r1", "brainpoolP384r1", "brainpoolP512r1", "brainpoolP256t1",
      "brainpoolP320t1", "brainpoolP384t1", "brainpoolP512t1"};
  char name[48];
  if (EVP_PKEY_get_group_name(key, name, sizeof name, NULL) != 1) return 0;
  for (size_t i = 0; i < sizeof curves / sizeof *curves; i++)
    if (strcmp(name, curves[i]) == 0) return 1;
  return 0;
}

int bukti_key_signs(const EVP_PKEY *k) {
  if (EVP_PKEY_is_a(k, "EC")) return curve_allowed(k);
  return EVP_PKEY_is_a(k, "RSA") && EVP_PKEY_get_bits(k) >= 3072;
}

static unsigned digest_defect(int nid) {
  switch (nid) {
    case NID_sha256:
    case NID_sha384:
    case NID_sha512: return 0;
    case NID_sha1: return BUKTI_USES_SHA1;
    case NID_md5: return BUKTI_USES_MD5;
    default: return BUKTI_UNKNOWN_ALGORITHM;
  }
}

unsigned bukti_digest_defects(const X509_ALGOR *digest) { return digest_defect(nid_of(digest)); }

const EVP_MD *bukti_allowed_digest(const X509_ALGOR *digest) {
  int nid = nid_of(digest);
  return digest_defect(nid) == 0 ? EVP_get_digestbynid(nid) : NULL;
}

/* What a signature algorithm names: the kind of key, and a digest (NID_undef: the parameters or the signer name it). The
   registry's list, and no other of libcrypto's names for the same. */
static const struct {
  int signature, key, digest;
} schemes[] = {
    {NID_rsaEncryption, NID_rsaEncryption, NID_undef},
    {NID_rsassaPss, NID_rsassaPss, NID_undef},
    {NID_sha256WithRSAEncryption, NID_rsaEncryption, NID_sha256},
    {NID_sha384WithRSAEncryption, NID_rsaEncryption, NID_sha384},
    {NID_sha512WithRSAEncryption, NID_rsaEncryption, NID_sha512},
    {NID_ecdsa_with_SHA256, NID_X9_62_id_ecPublicKey, NID_sha256},
    {NID_ecdsa_with_SHA384, NID_X9_62_id_ecPublicKey, NID_sha384},
    {NID_ecdsa_with_SHA512, NID_X9_62_id_ecPublicKey, NID_sha512},
    {NID_md5WithRSAEncryption, NID_rsaEncryption, NID_md5},
    {NID_sha1WithRSAEncryption, NID_rsaEncryption, NID_sha1},
    {NID_ecdsa_with_SHA1, NID_X9_62_id_ecPublicKey, NID_sha1},
};

static unsigned curve_defect(int nid) {
  switch (nid) {
    case NID_X9_62_prime256v1:
    case NID_secp384r1:
    case NID_secp521r1:
    case NID_brainpoolP256r1:
    case NID_brainpoolP256t1:
    case NID_brainpoolP320r1:
    case NID_brainpoolP320t1:
    case NID_brainpoolP384r1:
    case NID_brainpoolP384t1:
    case NID_brainpoolP512r1:
    case NID_brainpoolP512t1: return 0;
    case NID_X9_62_prime192v1:
    case NID_secp224r1:
    case NID_brainpoolP160r1:
    case NID_brainpoolP160t1:
    case NID_brainpoolP192r1:
    case NID_brainpoolP192t1:
    case NID_brainpoolP224r1:
    case NID_brainpoolP224t1: return BUKTI_WEAK_CURVE;
    default: return BUKTI_UNKNOWN_ALGORITHM;
  }
}

/* By what the certificate says, not by what libcrypto made of it: it knows one curve by several names. A key that it cannot
   read has no defect here; no signature fits it. */
static unsigned key_defects(const X509 *cert, int *kind) {
  X509_ALGOR *algorithm = NULL;
  const void *value = NULL;
  int type = V_ASN1_UNDEF;
  X509_PUBKEY_get0_param(NULL, NULL, NULL, &algorithm, X509_get_X509_PUBKEY(cert));
  X509_ALGOR_get0(NULL, &type, &value, algorithm);
  *kind = nid_of(algorithm);
  if (*kind == NID_X9_62_id_ecPublicKey)
    return type == V_ASN1_OBJECT ? curve_defect(OBJ_obj2nid(value)) : BUKTI_UNKNOWN_ALGORITHM;
  if (*kind != NID_rsaEncryption && *kind != NID_rsassaPss) {
    *kind = NID_undef;
    return BUKTI_UNKNOWN_ALGORITHM;
  }
  EVP_PKEY *key = X509_get0_pubkey(cert);
  return key && EVP_PKEY_get_bits(key) < 2048 ? BUKTI_SHORT_RSA : 0;
}

/* RFC 4055: both hashes are written out, because what is left out means SHA-1. */
static unsigned pss_defects(const X509_ALGOR *signature, int *hash) {
  const void *value = NULL;
  int type = V_ASN1_UNDEF;
  X509_ALGOR_get0(NULL, &type, &value, signature);
  RSA_PSS_PARAMS *p =
      type == V_ASN1_SEQUENCE ? ASN1_item_unpack(value, ASN1_ITEM_rptr(RSA_PSS_PARAMS)) : NULL;
  if (!p) return 0; /* nor can libcrypto use them: no signature fits */
  *hash = p->hashAlgorithm ? nid_of(p->hashAlgorithm) : NID_sha1;
  unsigned defects = digest_defect(*hash);
  if (!p->maskGenAlgorithm) {
    defects |= BUKTI_USES_SHA1;
  } else if (nid_of(p->maskGenAlgorithm) != NID_mgf1) {
    defects |= BUKTI_UNKNOWN_ALGORITHM;
  } else {
    X509_ALGOR_get0(NULL, &type, &value, p->maskGenAlgorithm);
    X509_ALGOR *mask =
        type == V_ASN1_SEQUENCE ? ASN1_item_unpack(value, ASN1_ITEM_rptr(X509_ALGOR)) : NULL;
    if (mask) defects |= digest_defect(nid_of(mask));
    X509_ALGOR_free(mask);
  }
  RSA_PSS_PARAMS_free(p);
  return defects;
}

static int kinds_fit(int scheme, int key) {
  if (key == NID_undef || scheme == key) return 1;
  return scheme == NID_rsassaPss && key == NID_rsaEncryption;
}

unsigned bukti_algorithms(const X509_ALGOR *digest, const X509_ALGOR *signature, const X509 *cert) {
  int hash = nid_of(digest), nid = nid_of(signature), key = NID_undef;
  unsigned defects = digest_defect(hash);
  if (cert) defects |= key_defects(cert, &key);
  for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
    if (schemes[i].signature != nid) continue;
    int named = schemes[i].digest;
    if (nid == NID_rsassaPss)
      defects |= pss_defects(signature, &named);
    else if (named != NID_undef)
      defects |= digest_defect(named);
    int both = digest_defect(named) == 0 && digest_defect(hash) == 0;
    if (!kinds_fit(schemes[i].key, key) || (both && named != hash)) defects |= BUKTI_ALGORITHMS_DIFFER;
    return defects;
  }
  return defects | BUKTI_UNKNOWN_ALGORITHM;
}
