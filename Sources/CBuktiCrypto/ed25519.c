#include "bukti_crypto.h"

#include <openssl/err.h>
#include <openssl/evp.h>

int bukti_ed25519_verify(const uint8_t key[32], const uint8_t signature[64], const uint8_t *bytes,
                         size_t n) {
  EVP_PKEY *public = EVP_PKEY_new_raw_public_key_ex(NULL, "ED25519", NULL, key, 32);
  EVP_MD_CTX *ctx = public ? EVP_MD_CTX_new() : NULL;
  int result = -1;
  if (ctx && EVP_DigestVerifyInit_ex(ctx, NULL, NULL, NULL, NULL, public, NULL) == 1)
    result = EVP_DigestVerify(ctx, signature, 64, bytes, n) == 1;
  EVP_MD_CTX_free(ctx);
  EVP_PKEY_free(public);
  ERR_clear_error();
  return result;
}
