#include "bukti_inflate.h"

#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "tables.h"

#define INLINE static inline __attribute__((always_inline))

/* Room for three pairs, a literal, the longest match and the bytes that a copy writes behind it; input for four words. */
enum { OUT_MARGIN = 3 * 2 + 1 + 258 + 32, IN_MARGIN = 32 };
/* The longest code of a distance, and its extra bits. */
enum { DISTANCE_TAKES = LONGEST + 13 };
/* Pairs pay from here on, in bytes that are still to come. */
enum { MANY = 1 << 16 };

/* Where decoding stands; bits above `held` are those of the bytes at `in`, or zero. */
struct place {
  const uint8_t *in, *in_end;
  uint8_t *out, *out_start, *out_end;
  uint64_t bits;
  unsigned held;
};

struct bukti_inflater {
  struct tables tables;
  /* Whether the tables are those of the fixed codes: a stream may have millions of blocks of a few bits. */
  int is_fixed, is_paired;
  uint8_t sizes[LITERALS + DISTANCES];
  int (*decode_fast)(const struct tables *, struct place *);
};

/* Takes eight bytes at once, which must be there; 56 bits or more are held then. Of `held`, six bits count here. */
INLINE void refill_fast(struct place *at) {
  uint64_t word;
  memcpy(&word, at->in, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap64(word);
#endif
  at->bits |= word << (at->held & 63);
  at->in += 7 - (at->held >> 3 & 7);
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

/* The entry behind a link, whose bits are gone. */
INLINE uint32_t look_behind(const struct place *at, const uint32_t *table, uint32_t link) {
  return table[VALUE(link) + low(at, LENGTH(link))];
}

/* The entry of the next code, whose bits are dropped, where the input may end; INVALID then. Of a pair it is the first
   literal. */
static uint32_t decode(struct place *at, const uint32_t *table, unsigned bits) {
  struct place next = *at;
  uint32_t entry = look(&next, table, bits);
  if (KIND(entry) == LINK) {
    if (next.held < bits) return ENTRY(0, 0, INVALID);
    drop(&next, bits);
    entry = look_behind(&next, table, entry);
  }
  if (next.held < LENGTH(entry)) return ENTRY(0, 0, INVALID);
  drop(&next, LENGTH(entry));
  *at = next;
  return entry;
}

INLINE void copy_word(uint8_t *out, const uint8_t *from) {
  uint64_t word;
  memcpy(&word, from, 8);
  memcpy(out, &word, 8);
}

/* Copies a match, with up to 21 bytes more behind it. Few are longer than three words, and fewer so near that a word
   overlaps itself: the processor guesses these branches right. */
INLINE void copy_over(uint8_t *out, size_t distance, size_t length) {
  const uint8_t *from = out - distance;
  uint8_t *end = out + length;
  if (__builtin_expect(distance >= 8, 1)) {
    for (int word = 0; word < 3; word++, out += 8, from += 8) copy_word(out, from);
    for (; __builtin_expect(out < end, 0); out += 16, from += 16) {
      copy_word(out, from);
      copy_word(out + 8, from + 8);
    }
  } else if (distance == 1) {
    uint64_t word = *from * UINT64_C(0x0101010101010101);
    for (; out < end; out += 8) memcpy(out, &word, 8);
  } else {
    /* Each word is right as far as the distance. */
    for (; out < end; out += distance, from += distance) copy_word(out, from);
  }
}

/* Drops what an entry takes; the bits as they were. Of `held` only the low byte is right then: that saves a mask. */
INLINE uint64_t spend(struct place *at, uint32_t entry) {
  uint64_t before = at->bits;
  at->bits >>= TAKES(entry);
  at->held -= entry;
  return before;
}

INLINE unsigned left(const struct place *at) { return (uint8_t)at->held; }

/* The number that an entry stands for with its extra bits, from the bits before they were dropped: so those behind
   it need not wait. */
INLINE size_t number(uint64_t before, uint32_t entry) {
  uint64_t own = before & (((uint64_t)1 << TAKES(entry)) - 1);
  return VALUE(entry) + (own >> (entry >> 8 & 63));
}

/* Writes one or two literals; two bytes are touched. */
INLINE void put(struct place *at, uint32_t entry) {
  uint8_t both[2] = {(uint8_t)(entry >> 16), (uint8_t)(entry >> 24)};
  memcpy(at->out, both, 2);
  at->out += HOW_MANY(entry);
}

/* The entry behind a literal or two, which are written while the memory answers. */
INLINE uint32_t look_past(struct place *at, const uint32_t *literals, uint32_t entry) {
  uint32_t next = look(at, literals, LIT_BITS);
  put(at, entry);
  return next;
}

/* Decodes the match of an entry that was spent, and looks up the next entry; 0 where it is wrong. */
INLINE int match_fast(const struct tables *tables, struct place *at, uint64_t before, uint32_t *entry) {
  size_t length = number(before, *entry);
  if (__builtin_expect(left(at) < DISTANCE_TAKES, 0)) refill_fast(at);
  uint32_t of_distance = look(at, tables->distances, DIST_BITS);
  before = spend(at, of_distance);
  if (__builtin_expect(IS_OTHER(of_distance), 0)) {
    if (KIND(of_distance) != LINK) return 0;
    of_distance = look_behind(at, tables->distances, of_distance);
    before = spend(at, of_distance);
    if (IS_OTHER(of_distance)) return 0;
  }
  size_t distance = number(before, of_distance);
  if (__builtin_expect(distance > (size_t)(at->out - at->out_start), 0)) return 0;
  if (__builtin_expect(left(at) < LIT_BITS, 0)) refill_fast(at);
  *entry = look(at, tables->literals, LIT_BITS);
  refill_fast(at);
  copy_over(at->out, distance, length);
  at->out += length;
  return 1;
}

/*
 * Decodes symbols while there is plenty of room and input: 1 at the end of the block, 0 where something is wrong, -1
 * where the rest needs care.
 *
 * The time it takes is that of a chain, from one look at a table to the next: bits, place, entry, bits behind it. So all
 * else stays out of it: numbers come from the bits as they were, literals are written and matches copied once the next
 * look has begun, and a look goes before a refill wherever enough bits are left for it.
 *
 * Each round begins with 56 bits and its first entry. Three looks at the first table (33) leave enough for a fourth;
 * two, a code behind a link (15) and its extra bits (5) leave enough to look at a distance, which takes up to 28 with
 * its extra bits. From libdeflate: entries subtracted whole, extra bits from a copy, three literals to a round.
 */
INLINE int decode_fast(const struct tables *tables, struct place *at) {
  const uint32_t *literals = tables->literals;
  struct place here = *at; /* Its address stays here, so that it can live in registers. */
  int outcome = -1;
  if (here.in_end - here.in < IN_MARGIN || here.out_end - here.out < OUT_MARGIN) return -1;
  const uint8_t *in_stop = here.in_end - IN_MARGIN, *out_stop = here.out_end - OUT_MARGIN;
  refill_fast(&here);
  uint32_t entry = look(&here, literals, LIT_BITS);
  do {
    uint64_t before = spend(&here, entry);
    if (IS_LITERAL(entry)) {
      entry = look_past(&here, literals, entry);
      before = spend(&here, entry);
      if (IS_LITERAL(entry)) {
        entry = look_past(&here, literals, entry);
        before = spend(&here, entry);
        if (IS_LITERAL(entry)) {
          entry = look_past(&here, literals, entry);
          refill_fast(&here);
          continue;
        }
      }
    }
    if (__builtin_expect(IS_OTHER(entry), 0)) {
      if (KIND(entry) == LINK) {
        entry = look_behind(&here, literals, entry);
        before = spend(&here, entry);
      }
      if (IS_LITERAL(entry)) {
        entry = look_past(&here, literals, entry);
        refill_fast(&here);
        continue;
      }
      if (IS_OTHER(entry)) {
        outcome = KIND(entry) == END;
        break;
      }
    }
    if (!match_fast(tables, &here, before, &entry)) {
      outcome = 0;
      break;
    }
  } while (here.in <= in_stop && here.out <= out_stop);
  here.held = left(&here);
  *at = here;
  return outcome;
}

static int decode_fast_plain(const struct tables *tables, struct place *at) { return decode_fast(tables, at); }

#if defined(__x86_64__)
/* Shifts by any register and masks in one step. */
__attribute__((target("bmi,bmi2"))) static int decode_fast_bmi2(const struct tables *tables, struct place *at) {
  return decode_fast(tables, at);
}

/* The bits of leaf 7: BMI1 and BMI2. */
static int has_bmi2(void) {
  unsigned a, b, c, d;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b >> 3 & 1) && (b >> 8 & 1);
}
#endif

bukti_inflater *bukti_inflater_new(int is_portable) {
  /* Zeros, as tables are doubled before all of them is written. */
  bukti_inflater *inflater = calloc(1, sizeof(bukti_inflater));
  if (!inflater) return NULL;
  bukti_tables_prepare(&inflater->tables);
  inflater->decode_fast = decode_fast_plain;
#if defined(__x86_64__)
  if (!is_portable && has_bmi2()) inflater->decode_fast = decode_fast_bmi2;
#else
  (void)is_portable;
#endif
  return inflater;
}

void bukti_inflater_free(bukti_inflater *inflater) { free(inflater); }

/* Decodes a match whose length code is known; 0 where it is wrong. */
static int copy_match(const struct tables *tables, struct place *at, uint32_t entry) {
  if (at->held < EXTRA(entry)) return 0;
  size_t length = VALUE(entry) + low(at, EXTRA(entry));
  drop(at, EXTRA(entry));
  refill(at);
  entry = decode(at, tables->distances, DIST_BITS);
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
  struct tables *tables = &inflater->tables;
  if (!inflater->is_paired && at->out_end - at->out >= MANY && at->in_end - at->in >= MANY / 4) {
    bukti_tables_pair(tables);
    inflater->is_paired = 1;
  }
  int outcome = inflater->decode_fast(tables, at);
  while (outcome < 0) {
    refill(at);
    uint32_t entry = decode(at, tables->literals, LIT_BITS);
    if (KIND(entry) == END) return 1;
    if (IS_LITERAL(entry)) {
      if (at->out == at->out_end) return 0;
      *at->out++ = (uint8_t)VALUE(entry);
    } else if (KIND(entry) != MATCH || !copy_match(tables, at, entry)) {
      return 0;
    }
  }
  return outcome;
}

/* Reads the codes of a block that brings its own. */
static int read_codes(bukti_inflater *inflater, struct place *at) {
  static const uint8_t order[LENGTHS] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
  uint8_t *sizes = inflater->sizes;
  inflater->is_fixed = inflater->is_paired = 0;
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
  if (!bukti_tables_lengths(&inflater->tables, of_lengths)) return 0;

  for (unsigned index = 0; index < total;) {
    refill(at);
    uint32_t entry = decode(at, inflater->tables.lengths, LEN_BITS);
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
  return bukti_tables_literals(&inflater->tables, sizes, (unsigned)literals + 257) &&
         bukti_tables_distances(&inflater->tables, sizes + literals + 257, (unsigned)distances + 1);
}

static int fixed_codes(bukti_inflater *inflater) {
  uint8_t *sizes = inflater->sizes;
  if (inflater->is_fixed) return 1;
  inflater->is_fixed = 1;
  inflater->is_paired = 0;
  memset(sizes, 8, 144);
  memset(sizes + 144, 9, 112);
  memset(sizes + 256, 7, 24);
  memset(sizes + 280, 8, 8);
  memset(sizes + LITERALS, 5, DISTANCES);
  return bukti_tables_literals(&inflater->tables, sizes, LITERALS) &&
         bukti_tables_distances(&inflater->tables, sizes + LITERALS, DISTANCES);
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
