#include "bukti_inflate.h"

#include <stdlib.h>
#include <string.h>

/*
 * A code is looked up by its next bits in a table, and what is longer in a second one behind it. An entry is the
 * value (16 bits), the number of extra bits (8), and kind and length of the code (4 bits each).
 */
enum { LITERAL, MATCH, END, LINK, INVALID };
enum { LONGEST = 15, LITERALS = 288, DISTANCES = 32, LENGTHS = 19 };
/* A complete code has at least two symbols in each second table. */
enum { LIT_BITS = 11, LIT_SIZE = (1 << LIT_BITS) + LITERALS / 2 * (1 << (LONGEST - LIT_BITS)) };
enum { DIST_BITS = 8, DIST_SIZE = (1 << DIST_BITS) + DISTANCES / 2 * (1 << (LONGEST - DIST_BITS)) };
enum { LEN_BITS = 7, LEN_SIZE = 1 << LEN_BITS };
/* Room for three literals, the longest match and a word more than it needs. */
enum { MARGIN = 3 + 258 + 16 };

#define ENTRY(value, extra, kind) ((uint32_t)(value) << 16 | (uint32_t)(extra) << 8 | (uint32_t)(kind) << 4)
#define VALUE(entry) ((entry) >> 16)
#define EXTRA(entry) ((entry) >> 8 & 255)
#define KIND(entry) ((entry) >> 4 & 15)
#define LENGTH(entry) ((entry) & 15)

struct bukti_inflater {
  uint32_t literals[LIT_SIZE];
  uint32_t distances[DIST_SIZE];
  uint32_t lengths[LEN_SIZE];
  uint8_t sizes[LITERALS + DISTANCES];
};

/* Where decoding stands; bits above `held` are those of the bytes at `in`, or zero. */
struct place {
  const uint8_t *in, *in_end;
  uint8_t *out, *out_start, *out_end;
  uint64_t bits;
  unsigned held;
};

bukti_inflater *bukti_inflater_new(void) { return malloc(sizeof(bukti_inflater)); }
void bukti_inflater_free(bukti_inflater *inflater) { free(inflater); }

static uint32_t literal_symbol(unsigned symbol) {
  static const uint16_t base[] = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                  31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
  static const uint8_t extra[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                  2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
  if (symbol < 256) return ENTRY(symbol, 0, LITERAL);
  if (symbol == 256) return ENTRY(0, 0, END);
  if (symbol > 285) return ENTRY(0, 0, INVALID);
  return ENTRY(base[symbol - 257], extra[symbol - 257], MATCH);
}

static uint32_t distance_symbol(unsigned symbol) {
  static const uint16_t base[] = {1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
                                  193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
  if (symbol > 29) return ENTRY(0, 0, INVALID);
  return ENTRY(base[symbol], symbol < 4 ? 0 : symbol / 2 - 1, MATCH);
}

static uint32_t length_symbol(unsigned symbol) { return ENTRY(symbol, 0, LITERAL); }

static unsigned reversed(unsigned code, unsigned length) {
  unsigned out = 0;
  for (unsigned bit = 0; bit < length; bit++) out |= (code >> bit & 1) << (length - 1 - bit);
  return out;
}

/* Lengths of codes that leave no bits unused; 0 for any others. */
static int is_complete(const unsigned count[LONGEST + 1]) {
  int left = 1;
  for (unsigned length = 1; length <= LONGEST; length++) {
    left = 2 * left - (int)count[length];
    if (left < 0) return 0;
  }
  return left == 0;
}

/* Fills the tables of a code; 0 where zlib would refuse it, or might. */
static int build(uint32_t *table, unsigned bits, size_t size, const uint8_t *sizes, unsigned symbols,
                 uint32_t (*entry_of)(unsigned)) {
  unsigned count[LONGEST + 1] = {0}, next[LONGEST + 2] = {0}, longest = 0;
  for (unsigned symbol = 0; symbol < symbols; symbol++) {
    count[sizes[symbol]]++;
    if (sizes[symbol] > longest) longest = sizes[symbol];
  }
  count[0] = 0;
  if (!is_complete(count)) return 0;
  for (unsigned length = 1; length <= LONGEST; length++) next[length + 1] = (next[length] + count[length]) << 1;

  size_t used = (size_t)1 << bits;
  for (size_t place = 0; place < used; place++) table[place] = ENTRY(0, 0, INVALID);
  for (unsigned symbol = 0; symbol < symbols; symbol++) {
    unsigned length = sizes[symbol];
    if (length == 0) continue;
    unsigned code = reversed(next[length]++, length);
    if (length <= bits) {
      for (size_t place = code; place < (size_t)1 << bits; place += (size_t)1 << length)
        table[place] = entry_of(symbol) | length;
      continue;
    }
    uint32_t *link = &table[code & ((1u << bits) - 1)];
    unsigned second = longest - bits;
    if (KIND(*link) != LINK) {
      if (size - used < (size_t)1 << second) return 0;
      *link = ENTRY(used, second, LINK) | bits;
      used += (size_t)1 << second;
    }
    for (size_t place = code >> bits; place < (size_t)1 << second; place += (size_t)1 << (length - bits))
      table[VALUE(*link) + place] = entry_of(symbol) | (length - bits);
  }
  return 1;
}

/* Distance codes may be none at all, or a single one of one bit, which is not complete. */
static int build_distances(bukti_inflater *inflater, const uint8_t *sizes, unsigned symbols) {
  unsigned used = 0, only = 0;
  for (unsigned symbol = 0; symbol < symbols; symbol++)
    if (sizes[symbol] > 0) used++, only = symbol;
  if (used > 1) return build(inflater->distances, DIST_BITS, DIST_SIZE, sizes, symbols, distance_symbol);
  if (used == 1 && sizes[only] != 1) return 0;
  for (unsigned place = 0; place < 1 << DIST_BITS; place++)
    inflater->distances[place] = used == 1 && place % 2 == 0 ? distance_symbol(only) | 1 : ENTRY(0, 0, INVALID);
  return 1;
}

#define INLINE static inline __attribute__((always_inline))

/* Takes eight bytes at once, which must be there; 56 bits or more are held then. */
INLINE void refill_fast(struct place *at) {
  uint64_t word;
  memcpy(&word, at->in, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap64(word);
#endif
  at->bits |= word << at->held;
  at->in += (63 - at->held) >> 3;
  at->held |= 56;
}

/* Takes bytes until 56 bits are held or no more are there. */
static void refill(struct place *at) {
  if (at->in_end - at->in >= 8) {
    refill_fast(at);
    return;
  }
  while (at->held < 56 && at->in < at->in_end) {
    at->bits |= (uint64_t)*at->in++ << at->held;
    at->held += 8;
  }
}

INLINE void drop(struct place *at, unsigned count) {
  at->bits >>= count;
  at->held -= count;
}

INLINE unsigned low(const struct place *at, unsigned count) { return (unsigned)(at->bits & ((1u << count) - 1)); }

/* Takes bits after a refill; -1 where the input ends. */
static int take(struct place *at, unsigned count) {
  if (at->held < count) return -1;
  int value = (int)low(at, count);
  drop(at, count);
  return value;
}

/* The entry of the next code, whose bits are dropped; enough of them must be held. */
INLINE uint32_t decode_fast(struct place *at, const uint32_t *table, unsigned bits) {
  uint32_t entry = table[low(at, bits)];
  if (__builtin_expect(KIND(entry) == LINK, 0)) {
    drop(at, bits);
    entry = table[VALUE(entry) + low(at, EXTRA(entry))];
  }
  drop(at, LENGTH(entry));
  return entry;
}

/* The same where the input may end; INVALID then. */
static uint32_t decode(struct place *at, const uint32_t *table, unsigned bits) {
  struct place next = *at;
  uint32_t entry = table[low(&next, bits)];
  if (KIND(entry) == LINK) {
    if (next.held < bits) return ENTRY(0, 0, INVALID);
    drop(&next, bits);
    entry = table[VALUE(entry) + low(&next, EXTRA(entry))];
  }
  if (next.held < LENGTH(entry)) return ENTRY(0, 0, INVALID);
  drop(&next, LENGTH(entry));
  *at = next;
  return entry;
}

/* Copies a match, with up to 15 bytes more behind it. */
INLINE void copy_over(uint8_t *out, size_t distance, size_t length) {
  const uint8_t *from = out - distance;
  uint8_t *end = out + length;
  if (distance >= 16) {
    do {
      memcpy(out, from, 16);
      out += 16, from += 16;
    } while (out < end);
  } else if (distance >= 8) {
    do {
      memcpy(out, from, 8);
      out += 8, from += 8;
    } while (out < end);
  } else if (distance == 1) {
    memset(out, *from, length);
  } else {
    do *out++ = *from++;
    while (out < end);
  }
}

/* Decodes symbols while there is plenty of room and input: 1 at the end of the block, 0 where something is wrong, -1
   where the rest needs care. One refill is enough for three codes of 15 bits, or for a match and its extra bits. */
static int decode_fast_part(const bukti_inflater *inflater, struct place *at) {
  const uint32_t *literals = inflater->literals, *distances = inflater->distances;
  struct place here = *at; /* Its address stays here, so that it can live in registers. */
  int outcome = -1;
  while (here.out_end - here.out >= MARGIN && here.in_end - here.in >= 16) {
    refill_fast(&here);
    uint32_t entry = decode_fast(&here, literals, LIT_BITS);
    if (KIND(entry) == LITERAL) {
      *here.out++ = (uint8_t)VALUE(entry);
      entry = decode_fast(&here, literals, LIT_BITS);
      if (KIND(entry) == LITERAL) {
        *here.out++ = (uint8_t)VALUE(entry);
        entry = decode_fast(&here, literals, LIT_BITS);
        if (KIND(entry) == LITERAL) {
          *here.out++ = (uint8_t)VALUE(entry);
          continue;
        }
      }
    }
    if (KIND(entry) != MATCH) {
      outcome = KIND(entry) == END;
      break;
    }
    size_t length = VALUE(entry) + low(&here, EXTRA(entry));
    drop(&here, EXTRA(entry));
    refill_fast(&here);
    entry = decode_fast(&here, distances, DIST_BITS);
    size_t distance = VALUE(entry) + low(&here, EXTRA(entry));
    drop(&here, EXTRA(entry));
    if (KIND(entry) != MATCH || distance > (size_t)(here.out - here.out_start)) {
      outcome = 0;
      break;
    }
    copy_over(here.out, distance, length);
    here.out += length;
  }
  *at = here;
  return outcome;
}

/* Decodes a match whose length code is known; 0 where it is wrong. */
static int copy_match(const bukti_inflater *inflater, struct place *at, uint32_t entry) {
  if (at->held < EXTRA(entry)) return 0;
  size_t length = VALUE(entry) + low(at, EXTRA(entry));
  drop(at, EXTRA(entry));
  refill(at);
  entry = decode(at, inflater->distances, DIST_BITS);
  if (KIND(entry) != MATCH || at->held < EXTRA(entry)) return 0;
  size_t distance = VALUE(entry) + low(at, EXTRA(entry));
  drop(at, EXTRA(entry));
  if (distance > (size_t)(at->out - at->out_start) || length > (size_t)(at->out_end - at->out)) return 0;
  for (size_t index = 0; index < length; index++) at->out[index] = at->out[(ptrdiff_t)index - (ptrdiff_t)distance];
  at->out += length;
  return 1;
}

/* Decodes symbols to the end of the block; 0 where something is wrong. */
static int decode_block(const bukti_inflater *inflater, struct place *at) {
  int outcome = decode_fast_part(inflater, at);
  while (outcome < 0) {
    refill(at);
    uint32_t entry = decode(at, inflater->literals, LIT_BITS);
    if (KIND(entry) == END) return 1;
    if (KIND(entry) == LITERAL) {
      if (at->out == at->out_end) return 0;
      *at->out++ = (uint8_t)VALUE(entry);
    } else if (KIND(entry) != MATCH || !copy_match(inflater, at, entry)) {
      return 0;
    }
  }
  return outcome;
}

/* Reads the codes of a block that brings its own. */
static int read_codes(bukti_inflater *inflater, struct place *at) {
  static const uint8_t order[LENGTHS] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
  uint8_t *sizes = inflater->sizes;
  refill(at);
  int literals = take(at, 5), distances = take(at, 5), lengths = take(at, 4);
  if (lengths < 0 || literals > 29 || distances > 29) return 0;
  unsigned total = (unsigned)(literals + 257 + distances + 1);

  uint8_t of_lengths[LENGTHS] = {0};
  for (int index = 0; index < lengths + 4; index++) {
    refill(at);
    int size = take(at, 3);
    if (size < 0) return 0;
    of_lengths[order[index]] = (uint8_t)size;
  }
  if (!build(inflater->lengths, LEN_BITS, LEN_SIZE, of_lengths, LENGTHS, length_symbol)) return 0;

  for (unsigned index = 0; index < total;) {
    refill(at);
    uint32_t entry = decode(at, inflater->lengths, LEN_BITS);
    if (KIND(entry) != LITERAL) return 0;
    unsigned symbol = VALUE(entry);
    if (symbol < 16) {
      sizes[index++] = (uint8_t)symbol;
      continue;
    }
    if (symbol == 16 && index == 0) return 0;
    int more = symbol == 16 ? take(at, 2) : symbol == 17 ? take(at, 3) : take(at, 7);
    unsigned repeat = (unsigned)more + (symbol == 18 ? 11 : 3);
    if (more < 0 || repeat > total - index) return 0;
    memset(sizes + index, symbol == 16 ? sizes[index - 1] : 0, repeat);
    index += repeat;
  }
  /* Without an end of block zlib refuses the codes. */
  if (sizes[256] == 0) return 0;
  return build(inflater->literals, LIT_BITS, LIT_SIZE, sizes, (unsigned)literals + 257, literal_symbol) &&
         build_distances(inflater, sizes + literals + 257, (unsigned)distances + 1);
}

static int fixed_codes(bukti_inflater *inflater) {
  uint8_t *sizes = inflater->sizes;
  memset(sizes, 8, 144);
  memset(sizes + 144, 9, 112);
  memset(sizes + 256, 7, 24);
  memset(sizes + 280, 8, 8);
  memset(sizes + LITERALS, 5, DISTANCES);
  return build(inflater->literals, LIT_BITS, LIT_SIZE, sizes, LITERALS, literal_symbol) &&
         build(inflater->distances, DIST_BITS, DIST_SIZE, sizes + LITERALS, DISTANCES, distance_symbol);
}

/* Gives back the whole bytes that are held. */
static void align(struct place *at) {
  at->in -= at->held >> 3;
  at->bits = 0;
  at->held = 0;
}

static int copy_stored(struct place *at) {
  align(at);
  if (at->in_end - at->in < 4) return 0;
  unsigned length = at->in[0] | (unsigned)at->in[1] << 8, check = at->in[2] | (unsigned)at->in[3] << 8;
  at->in += 4;
  if (length != (check ^ 0xFFFF) || length > at->in_end - at->in || length > at->out_end - at->out) return 0;
  memcpy(at->out, at->in, length);
  at->in += length;
  at->out += length;
  return 1;
}

int bukti_inflate(bukti_inflater *inflater, const void *body, size_t count, void *plain, size_t room) {
  if (count == 0 || room == 0) return 0;
  const uint8_t *in = body;
  uint8_t *out = plain;
  struct place at = {in, in + count, out, out, out + room, 0, 0};
  for (int is_last = 0; !is_last;) {
    refill(&at);
    is_last = take(&at, 1);
    int kind = take(&at, 2), is_right = 0;
    if (kind == 0) is_right = copy_stored(&at);
    if (kind == 1) is_right = fixed_codes(inflater) && decode_block(inflater, &at);
    if (kind == 2) is_right = read_codes(inflater, &at) && decode_block(inflater, &at);
    if (!is_right) return 0;
  }
  align(&at);
  return at.in == at.in_end && at.out == at.out_end;
}
