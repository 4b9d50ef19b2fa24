#include <limits.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "bukti_certificate.h"
#include "internal.h"
#include "policy.h"

bukti_key *bukti_key_generate(int kind) {
  EVP_PKEY *k = NULL;
  if (kind == BUKTI_P256) k = EVP_EC_gen("P-256");
  if (kind == BUKTI_P384) k = EVP_EC_gen("P-384");
  if (kind == BUKTI_RSA3072) k = EVP_RSA_gen(3072);
  ERR_clear_error();
  return k;
}

void bukti_key_free(bukti_key *k) { EVP_PKEY_free(k); }

/* Without a cipher context: 16 bytes of salt instead of libcrypto's default 8. */
static X509_SIG *encrypt(const EVP_PKEY *k, const uint8_t *password, int n, int iterations) {
  unsigned char salt[16];
  PKCS8_PRIV_KEY_INFO *plain = EVP_PKEY2PKCS8(k);
  X509_ALGOR *scheme = NULL;
  if (plain && RAND_bytes(salt, sizeof salt) == 1)
    scheme = PKCS5_pbe2_set_iv(EVP_aes_256_cbc(), iterations, salt, sizeof salt, NULL,
                               NID_hmacWithSHA256);
  X509_SIG *sealed =
      scheme ? PKCS8_set0_pbe((const char *)password, n, plain, scheme) : NULL;
  if (!sealed) X509_ALGOR_free(scheme);
  PKCS8_PRIV_KEY_INFO_free(plain);
  return sealed;
}

int bukti_key_encrypt(const bukti_key *k, const uint8_t *password, size_t n, int iterations,
                      bukti_bytes *out) {
  out->bytes = NULL;
  out->count = 0;
  if (!password || n == 0 || n > INT_MAX) return 0;
  X509_SIG *sealed = encrypt(k, password, (int)n, iterations);
  BIO *bio = BIO_new(BIO_s_mem());
  int ok = sealed && bio && PEM_write_bio_PKCS8(bio, sealed) == 1 && bukti_take_bio(bio, out);
  BIO_free(bio);
  X509_SIG_free(sealed);
  ERR_clear_error();
  return ok;
}

/* Garbage that a wrong password leaves behind is a wrong password too: one padding in 256 looks right. */
static int decrypt(const uint8_t *der, long n, const uint8_t *password, size_t pn,
                   PKCS8_PRIV_KEY_INFO **out) {
  X509_SIG *sealed = d2i_X509_SIG(NULL, &der, n);
  if (!sealed) return BUKTI_KEY_MALFORMED;
  *out = password && pn <= INT_MAX ? PKCS8_decrypt(sealed, (const char *)password, (int)pn) : NULL;
  X509_SIG_free(sealed);
  return *out ? BUKTI_KEY_OK : BUKTI_KEY_PASSWORD;
}

/* One block of PEM: a key is read, anything else is passed over. */
static int read_block(const char *name, const uint8_t *der, long n, const uint8_t *password,
                      size_t pn, PKCS8_PRIV_KEY_INFO **out) {
  if (strcmp(name, "ENCRYPTED PRIVATE KEY") == 0) return decrypt(der, n, password, pn, out);
  if (strcmp(name, "PRIVATE KEY") == 0) *out = d2i_PKCS8_PRIV_KEY_INFO(NULL, &der, n);
  return *out ? BUKTI_KEY_OK : BUKTI_KEY_MALFORMED;
}

/* The first key among the blocks: an identity holds its certificate before it. */
static int read_pkcs8(BIO *bio, const uint8_t *password, size_t pn, PKCS8_PRIV_KEY_INFO **out) {
  char *name = NULL, *header = NULL;
  unsigned char *der = NULL;
  long n = 0;
  int problem = BUKTI_KEY_MALFORMED;
  while (problem == BUKTI_KEY_MALFORMED && PEM_read_bio(bio, &name, &header, &der, &n) == 1) {
    problem = read_block(name, der, n, password, pn, out);
    OPENSSL_cleanse(der, (size_t)n);
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_free(der);
  }
  return problem;
}

int bukti_key_read(const uint8_t *pem, size_t n, const uint8_t *password, size_t pn,
                   const bukti_cert *c, bukti_key **out) {
  PKCS8_PRIV_KEY_INFO *plain = NULL;
  *out = NULL;
  if (!pem || n == 0 || n > INT_MAX) return BUKTI_KEY_MALFORMED;
  BIO *bio = BIO_new_mem_buf(pem, (int)n);
  int problem = bio ? read_pkcs8(bio, password, pn, &plain) : BUKTI_KEY_MALFORMED;
  EVP_PKEY *k = plain ? EVP_PKCS82PKEY(plain) : NULL;
  if (problem == BUKTI_KEY_OK && !k) problem = BUKTI_KEY_MALFORMED;
  if (problem == BUKTI_KEY_OK && X509_check_private_key(c, k) != 1) problem = BUKTI_KEY_MISMATCH;
  if (problem == BUKTI_KEY_OK && !bukti_key_signs(k)) problem = BUKTI_KEY_KIND;
  if (problem == BUKTI_KEY_OK) {
    *out = k;
    k = NULL;
  }
  EVP_PKEY_free(k);
  PKCS8_PRIV_KEY_INFO_free(plain);
  BIO_free(bio);
  ERR_clear_error();
  return problem;
}

static int add_name(X509_NAME *name, int nid, const char *text) {
  return !text || X509_NAME_add_entry_by_NID(name, nid, MBSTRING_UTF8,
                                             (const unsigned char *)text, -1, -1, 0) == 1;
}

static int add_extension(X509 *c, int nid, const char *value) {
  X509V3_CTX ctx;
  X509V3_set_ctx(&ctx, c, c, NULL, NULL, 0);
  X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
  int ok = e && X509_add_ext(c, e, -1) == 1;
  X509_EXTENSION_free(e);
  return ok;
}

static int set_serial(X509 *c) {
  BIGNUM *n = BN_new();
  int ok = n && BN_rand(n, 128, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 && !BN_is_zero(n) &&
           BN_to_ASN1_INTEGER(n, X509_get_serialNumber(c)) != NULL;
  BN_free(n);
  return ok;
}

static int fill(X509 *c, EVP_PKEY *k, const bukti_subject *s) {
  X509_NAME *name = X509_get_subject_name(c);
  time_t from = (time_t)s->from;
  return X509_set_version(c, X509_VERSION_3) == 1 && set_serial(c) &&
         X509_time_adj_ex(X509_getm_notBefore(c), 0, 0, &from) != NULL &&
         X509_time_adj_ex(X509_getm_notAfter(c), s->days, 0, &from) != NULL &&
         add_name(name, NID_organizationName, s->agency) &&
         add_name(name, NID_organizationalUnitName, s->role) &&
         add_name(name, NID_commonName, s->name) && X509_set_issuer_name(c, name) == 1 &&
         X509_set_pubkey(c, k) == 1 &&
         add_extension(c, NID_basic_constraints, "critical,CA:FALSE") &&
         add_extension(c, NID_key_usage, "critical,digitalSignature,nonRepudiation") &&
         add_extension(c, NID_subject_key_identifier, "hash");
}

bukti_cert *bukti_cert_self_signed(bukti_key *k, const bukti_subject *subject) {
  X509 *c = X509_new();
  const EVP_MD *md = EVP_PKEY_get_bits(k) == 384 ? EVP_sha384() : EVP_sha256();
  if (c && (!fill(c, k, subject) || X509_sign(c, k, md) <= 0)) {
    X509_free(c);
    c = NULL;
  }
  ERR_clear_error();
  return c;
}
