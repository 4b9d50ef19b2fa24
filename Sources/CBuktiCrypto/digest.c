#include "bukti_crypto.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdlib.h>

struct bukti_digest {
  EVP_MD_CTX *running;
  EVP_MD_CTX *scratch; /* made when a value is first asked for */
};

#define KINDS 4
static EVP_MD *digests[KINDS];
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t one_shot;
static int have_key;

static void free_context(void *ctx) { EVP_MD_CTX_free(ctx); }

/* Fetching an algorithm walks the providers and takes locks: once per process, not once per digest. */
static void fetch_all(void) {
  static const char *const names[KINDS] = {"SHA2-256", "MD5", "SHA1", "SHA2-512"};
  for (int i = 0; i < KINDS; i++) digests[i] = EVP_MD_fetch(NULL, names[i], NULL);
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
  d->running = EVP_MD_CTX_new();
  if (d->running && EVP_DigestInit_ex(d->running, md, NULL) == 1) return d;
  bukti_digest_free(d);
  return NULL;
}

bukti_digest *bukti_digest_copy(const bukti_digest *d) {
  bukti_digest *c = calloc(1, sizeof *c);
  if (!c) return NULL;
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
int bukti_digest_reset(bukti_digest *d) { return EVP_DigestInit_ex(d->running, NULL, NULL) == 1; }

int bukti_digest_update(bukti_digest *d, const void *bytes, size_t n) {
  return n == 0 || EVP_DigestUpdate(d->running, bytes, n) == 1;
}

int bukti_digest_value(bukti_digest *d, uint8_t out[64]) {
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
