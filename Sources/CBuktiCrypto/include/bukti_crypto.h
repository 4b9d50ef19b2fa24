#ifndef BUKTI_CRYPTO_H
#define BUKTI_CRYPTO_H

#include <stddef.h>
#include <stdint.h>

/* A thin shim over libcrypto 3.x. No function keeps a pointer it was given, unless it says so.
   Unless said otherwise the result is 1 for success and 0 for failure. */

/* Version text of the libcrypto in use. */
const char *bukti_crypto_version(void);

/* Fills n bytes from libcrypto's CSPRNG. */
int bukti_random(uint8_t *out, size_t n);

enum bukti_digest_kind {
  BUKTI_SHA256 = 0,
  BUKTI_MD5 = 1,
  BUKTI_SHA1 = 2,
  BUKTI_SHA512 = 3,
};

/* A running digest. */
typedef struct bukti_digest bukti_digest;

/* NULL when the library has no such digest (a FIPS build without MD5) or no memory. */
bukti_digest *bukti_digest_new(int kind);
bukti_digest *bukti_digest_copy(const bukti_digest *d);
void bukti_digest_free(bukti_digest *d);
/* Forgets what was taken. */
int bukti_digest_reset(bukti_digest *d);
int bukti_digest_update(bukti_digest *d, const void *bytes, size_t n);
/*
 * The digest takes bytes, and out becomes SHA-256(block, body). In one pass, as far as both are long, where
 * bukti_digest_pairs() is 1, d is a SHA-256, and what it took before is whole blocks of 64 bytes.
 */
int bukti_digest_update_pair(bukti_digest *d, const void *bytes, size_t n, const uint8_t block[64], const void *body,
                             size_t m, uint8_t out[32]);
/* SHA-256(first block, a) and SHA-256(second block, b), in one pass where bukti_digest_pairs() is 1. */
int bukti_sha256_pair(const uint8_t blocks[128], const void *a, size_t n, const void *b, size_t m, uint8_t out[64]);
int bukti_digest_pairs(void);
/* Writes the digest of all taken so far (16 to 64 bytes, by kind); d can go on taking bytes. */
int bukti_digest_value(bukti_digest *d, uint8_t out[64]);
/* SHA-256 of two runs of bytes, one after the other. */
int bukti_sha256(const void *a, size_t an, const void *b, size_t bn, uint8_t out[32]);

/* Ed25519 (RFC 8032) of n bytes: 1 when the signature is right, 0 when it is wrong, -1 when the library cannot say (no such algorithm, no
   memory, no key). */
int bukti_ed25519_verify(const uint8_t key[32], const uint8_t signature[64], const uint8_t *bytes,
                         size_t n);

#endif
