#include "pair.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

#define SHA __attribute__((target("sha,sse4.1,ssse3")))
#define INLINE static inline __attribute__((always_inline)) SHA

/* FIPS 180-4, section 4.2.2. */
static const uint32_t constants[64] __attribute__((aligned(16))) = {
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

/* The words a b e f and c d g h, as the instructions want them. */
typedef struct {
  __m128i abef, cdgh;
} lanes;

/* The bits of leaf 7 and leaf 1: SHA; SSSE3 and SSE4.1. */
int bukti_pair_supported(void) {
  unsigned a, b, c, d;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b >> 29 & 1) && __get_cpuid(1, &a, &b, &c, &d) &&
         (c >> 9 & 1) && (c >> 19 & 1);
}

INLINE lanes load(const uint32_t state[8]) {
  __m128i badc = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0xB1);
  __m128i hgfe = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(state + 4)), 0x1B);
  return (lanes){_mm_alignr_epi8(badc, hgfe, 8), _mm_blend_epi16(hgfe, badc, 0xF0)};
}

INLINE void store(uint32_t state[8], lanes s) {
  __m128i feba = _mm_shuffle_epi32(s.abef, 0x1B), dchg = _mm_shuffle_epi32(s.cdgh, 0xB1);
  _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(feba, dchg, 0xF0));
  _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}

/* Four words of the message, from big-endian bytes. */
INLINE __m128i words_at(const uint8_t *bytes) {
  const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  return _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)bytes), big_endian);
}

/* The next four words of the schedule from the sixteen before them. */
INLINE __m128i next_words(const __m128i w[4], int i) {
  __m128i a = w[i & 3], b = w[(i + 1) & 3], c = w[(i + 2) & 3], d = w[(i + 3) & 3];
  return _mm_sha256msg2_epu32(_mm_add_epi32(_mm_sha256msg1_epu32(a, b), _mm_alignr_epi8(d, c, 4)), d);
}

/* Two rounds take the low two words of four, two more the high ones. Where both states take the same blocks, they
   share the schedule. */
INLINE void pass(uint32_t first[8], const uint8_t *a, uint32_t second[8], const uint8_t *b, size_t count, int is_same) {
  lanes s = load(first), t = load(second);
  for (; count > 0; count--, a += 64, b += 64) {
    /* In memory, since two schedules need all registers. */
    lanes before[2] = {s, t};
    __asm__ volatile("" : "+m"(before));
    __m128i w[4], v[4];
    for (int i = 0; i < 4; i++) w[i] = words_at(a + 16 * i), v[i] = is_same ? w[i] : words_at(b + 16 * i);
#pragma GCC unroll 16
    for (int i = 0; i < 16; i++) {
      const __m128i constant = _mm_load_si128((const __m128i *)(constants + 4 * i));
      __m128i x = _mm_add_epi32(w[i & 3], constant), y = _mm_add_epi32(v[i & 3], constant);
      s.cdgh = _mm_sha256rnds2_epu32(s.cdgh, s.abef, x);
      t.cdgh = _mm_sha256rnds2_epu32(t.cdgh, t.abef, y);
      s.abef = _mm_sha256rnds2_epu32(s.abef, s.cdgh, _mm_shuffle_epi32(x, 0x0E));
      if (i < 12) w[i & 3] = next_words(w, i);
      t.abef = _mm_sha256rnds2_epu32(t.abef, t.cdgh, _mm_shuffle_epi32(y, 0x0E));
      if (i < 12) v[i & 3] = is_same ? w[i & 3] : next_words(v, i);
    }
    s.abef = _mm_add_epi32(s.abef, before[0].abef), s.cdgh = _mm_add_epi32(s.cdgh, before[0].cdgh);
    t.abef = _mm_add_epi32(t.abef, before[1].abef), t.cdgh = _mm_add_epi32(t.cdgh, before[1].cdgh);
  }
  store(first, s);
  store(second, t);
}

SHA void bukti_pair_same(uint32_t first[8], uint32_t second[8], const void *blocks, size_t count) {
  pass(first, blocks, second, blocks, count, 1);
}

SHA void bukti_pair_blocks(uint32_t first[8], const void *a, uint32_t second[8], const void *b, size_t count) {
  pass(first, a, second, b, count, 0);
}

#else

int bukti_pair_supported(void) { return 0; }

void bukti_pair_same(uint32_t first[8], uint32_t second[8], const void *blocks, size_t count) {
  (void)first, (void)second, (void)blocks, (void)count;
}

void bukti_pair_blocks(uint32_t first[8], const void *a, uint32_t second[8], const void *b, size_t count) {
  (void)first, (void)a, (void)second, (void)b, (void)count;
}

#endif
