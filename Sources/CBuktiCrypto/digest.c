/* SHA256_CTX shows its state, which EVP hides, and which a pass for two digests needs. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "bukti_crypto.h"
#include "pair.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <stdlib.h>

struct bukti_digest {
  int is_open;       /* a SHA-256 whose state is open; else there are contexts */
  SHA256_CTX sha256;
  EVP_MD_CTX *running;
  EVP_MD_CTX *scratch; /* made when a value is first asked for */
};

#define KINDS 4
static EVP_MD *digests[KINDS];
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t one_shot;
static int have_key, can_pair;

static void free_context(void *ctx) { EVP_MD_CTX_free(ctx); }

/* Fetching an algorithm walks the providers and takes locks: once per process, not once per digest. */
static void fetch_all(void) {
  static const char *const names[KINDS] = {"SHA2-256", "MD5", "SHA1", "SHA2-512"};
  for (int i = 0; i < KINDS; i++) digests[i] = EVP_MD_fetch(NULL, names[i], NULL);
  can_pair = bukti_pair_supported();
  have_key = pthread_key_create(&one_shot, free_context) == 0;
}

static EVP_MD *digest_of(int kind) {
  if (kind < 0 || kind >= KINDS || pthread_once(&once, fetch_all) != 0) return NULL;
  return digests[kind];
}

bukti_digest *bukti_digest_new(int kind) {
  EVP_MD *md = digest_of(kind);
  bukti_digest *d = md ? calloc(1, sizeof *d) : NULL;
  if (!d) return NULL;
  d->is_open = kind == BUKTI_SHA256 && can_pair;
  if (d->is_open && SHA256_Init(&d->sha256) == 1) return d;
  d->running = EVP_MD_CTX_new();
  if (!d->is_open && d->running && EVP_DigestInit_ex(d->running, md, NULL) == 1) return d;
  bukti_digest_free(d);
  return NULL;
}

bukti_digest *bukti_digest_copy(const bukti_digest *d) {
  bukti_digest *c = calloc(1, sizeof *c);
  if (!c) return NULL;
  c->is_open = d->is_open;
  c->sha256 = d->sha256;
  if (c->is_open) return c;
  c->running = EVP_MD_CTX_new();
  if (c->running && EVP_MD_CTX_copy_ex(c->running, d->running) == 1) return c;
  bukti_digest_free(c);
  return NULL;
}

void bukti_digest_free(bukti_digest *d) {
  if (!d) return;
  EVP_MD_CTX_free(d->running);
  EVP_MD_CTX_free(d->scratch);
  free(d);
}

/* A NULL type keeps the algorithm and its memory. */
int bukti_digest_reset(bukti_digest *d) {
  return d->is_open ? SHA256_Init(&d->sha256) == 1 : EVP_DigestInit_ex(d->running, NULL, NULL) == 1;
}

int bukti_digest_update(bukti_digest *d, const void *bytes, size_t n) {
  if (n == 0) return 1;
  return d->is_open ? SHA256_Update(&d->sha256, bytes, n) == 1 : EVP_DigestUpdate(d->running, bytes, n) == 1;
}

/* Counts whole blocks that a state has taken without libcrypto. */
static void count_blocks(SHA256_CTX *state, size_t blocks) {
  uint64_t bits = ((uint64_t)state->Nh << 32 | state->Nl) + (uint64_t)blocks * 512;
  state->Nl = (SHA_LONG)bits;
  state->Nh = (SHA_LONG)(bits >> 32);
}

/* Has two states, both between blocks, take their bytes: as far as both have blocks, in one pass. */
static int update_two(SHA256_CTX *x, const uint8_t *a, size_t n, SHA256_CTX *y, const uint8_t *b, size_t m) {
  size_t blocks = (n < m ? n : m) / 64, done = 64 * blocks;
  if (blocks > 0) {
    if (a == b)
      bukti_pair_same(x->h, y->h, a, blocks);
    else
      bukti_pair_blocks(x->h, a, y->h, b, blocks);
    count_blocks(x, blocks);
    count_blocks(y, blocks);
  }
  return (n == done || SHA256_Update(x, a + done, n - done) == 1) && (m == done || SHA256_Update(y, b + done, m - done) == 1);
}

static int start_with(SHA256_CTX *state, const uint8_t block[64]) {
  return SHA256_Init(state) == 1 && SHA256_Update(state, block, 64) == 1;
}

int bukti_digest_update_pair(bukti_digest *d, const void *bytes, size_t n, const uint8_t block[64], const void *body,
                             size_t m, uint8_t out[32]) {
  if (!d->is_open || d->sha256.num != 0)
    return bukti_digest_update(d, bytes, n) && bukti_sha256(block, 64, body, m, out);
  SHA256_CTX other;
  return start_with(&other, block) && update_two(&d->sha256, bytes, n, &other, body, m) && SHA256_Final(out, &other) == 1;
}

int bukti_sha256_pair(const uint8_t blocks[128], const void *a, size_t n, const void *b, size_t m, uint8_t out[64]) {
  if (!bukti_digest_pairs()) return bukti_sha256(blocks, 64, a, n, out) && bukti_sha256(blocks + 64, 64, b, m, out + 32);
  SHA256_CTX x, y;
  return start_with(&x, blocks) && start_with(&y, blocks + 64) && update_two(&x, a, n, &y, b, m) &&
         SHA256_Final(out, &x) == 1 && SHA256_Final(out + 32, &y) == 1;
}

int bukti_digest_pairs(void) { return digest_of(BUKTI_SHA256) && can_pair; }

int bukti_digest_value(bukti_digest *d, uint8_t out[64]) {
  if (d->is_open) {
    SHA256_CTX copy = d->sha256;
    return SHA256_Final(out, &copy) == 1;
  }
  if (!d->scratch) d->scratch = EVP_MD_CTX_new();
  return d->scratch && EVP_MD_CTX_copy_ex(d->scratch, d->running) == 1 &&
         EVP_DigestFinal_ex(d->scratch, out, NULL) == 1;
}

/* One context a thread, because a record hash is two SHA blocks and an allocation costs more than that. */
static EVP_MD_CTX *thread_context(EVP_MD *md) {
  EVP_MD_CTX *ctx = pthread_getspecific(one_shot);
  if (ctx) return EVP_DigestInit_ex(ctx, NULL, NULL) == 1 ? ctx : NULL;
  ctx = EVP_MD_CTX_new();
  if (ctx && EVP_DigestInit_ex(ctx, md, NULL) == 1 && pthread_setspecific(one_shot, ctx) == 0)
    return ctx;
  EVP_MD_CTX_free(ctx);
  return NULL;
}

int bukti_sha256(const void *a, size_t an, const void *b, size_t bn, uint8_t out[32]) {
  EVP_MD *md = digest_of(BUKTI_SHA256);
  EVP_MD_CTX *ctx = md && have_key ? thread_context(md) : NULL;
  return ctx && (an == 0 || EVP_DigestUpdate(ctx, a, an) == 1) &&
         (bn == 0 || EVP_DigestUpdate(ctx, b, bn) == 1) && EVP_DigestFinal_ex(ctx, out, NULL) == 1;
}

int bukti_random(uint8_t *out, size_t n) {
  while (n > 0) {
    int part = n > (1 << 20) ? (1 << 20) : (int)n;
    if (RAND_bytes(out, part) != 1) return 0;
    out += part;
    n -= (size_t)part;
  }
  return 1;
}
