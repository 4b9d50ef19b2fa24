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

/* Four rounds of both states, with the four words of the schedule that belong to them. */
INLINE void four_rounds(lanes s[2], __m128i words, int round) {
  __m128i low = _mm_add_epi32(words, _mm_load_si128((const __m128i *)(constants + round)));
  __m128i high = _mm_shuffle_epi32(low, 0x0E);
  for (int i = 0; i < 2; i++) s[i].cdgh = _mm_sha256rnds2_epu32(s[i].cdgh, s[i].abef, low);
  for (int i = 0; i < 2; i++) s[i].abef = _mm_sha256rnds2_epu32(s[i].abef, s[i].cdgh, high);
}

/* The next four words of the schedule from the sixteen before them. */
INLINE __m128i next_words(const __m128i w[4], int i) {
  __m128i a = w[i & 3], b = w[(i + 1) & 3], c = w[(i + 2) & 3], d = w[(i + 3) & 3];
  return _mm_sha256msg2_epu32(_mm_add_epi32(_mm_sha256msg1_epu32(a, b), _mm_alignr_epi8(d, c, 4)), d);
}

SHA void bukti_pair_blocks(uint32_t first[8], uint32_t second[8], const void *blocks, size_t count) {
  const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  const uint8_t *bytes = blocks;
  lanes s[2] = {load(first), load(second)};
  for (; count > 0; count--, bytes += 64) {
    lanes before[2] = {s[0], s[1]};
    __m128i w[4];
    for (int i = 0; i < 4; i++) {
      w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(bytes + 16 * i)), big_endian);
      four_rounds(s, w[i], 4 * i);
    }
#pragma GCC unroll 12
    for (int i = 4; i < 16; i++) {
      w[i & 3] = next_words(w, i);
      four_rounds(s, w[i & 3], 4 * i);
    }
    for (int i = 0; i < 2; i++) {
      s[i].abef = _mm_add_epi32(s[i].abef, before[i].abef);
      s[i].cdgh = _mm_add_epi32(s[i].cdgh, before[i].cdgh);
    }
  }
  store(first, s[0]);
  store(second, s[1]);
}

#else

int bukti_pair_supported(void) { return 0; }

void bukti_pair_blocks(uint32_t first[8], uint32_t second[8], const void *blocks, size_t count) {
  (void)first, (void)second, (void)blocks, (void)count;
}

#endif
