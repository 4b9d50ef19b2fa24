#include "policy.h"

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>
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

/* RFC 4055: both hashes are written out, because what is left out means SHA-1. */
static unsigned pss_defects(const X509_ALGOR *signature, int digest) {
  const void *value = NULL;
  int type = V_ASN1_UNDEF;
  X509_ALGOR_get0(NULL, &type, &value, signature);
  if (type != V_ASN1_SEQUENCE) return BUKTI_UNKNOWN_ALGORITHM;
  RSA_PSS_PARAMS *p = ASN1_item_unpack(value, ASN1_ITEM_rptr(RSA_PSS_PARAMS));
  if (!p) return BUKTI_UNKNOWN_ALGORITHM;
  unsigned defects = 0;
  int hash = p->hashAlgorithm ? nid_of(p->hashAlgorithm) : NID_sha1;
  int mask = NID_sha1;
  if (p->maskGenAlgorithm) {
    X509_ALGOR *inner = NULL;
    X509_ALGOR_get0(NULL, &type, &value, p->maskGenAlgorithm);
    if (nid_of(p->maskGenAlgorithm) == NID_mgf1 && type == V_ASN1_SEQUENCE)
      inner = ASN1_item_unpack(value, ASN1_ITEM_rptr(X509_ALGOR));
    mask = nid_of(inner);
    X509_ALGOR_free(inner);
  }
  defects |= digest_defect(hash) | digest_defect(mask);
  if (defects == 0 && hash != digest) defects |= BUKTI_ALGORITHMS_DIFFER;
  RSA_PSS_PARAMS_free(p);
  return defects;
}

static unsigned rsa_key_defect(const EVP_PKEY *key, int pss) {
  if (!key) return 0;
  if (!EVP_PKEY_is_a(key, "RSA") && !(pss && EVP_PKEY_is_a(key, "RSA-PSS")))
    return EVP_PKEY_is_a(key, "EC") ? BUKTI_ALGORITHMS_DIFFER : BUKTI_UNKNOWN_ALGORITHM;
  return EVP_PKEY_get_bits(key) < 2048 ? BUKTI_SHORT_RSA : 0;
}

static unsigned ec_key_defect(const EVP_PKEY *key) {
  if (!key) return 0;
  if (EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "RSA-PSS")) return BUKTI_ALGORITHMS_DIFFER;
  return EVP_PKEY_is_a(key, "EC") && curve_allowed(key) ? 0 : BUKTI_UNKNOWN_ALGORITHM;
}

unsigned bukti_algorithms(const X509_ALGOR *digest, const X509_ALGOR *signature,
                          const EVP_PKEY *key) {
  int hash = nid_of(digest), named = NID_undef, scheme = NID_undef;
  int nid = nid_of(signature);
  unsigned defects = digest_defect(hash);
  if (nid == NID_rsassaPss) return defects | pss_defects(signature, hash) | rsa_key_defect(key, 1);
  if (nid == NID_rsaEncryption) return defects | rsa_key_defect(key, 0);
  if (OBJ_find_sigid_algs(nid, &named, &scheme) != 1) return defects | BUKTI_UNKNOWN_ALGORITHM;
  defects |= digest_defect(named);
  if (defects == 0 && named != hash) defects |= BUKTI_ALGORITHMS_DIFFER;
  if (scheme == NID_rsaEncryption) return defects | rsa_key_defect(key, 0);
  if (scheme == NID_X9_62_id_ecPublicKey) return defects | ec_key_defect(key);
  return defects | BUKTI_UNKNOWN_ALGORITHM;
}
