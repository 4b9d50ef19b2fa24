#include <limits.h>
#include <openssl/asn1.h>
#include <openssl/cms.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "bukti_cms.h"
#include "internal.h"
#include "policy.h"

bukti_cms *bukti_cms_parse(const uint8_t *bytes, size_t n) {
  if (!bytes || n == 0 || n > INT_MAX) return NULL;
  const uint8_t *end = bytes;
  CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &end, (long)n);
  if (cms && (end != bytes + n || OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_signed ||
              !CMS_get0_eContentType(cms))) {
    CMS_ContentInfo_free(cms);
    cms = NULL;
  }
  ERR_clear_error();
  return cms;
}

void bukti_cms_free(bukti_cms *cms) { CMS_ContentInfo_free(cms); }

int bukti_cms_attached(bukti_cms *cms) {
  ASN1_OCTET_STRING **content = CMS_get0_content(cms);
  return !content || *content != NULL;
}

int bukti_cms_is_data(bukti_cms *cms) {
  return OBJ_obj2nid(CMS_get0_eContentType(cms)) == NID_pkcs7_data;
}

bukti_certs *bukti_cms_certs(bukti_cms *cms) {
  bukti_certs *certs = CMS_get1_certs(cms);
  ERR_clear_error();
  return certs ? certs : bukti_certs_new();
}

int bukti_cms_signers(bukti_cms *cms) {
  int n = sk_CMS_SignerInfo_num(CMS_get0_SignerInfos(cms));
  return n < 0 ? 0 : n;
}

/* A signed attribute that must occur once with one value of one type; NULL otherwise. */
static const void *attribute(const CMS_SignerInfo *si, int nid, int type) {
  return CMS_signed_get0_data_by_OBJ(si, OBJ_nid2obj(nid), -3, type);
}

/* Steps into a definite-length value of a universal tag; p and end then bound its contents. */
static int enter(const uint8_t **p, const uint8_t **end, int tag) {
  long length = 0;
  int found = 0, class = 0;
  int flags = *p < *end ? ASN1_get_object(p, &length, &found, &class, *end - *p) : 0x80;
  if ((flags & 0x81) != 0 || found != tag || class != V_ASN1_UNIVERSAL) return 0;
  *end = *p + length;
  return 1;
}

/* The first ESSCertIDv2 of RFC 5035: its hash algorithm (SHA-256 when absent) and the hash. 0 when there is none that can
   be used; *defects then says why. */
static int ess_hash(const CMS_SignerInfo *si, const EVP_MD **md, const uint8_t **hash,
                    size_t *length, unsigned *defects) {
  *defects = BUKTI_NO_ESS;
  const ASN1_STRING *value =
      attribute(si, NID_id_smime_aa_signingCertificateV2, V_ASN1_SEQUENCE);
  if (!value) return 0;
  const uint8_t *p = ASN1_STRING_get0_data(value), *end = p + ASN1_STRING_length(value);
  if (!enter(&p, &end, V_ASN1_SEQUENCE) || !enter(&p, &end, V_ASN1_SEQUENCE) ||
      !enter(&p, &end, V_ASN1_SEQUENCE))
    return 0;
  *md = EVP_sha256();
  if (p < end && *p == (V_ASN1_SEQUENCE | V_ASN1_CONSTRUCTED)) {
    X509_ALGOR *algorithm = d2i_X509_ALGOR(NULL, &p, end - p);
    if (!algorithm) return 0;
    *md = bukti_allowed_digest(algorithm);
    if (!*md) *defects = bukti_digest_defects(algorithm);
    X509_ALGOR_free(algorithm);
  }
  if (!*md || !enter(&p, &end, V_ASN1_OCTET_STRING)) return 0;
  *defects = 0;
  *hash = p;
  *length = (size_t)(end - p);
  return 1;
}

static int cert_has_hash(const X509 *c, const EVP_MD *md, const uint8_t *hash, size_t length) {
  uint8_t value[EVP_MAX_MD_SIZE];
  unsigned n = 0;
  bukti_bytes der;
  if (!bukti_cert_der(c, &der)) return 0;
  int ok = EVP_Digest(der.bytes, der.count, value, &n, md, NULL) == 1 && n == length &&
           CRYPTO_memcmp(value, hash, n) == 0;
  bukti_bytes_free(&der);
  return ok;
}

/* ESS decides which certificate signed; issuer and serial are not protected and only the fallback. */
static X509 *signer_cert(CMS_SignerInfo *si, const bukti_certs *certs, bukti_signer *out) {
  const EVP_MD *md = NULL;
  const uint8_t *hash = NULL;
  size_t length = 0;
  unsigned unusable = 0;
  int ess = ess_hash(si, &md, &hash, &length, &unusable);
  X509 *found = NULL;
  out->defects |= unusable;
  if (!ess && !(unusable & BUKTI_NO_ESS)) return NULL; /* by a digest that is not on the list */
  for (int i = 0; !found && i < bukti_certs_count(certs); i++) {
    X509 *c = bukti_certs_at(certs, i);
    int is = ess ? cert_has_hash(c, md, hash, length) : CMS_SignerInfo_cert_cmp(si, c) == 0;
    if (is) found = c;
  }
  if (ess && EVP_MD_get_type(md) == NID_sha256 && length == sizeof out->named) {
    memcpy(out->named, hash, length);
    out->has_named = 1;
  }
  if (found && CMS_SignerInfo_cert_cmp(si, found) != 0) out->defects |= BUKTI_OTHER_ID;
  if (found) return found;
  out->defects |= BUKTI_NO_CERT;
  for (int i = 0; i < bukti_certs_count(certs); i++)
    if (CMS_SignerInfo_cert_cmp(si, bukti_certs_at(certs, i)) == 0) out->defects |= BUKTI_OTHER_ID;
  return found;
}

/* X509_get_key_usage says no as well when another extension cannot be read, so the extension itself is. */
static unsigned usage_defects(const X509 *c) {
  unsigned defects = bukti_cert_timestamp_only(c) ? BUKTI_TIMESTAMP_ONLY : 0;
  int found = -1;
  ASN1_BIT_STRING *usage = X509_get_ext_d2i(c, NID_key_usage, &found, NULL);
  int signs = ASN1_BIT_STRING_get_bit(usage, 0) || ASN1_BIT_STRING_get_bit(usage, 1);
  if (found != -1 && !signs) defects |= BUKTI_KEY_USAGE;
  ASN1_BIT_STRING_free(usage);
  return defects;
}

static const ASN1_TIME *signing_time(const CMS_SignerInfo *si) {
  const ASN1_TIME *t = attribute(si, NID_pkcs9_signingTime, V_ASN1_UTCTIME);
  return t ? t : attribute(si, NID_pkcs9_signingTime, V_ASN1_GENERALIZEDTIME);
}

static unsigned attribute_defects(const CMS_SignerInfo *si) {
  if (CMS_signed_get_attr_count(si) <= 0) return BUKTI_NO_SIGNED_ATTRS;
  const ASN1_OBJECT *type = attribute(si, NID_pkcs9_contentType, V_ASN1_OBJECT);
  const void *digest = attribute(si, NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING);
  int fits = type && OBJ_obj2nid(type) == NID_pkcs7_data && digest && signing_time(si);
  return fits ? 0 : BUKTI_BAD_SIGNED_ATTRS;
}

static void claimed_time(const CMS_SignerInfo *si, bukti_signer *out) {
  out->has_time = bukti_time(signing_time(si), &out->time);
}

static void name_algorithm(char out[64], const X509_ALGOR *a) {
  const ASN1_OBJECT *object = NULL;
  if (a) X509_ALGOR_get0(&object, NULL, NULL, a);
  if (!object || OBJ_obj2txt(out, 64, object, 0) <= 0) strcpy(out, "unknown");
}

/* Through the digests that the SignedData lists, as openssl cms -verify does: a signer whose digest is not among
   them has none. */
static int content_agrees(bukti_cms *cms, CMS_SignerInfo *si, const uint8_t *content, size_t n) {
  uint8_t sink[4096];
  BIO *source = n <= INT_MAX ? BIO_new_mem_buf(content, (int)n) : NULL;
  BIO *digests = source ? CMS_dataInit(cms, source) : NULL;
  int agrees = 0;
  if (digests) {
    while (BIO_read(digests, sink, sizeof sink) > 0) continue;
    agrees = CMS_SignerInfo_verify_content(si, digests) == 1;
  }
  BIO_free_all(digests ? digests : source);
  return agrees;
}

/* Defects that leave the certificate usable for the arithmetic. */
#define HARMLESS (BUKTI_NO_ESS | BUKTI_OTHER_ID | BUKTI_TIMESTAMP_ONLY | BUKTI_KEY_USAGE)

static int calculate(bukti_cms *cms, CMS_SignerInfo *si, X509 *cert, const uint8_t *content,
                     size_t n) {
  if (!content_agrees(cms, si, content, n)) return BUKTI_CONTENT_DIFFERS;
  CMS_SignerInfo_set1_signer_cert(si, cert);
  return CMS_SignerInfo_verify(si) == 1 ? BUKTI_VALID : BUKTI_SIGNATURE_WRONG;
}

int bukti_cms_signer(bukti_cms *cms, int i, const uint8_t *content, size_t n,
                     const bukti_certs *certs, bukti_signer *out) {
  memset(out, 0, sizeof *out);
  STACK_OF(CMS_SignerInfo) *all = CMS_get0_SignerInfos(cms);
  if (i < 0 || i >= sk_CMS_SignerInfo_num(all)) return 0;
  CMS_SignerInfo *si = sk_CMS_SignerInfo_value(all, i);
  X509_ALGOR *digest = NULL, *signature = NULL;
  CMS_SignerInfo_get0_algs(si, NULL, NULL, &digest, &signature);
  name_algorithm(out->digest, digest);
  name_algorithm(out->signature, signature);
  claimed_time(si, out);
  out->defects = attribute_defects(si);
  X509 *cert = signer_cert(si, certs, out);
  if (cert) out->defects |= usage_defects(cert);
  out->defects |= bukti_algorithms(digest, signature, cert);
  if (cert && X509_up_ref(cert) == 1) out->cert = cert;
  if ((out->defects & ~(unsigned)HARMLESS) == 0)
    out->mathematics = calculate(cms, si, cert, content, n);
  ERR_clear_error();
  return 1;
}
