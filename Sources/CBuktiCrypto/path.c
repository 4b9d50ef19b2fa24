#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "bukti_certificate.h"

/* 112 bits: refuses SHA-1 and RSA below 2048 anywhere in a path, by libcrypto's own names. */
#define SECURITY_LEVEL 2

static X509_STORE *store_of(const bukti_certs *roots) {
  X509_STORE *store = X509_STORE_new();
  for (int i = 0; store && i < bukti_certs_count(roots); i++) {
    if (X509_STORE_add_cert(store, bukti_certs_at(roots, i)) != 1) {
      X509_STORE_free(store);
      store = NULL;
    }
  }
  return store;
}

int bukti_cert_path(bukti_cert *c, const bukti_certs *roots, const bukti_certs *others, int64_t at,
                    bukti_cert **root, const char **why) {
  X509_STORE *store = store_of(roots);
  X509_STORE_CTX *ctx = X509_STORE_CTX_new();
  int found = 0;
  *root = NULL;
  *why = "libcrypto failed while it prepared a path";
  if (store && ctx && X509_STORE_CTX_init(ctx, store, c, (bukti_certs *)others) == 1) {
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
    X509_VERIFY_PARAM_set_time(param, (time_t)at);
    X509_VERIFY_PARAM_set_auth_level(param, SECURITY_LEVEL);
    /* The verifier's list decides what a root is, also when it is a signer's own certificate. */
    X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
    X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_ANY);
    found = X509_verify_cert(ctx) == 1;
    if (found) {
      bukti_certs *chain = X509_STORE_CTX_get0_chain(ctx);
      X509 *last = bukti_certs_at(chain, bukti_certs_count(chain) - 1);
      found = last && X509_up_ref(last) == 1;
      if (found) *root = last;
    } else {
      *why = X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx));
    }
  }
  X509_STORE_CTX_free(ctx);
  X509_STORE_free(store);
  ERR_clear_error();
  return found;
}
