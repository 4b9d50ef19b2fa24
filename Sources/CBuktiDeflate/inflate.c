#include "bukti_inflate.h"

#include <stdlib.h>
#include <string.h>

/*
 * A code is looked up by its next bits in a table, and what is longer in a second one behind it. An entry is the
 * value (16 bits), its kind and the length of the code (4 bits each), and how many bits it takes with its extra
 * bits (8). A link has the bits of the second table there, a pair what both of its literals take.
 */
enum { INVALID, MATCH = 2, END = 4, LINK = 6, LITERAL = 8, PAIR = 9 };
enum { LONGEST = 15, LITERALS = 288, DISTANCES = 32, LENGTHS = 19 };
/* A complete code has at least two symbols in each second table. */
enum { LIT_BITS = 11, LIT_SIZE = (1 << LIT_BITS) + LITERALS / 2 * (1 << (LONGEST - LIT_BITS)) };
enum { DIST_BITS = 8, DIST_SIZE = (1 << DIST_BITS) + DISTANCES / 2 * (1 << (LONGEST - DIST_BITS)) };
enum { LEN_BITS = 7, LEN_SIZE = 1 << LEN_BITS };
/* Room for three pairs, a literal, the longest match and a word more than it needs; input for three refills. */
enum { OUT_MARGIN = 3 * 2 + 1 + 258 + 32, IN_MARGIN = 32 };
/* Pairs pay from here on, in bytes that are still to come. */
enum { MANY = 1 << 13 };

#define ENTRY(value, extra, kind) ((uint32_t)(value) << 16 | (uint32_t)(kind) << 12 | (uint32_t)(extra))
/* The same for a code of this length. */
#define WITH_LENGTH(entry, length) ((entry) + ((uint32_t)(length) << 8 | (uint32_t)(length)))
#define VALUE(entry) ((entry) >> 16)
#define KIND(entry) ((entry) >> 12 & 15)
#define LENGTH(entry) ((entry) >> 8 & 15)
#define TAKES(entry) ((entry) & 255)
#define EXTRA(entry) (TAKES(entry) - LENGTH(entry))
#define IS_LITERAL(entry) ((entry) & LITERAL << 12)

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

#define INLINE static inline __attribute__((always_inline))

INLINE uint32_t literal_symbol(unsigned symbol) {
  static const uint16_t base[] = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                  31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
  static const uint8_t extra[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                  2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
  if (symbol < 256) return ENTRY(symbol, 0, LITERAL);
  if (symbol == 256) return ENTRY(0, 0, END);
  if (symbol > 285) return ENTRY(0, 0, INVALID);
  return ENTRY(base[symbol - 257], extra[symbol - 257], MATCH);
}

INLINE uint32_t distance_symbol(unsigned symbol) {
  static const uint16_t base[] = {1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
                                  193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
  if (symbol > 29) return ENTRY(0, 0, INVALID);
  return ENTRY(base[symbol], symbol < 4 ? 0 : symbol / 2 - 1, MATCH);
}

INLINE uint32_t length_symbol(unsigned symbol) { return ENTRY(symbol, 0, LITERAL); }

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
INLINE int build(uint32_t *table, unsigned bits, size_t size, const uint8_t *sizes, unsigned symbols,
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
    uint32_t entry = entry_of(symbol);
    if (length <= bits) {
      entry = WITH_LENGTH(entry, length);
      for (size_t place = code; place < (size_t)1 << bits; place += (size_t)1 << length) table[place] = entry;
      continue;
    }
    uint32_t *link = &table[code & ((1u << bits) - 1)];
    unsigned second = longest - bits;
    if (KIND(*link) != LINK) {
      if (size - used < (size_t)1 << second) return 0;
      *link = ENTRY(used, second, LINK) | bits << 8;
      used += (size_t)1 << second;
    }
    entry = WITH_LENGTH(entry, length - bits);
    for (size_t place = code >> bits; place < (size_t)1 << second; place += (size_t)1 << (length - bits))
      table[VALUE(*link) + place] = entry;
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
    inflater->distances[place] = used == 1 && place % 2 == 0 ? WITH_LENGTH(distance_symbol(only), 1) : ENTRY(0, 0, INVALID);
  return 1;
}

/* Where the next bits show two literals, one look gives both. Each place is left to those above it until its turn. */
static void pair_literals(uint32_t *table) {
  for (unsigned place = 1 << LIT_BITS; place-- > 0;) {
    uint32_t first = table[place];
    if (!IS_LITERAL(first)) continue;
    uint32_t second = table[place >> LENGTH(first)];
    unsigned both = LENGTH(first) + LENGTH(second);
    if (IS_LITERAL(second) && both <= LIT_BITS)
      table[place] = ENTRY(VALUE(first) | VALUE(second) << 8, both, PAIR) | LENGTH(first) << 8;
  }
}

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

/* The entry that the next bits lead to in a table; they stay. */
INLINE uint32_t look(const struct place *at, const uint32_t *table, unsigned bits) { return table[low(at, bits)]; }

/* The entry behind a link, whose bits are dropped. */
INLINE uint32_t follow(struct place *at, const uint32_t *table, uint32_t link) {
  drop(at, LENGTH(link));
  return table[VALUE(link) + low(at, TAKES(link))];
}

/* The number that an entry stands for with its extra bits, which are dropped with its code. */
INLINE size_t number(struct place *at, uint32_t entry) {
  size_t extra = (at->bits & (((uint64_t)1 << TAKES(entry)) - 1)) >> LENGTH(entry);
  drop(at, TAKES(entry));
  return VALUE(entry) + extra;
}

/* Writes one or two literals; two bytes are touched. */
INLINE void put(struct place *at, uint32_t entry) {
  uint8_t both[2] = {(uint8_t)(entry >> 16), (uint8_t)(entry >> 24)};
  memcpy(at->out, both, 2);
  at->out += 1 + (entry >> 12 & 1);
  drop(at, TAKES(entry));
}

/* The entry of the next code, whose bits are dropped, where the input may end; INVALID then. Of a pair it is the first
   literal. */
static uint32_t decode(struct place *at, const uint32_t *table, unsigned bits) {
  struct place next = *at;
  uint32_t entry = table[low(&next, bits)];
  if (KIND(entry) == LINK) {
    if (next.held < bits) return ENTRY(0, 0, INVALID);
    drop(&next, bits);
    entry = table[VALUE(entry) + low(&next, TAKES(entry))];
  }
  if (next.held < LENGTH(entry)) return ENTRY(0, 0, INVALID);
  drop(&next, LENGTH(entry));
  *at = next;
  return entry;
}

/* Copies a match, with up to 31 bytes more behind it. */
INLINE void copy_over(uint8_t *out, size_t distance, size_t length) {
  const uint8_t *from = out - distance;
  uint8_t *end = out + length;
  if (distance >= 16) {
    memcpy(out, from, 16);
    memcpy(out + 16, from + 16, 16);
    if (length <= 32) return;
    out += 32, from += 32;
    do {
      memcpy(out, from, 16);
      out += 16, from += 16;
    } while (out < end);
  } else if (distance == 1) {
    uint64_t word = *from * UINT64_C(0x0101010101010101);
    do {
      memcpy(out, &word, 8);
      out += 8;
    } while (out < end);
  } else {
    /* Each word is right as far as the distance, or to its end. */
    size_t step = distance < 8 ? distance : 8;
    do {
      uint64_t word;
      memcpy(&word, from, 8);
      memcpy(out, &word, 8);
      out += step, from += step;
    } while (out < end);
  }
}

INLINE int has_plenty(const struct place *at) {
  return at->out_end - at->out >= OUT_MARGIN && at->in_end - at->in >= IN_MARGIN;
}

/* Decodes symbols while there is plenty of room and input: 1 at the end of the block, 0 where something is wrong, -1
   where the rest needs care. A refill is enough for three looks at the first table (33 bits) and a code behind a link
   (15), or for two, the code of a length and its extra bits (42); another one for a distance (28). */
static int decode_fast_part(const bukti_inflater *inflater, struct place *at) {
  const uint32_t *literals = inflater->literals, *distances = inflater->distances;
  struct place here = *at; /* Its address stays here, so that it can live in registers. */
  int outcome = -1;
  if (!has_plenty(&here)) return -1;
  refill_fast(&here);
  /* Looked up ahead of its turn, so that the memory has time to answer. */
  uint32_t entry = look(&here, literals, LIT_BITS);
  do {
    if (IS_LITERAL(entry)) {
      put(&here, entry);
      entry = look(&here, literals, LIT_BITS);
      if (IS_LITERAL(entry)) {
        put(&here, entry);
        entry = look(&here, literals, LIT_BITS);
        if (IS_LITERAL(entry)) {
          put(&here, entry);
          refill_fast(&here);
          entry = look(&here, literals, LIT_BITS);
          continue;
        }
      }
    }
    if (__builtin_expect(KIND(entry) == LINK, 0)) {
      entry = follow(&here, literals, entry);
      if (IS_LITERAL(entry)) {
        put(&here, entry);
        refill_fast(&here);
        entry = look(&here, literals, LIT_BITS);
        continue;
      }
    }
    size_t length = number(&here, entry);
    if (__builtin_expect(KIND(entry) != MATCH, 0)) {
      outcome = KIND(entry) == END;
      break;
    }
    refill_fast(&here);
    entry = look(&here, distances, DIST_BITS);
    if (__builtin_expect(KIND(entry) == LINK, 0)) entry = follow(&here, distances, entry);
    size_t distance = number(&here, entry);
    uint8_t *out = here.out;
    if (__builtin_expect(KIND(entry) != MATCH || distance > (size_t)(out - here.out_start), 0)) {
      outcome = 0;
      break;
    }
    refill_fast(&here);
    entry = look(&here, literals, LIT_BITS);
    copy_over(out, distance, length);
    here.out = out + length;
  } while (has_plenty(&here));
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
static int decode_block(bukti_inflater *inflater, struct place *at) {
  if (at->out_end - at->out >= MANY && at->in_end - at->in >= MANY / 2) pair_literals(inflater->literals);
  int outcome = decode_fast_part(inflater, at);
  while (outcome < 0) {
    refill(at);
    uint32_t entry = decode(at, inflater->literals, LIT_BITS);
    if (KIND(entry) == END) return 1;
    if (IS_LITERAL(entry)) {
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
