#ifndef BUKTI_CERTIFICATE_H
#define BUKTI_CERTIFICATE_H

#include <stddef.h>
#include <stdint.h>

/* Bytes that libcrypto allocated; the caller frees them with bukti_bytes_free. */
typedef struct {
  uint8_t *bytes;
  size_t count;
} bukti_bytes;

void bukti_bytes_free(bukti_bytes *b);

/* libcrypto's X509, reference counted. */
typedef struct x509_st bukti_cert;
/* A list of certificates that owns them. */
typedef struct stack_st_X509 bukti_certs;

/* Exactly one certificate in DER; NULL when it is none or something follows it. */
bukti_cert *bukti_cert_parse(const uint8_t *der, size_t n);
void bukti_cert_free(bukti_cert *c);
/* One more reference, for another bukti_cert_free. */
int bukti_cert_retain(bukti_cert *c);
/* The DER encoding. */
int bukti_cert_der(const bukti_cert *c, bukti_bytes *out);
int bukti_cert_pem(const bukti_cert *c, bukti_bytes *out);
/* The subject as one line of UTF-8 (RFC 2253 order and escapes). */
int bukti_cert_subject(const bukti_cert *c, bukti_bytes *out);
/* "EC P-256", "RSA 3072", "ED25519": the public key in words. */
int bukti_cert_key(const bukti_cert *c, char out[64]);
/* Validity in seconds since 1970-01-01 UTC. */
int bukti_cert_validity(const bukti_cert *c, int64_t *from, int64_t *to);
/* Whether the extended key usage is present and names time-stamping only. */
int bukti_cert_timestamp_only(const bukti_cert *c);

/* All certificates of a PEM text, or the one of a DER file; NULL when malformed, empty or more than max. */
bukti_certs *bukti_certs_parse(const uint8_t *bytes, size_t n, int max);
bukti_certs *bukti_certs_new(void);
/* The list takes a reference of its own. */
int bukti_certs_add(bukti_certs *list, bukti_cert *c);
int bukti_certs_count(const bukti_certs *list);
/* A borrowed element, NULL when there is none of that number. */
bukti_cert *bukti_certs_at(const bukti_certs *list, int i);
void bukti_certs_free(bukti_certs *list);

/* Builds a path from c to one of roots, valid at a time in seconds since 1970 for any purpose, without revocation. 1 when
   there is one: *root is then its last certificate, a reference of the caller's. 0 when there is none: *why is a static
   text. */
int bukti_cert_path(bukti_cert *c, const bukti_certs *roots, const bukti_certs *others, int64_t at,
                    bukti_cert **root, const char **why);

/* A private key, reference counted: libcrypto's EVP_PKEY. */
typedef struct evp_pkey_st bukti_key;

enum bukti_key_kind { BUKTI_P256 = 0, BUKTI_P384 = 1, BUKTI_RSA3072 = 2 };

typedef struct {
  const char *name; /* CN, required; UTF-8 */
  const char *agency; /* O, or NULL */
  const char *role; /* OU, or NULL */
  int64_t from; /* seconds since 1970 */
  int days;
} bukti_subject;

bukti_key *bukti_key_generate(int kind);
void bukti_key_free(bukti_key *k);
/* A self-signed X.509v3 certificate for a signer; NULL also when a name is longer than X.520 allows. */
bukti_cert *bukti_cert_self_signed(bukti_key *k, const bukti_subject *subject);
/* Encrypted PKCS#8 in PEM: PBES2, PBKDF2-HMAC-SHA256, AES-256-CBC. */
int bukti_key_encrypt(const bukti_key *k, const uint8_t *password, size_t n, int iterations,
                      bukti_bytes *out);

enum bukti_key_problem {
  BUKTI_KEY_OK = 0,
  BUKTI_KEY_MALFORMED = 1, /* no PKCS#8 in PEM */
  BUKTI_KEY_PASSWORD = 2,
  BUKTI_KEY_MISMATCH = 3, /* not the certificate's key */
  BUKTI_KEY_KIND = 4, /* an algorithm or a size that seals do not use */
};

/* Reads a PKCS#8 key in PEM, encrypted or not, that belongs to c and is fit for seals. Returns a bukti_key_problem. */
int bukti_key_read(const uint8_t *pem, size_t n, const uint8_t *password, size_t pn,
                   const bukti_cert *c, bukti_key **out);

#endif
