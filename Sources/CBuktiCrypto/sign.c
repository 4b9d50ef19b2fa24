#include <limits.h>
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>

#include "bukti_cms.h"
#include "internal.h"

#define FLAGS (CMS_BINARY | CMS_DETACHED | CMS_NOSMIMECAP)

static int add_time(CMS_SignerInfo *si, int64_t at) {
  ASN1_TIME *t = ASN1_TIME_set(NULL, (time_t)at);
  int ok = t && CMS_signed_add1_attr_by_NID(si, NID_pkcs9_signingTime, ASN1_STRING_type(t), t, -1) == 1;
  ASN1_TIME_free(t);
  return ok;
}

int bukti_cms_sign(const uint8_t *content, size_t n, bukti_key *k, bukti_cert *c, int64_t at,
                   bukti_bytes *out) {
  out->bytes = NULL;
  out->count = 0;
  if (!content || n == 0 || n > INT_MAX) return 0;
  BIO *bio = BIO_new_mem_buf(content, (int)n);
  CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, FLAGS | CMS_PARTIAL);
  CMS_SignerInfo *si =
      cms ? CMS_add1_signer(cms, c, k, EVP_sha256(), FLAGS | CMS_CADES) : NULL;
  int length = -1;
  if (bio && si && add_time(si, at) && CMS_final(cms, bio, NULL, FLAGS) == 1)
    length = i2d_CMS_ContentInfo(cms, &out->bytes);
  if (length > 0) out->count = (size_t)length;
  CMS_ContentInfo_free(cms);
  BIO_free(bio);
  ERR_clear_error();
  return length > 0;
}
