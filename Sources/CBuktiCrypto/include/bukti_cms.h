#ifndef BUKTI_CMS_H
#define BUKTI_CMS_H

#include "bukti_certificate.h"

/* Signs content as detached CAdES-B-B with SHA-256; at is the claimed signing time. out is DER. */
int bukti_cms_sign(const uint8_t *content, size_t n, bukti_key *k, bukti_cert *c, int64_t at,
                   bukti_bytes *out);

/* A parsed CMS SignedData. */
typedef struct CMS_ContentInfo_st bukti_cms;

/* DER or BER, exactly one value; NULL when it is anything else. */
bukti_cms *bukti_cms_parse(const uint8_t *bytes, size_t n);
void bukti_cms_free(bukti_cms *cms);
/* Whether the content stands inside (1) instead of beside (0). */
int bukti_cms_attached(bukti_cms *cms);
/* Whether the content type is id-data. */
int bukti_cms_is_data(bukti_cms *cms);
/* The certificates that came along: hints, never roots. NULL when out of memory. */
bukti_certs *bukti_cms_certs(bukti_cms *cms);
int bukti_cms_signers(bukti_cms *cms);

/* Defects of one signer, as bits. */
enum bukti_defect {
  BUKTI_NO_SIGNED_ATTRS = 1 << 0,
  BUKTI_BAD_SIGNED_ATTRS = 1 << 1, /* content-type, message-digest or signing-time missing, repeated or strange */
  BUKTI_NO_ESS = 1 << 2, /* no usable ESS signing-certificate-v2 */
  BUKTI_NO_CERT = 1 << 3, /* the certificate that ESS names is not at hand */
  BUKTI_OTHER_ID = 1 << 4, /* issuer and serial name another certificate than ESS */
  BUKTI_USES_MD5 = 1 << 5,
  BUKTI_USES_SHA1 = 1 << 6,
  BUKTI_SHORT_RSA = 1 << 7,
  BUKTI_UNKNOWN_ALGORITHM = 1 << 8,
  BUKTI_TIMESTAMP_ONLY = 1 << 9,
  BUKTI_KEY_USAGE = 1 << 10, /* the certificate's key usage allows no signatures */
  BUKTI_ALGORITHMS_DIFFER = 1 << 11, /* the signature is for another digest or another kind of key */
  BUKTI_WEAK_CURVE = 1 << 12,
};

enum bukti_mathematics {
  BUKTI_NOT_EVALUATED = 0, /* the defects say why */
  BUKTI_VALID = 1,
  BUKTI_CONTENT_DIFFERS = 2,
  BUKTI_SIGNATURE_WRONG = 3,
};

typedef struct {
  int mathematics;
  unsigned defects;
  int has_time;
  int64_t time; /* claimed signing time */
  char digest[64];
  char signature[64];
  int has_named;
  uint8_t named[32]; /* SHA-256 of the certificate that ESS names, if it says so in SHA-256 */
  bukti_cert *cert; /* a reference of the caller's, or NULL */
} bukti_signer;

/* Judges signer i over content; certs are those of the CMS and others in which ESS may find its certificate. 0 only when there is no
   such signer. */
int bukti_cms_signer(bukti_cms *cms, int i, const uint8_t *content, size_t n,
                     const bukti_certs *certs, bukti_signer *out);

#endif
