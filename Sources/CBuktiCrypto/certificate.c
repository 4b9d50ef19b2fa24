#include "bukti_certificate.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "internal.h"

void bukti_bytes_free(bukti_bytes *b) {
  OPENSSL_free(b->bytes);
  b->bytes = NULL;
  b->count = 0;
}

int bukti_take_bio(BIO *bio, bukti_bytes *out) {
  char *bytes = NULL;
  long n = BIO_get_mem_data(bio, &bytes);
  out->bytes = n > 0 ? OPENSSL_memdup(bytes, (size_t)n) : NULL;
  out->count = out->bytes ? (size_t)n : 0;
  return out->bytes != NULL;
}

bukti_cert *bukti_cert_parse(const uint8_t *der, size_t n) {
  if (!der || n == 0 || n > INT_MAX) return NULL;
  const uint8_t *end = der;
  X509 *c = d2i_X509(NULL, &end, (long)n);
  if (c && end != der + n) {
    X509_free(c);
    c = NULL;
  }
  ERR_clear_error();
  return c;
}

void bukti_cert_free(bukti_cert *c) { X509_free(c); }

int bukti_cert_retain(bukti_cert *c) { return X509_up_ref(c) == 1; }

int bukti_cert_der(const bukti_cert *c, bukti_bytes *out) {
  out->bytes = NULL;
  int n = i2d_X509(c, &out->bytes);
  out->count = n > 0 ? (size_t)n : 0;
  return n > 0;
}

int bukti_cert_pem(const bukti_cert *c, bukti_bytes *out) {
  BIO *bio = BIO_new(BIO_s_mem());
  out->bytes = NULL;
  out->count = 0;
  int ok = bio && PEM_write_bio_X509(bio, (X509 *)c) == 1 && bukti_take_bio(bio, out);
  BIO_free(bio);
  return ok;
}

int bukti_cert_subject(const bukti_cert *c, bukti_bytes *out) {
  BIO *bio = BIO_new(BIO_s_mem());
  unsigned long flags = XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB;
  out->bytes = NULL;
  out->count = 0;
  int ok = bio && X509_NAME_print_ex(bio, X509_get_subject_name(c), 0, flags) >= 0;
  /* An empty name is a name. */
  if (ok && BIO_pending(bio) > 0) ok = bukti_take_bio(bio, out);
  BIO_free(bio);
  ERR_clear_error();
  return ok;
}

int bukti_cert_key(const bukti_cert *c, char out[64]) {
  EVP_PKEY *key = X509_get0_pubkey(c);
  char group[48];
  if (!key) return snprintf(out, 64, "unknown"), ERR_clear_error(), 0;
  if (EVP_PKEY_is_a(key, "EC")) {
    if (EVP_PKEY_get_group_name(key, group, sizeof group, NULL) != 1) strcpy(group, "unknown");
    const char *nist = strcmp(group, "prime256v1") == 0  ? "P-256"
                       : strcmp(group, "secp384r1") == 0 ? "P-384"
                       : strcmp(group, "secp521r1") == 0 ? "P-521"
                                                         : group;
    snprintf(out, 64, "EC %s", nist);
  } else if (EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "RSA-PSS")) {
    snprintf(out, 64, "RSA %d", EVP_PKEY_get_bits(key));
  } else {
    const char *name = EVP_PKEY_get0_type_name(key);
    snprintf(out, 64, "%s", name ? name : "unknown");
  }
  ERR_clear_error();
  return 1;
}

int bukti_time(const ASN1_TIME *t, int64_t *out) {
  struct tm tm;
  if (!t || ASN1_TIME_to_tm(t, &tm) != 1) return 0;
  *out = (int64_t)timegm(&tm);
  return 1;
}

int bukti_cert_validity(const bukti_cert *c, int64_t *from, int64_t *to) {
  return bukti_time(X509_get0_notBefore(c), from) && bukti_time(X509_get0_notAfter(c), to);
}

/* X509_get_extended_key_usage drops what it does not know, so the list itself is read. */
int bukti_cert_timestamp_only(const bukti_cert *c) {
  EXTENDED_KEY_USAGE *usage = X509_get_ext_d2i(c, NID_ext_key_usage, NULL, NULL);
  int n = sk_ASN1_OBJECT_num(usage);
  int only = n > 0;
  for (int i = 0; i < n; i++)
    only = only && OBJ_obj2nid(sk_ASN1_OBJECT_value(usage, i)) == NID_time_stamp;
  sk_ASN1_OBJECT_pop_free(usage, ASN1_OBJECT_free);
  ERR_clear_error();
  return only;
}

bukti_certs *bukti_certs_new(void) { return sk_X509_new_null(); }

int bukti_certs_add(bukti_certs *list, bukti_cert *c) {
  if (X509_up_ref(c) != 1) return 0;
  if (sk_X509_push(list, c) > 0) return 1;
  X509_free(c);
  return 0;
}

int bukti_certs_count(const bukti_certs *list) {
  int n = sk_X509_num(list);
  return n < 0 ? 0 : n;
}

bukti_cert *bukti_certs_at(const bukti_certs *list, int i) {
  return i >= 0 && i < sk_X509_num(list) ? sk_X509_value(list, i) : NULL;
}

void bukti_certs_free(bukti_certs *list) { sk_X509_pop_free(list, X509_free); }

static int add_owned(bukti_certs *list, X509 *c) {
  if (c && sk_X509_push(list, c) > 0) return 1;
  X509_free(c);
  return 0;
}

/* Reads certificates until the text has no more PEM; a malformed one among them fails the whole list. */
static int add_pem(bukti_certs *list, BIO *bio, int max) {
  for (;;) {
    X509 *c = PEM_read_bio_X509_AUX(bio, NULL, NULL, NULL);
    if (!c) return ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    if (sk_X509_num(list) >= max) return X509_free(c), 0;
    if (!add_owned(list, c)) return 0;
  }
}

bukti_certs *bukti_certs_parse(const uint8_t *bytes, size_t n, int max) {
  if (!bytes || n == 0 || n > INT_MAX) return NULL;
  bukti_certs *list = sk_X509_new_null();
  if (!list) return NULL;
  int ok;
  if (bytes[0] == 0x30) {
    ok = add_owned(list, bukti_cert_parse(bytes, n));
  } else {
    ERR_clear_error();
    BIO *bio = BIO_new_mem_buf(bytes, (int)n);
    ok = bio && add_pem(list, bio, max) && sk_X509_num(list) > 0;
    BIO_free(bio);
  }
  ERR_clear_error();
  if (ok) return list;
  bukti_certs_free(list);
  return NULL;
}
