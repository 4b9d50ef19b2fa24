#include "tables.h"

#include <string.h>

#define INLINE static inline __attribute__((always_inline))

/* RFC 1951, 3.2.5. */
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

void bukti_tables_prepare(struct tables *tables) {
  for (unsigned symbol = 0; symbol < LITERALS; symbol++) tables->of_literals[symbol] = literal_symbol(symbol);
  for (unsigned symbol = 0; symbol < DISTANCES; symbol++) tables->of_distances[symbol] = distance_symbol(symbol);
  for (unsigned symbol = 0; symbol < LENGTHS; symbol++) tables->of_lengths[symbol] = ENTRY(symbol, 0, LITERAL);
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

/* Counts codes by their lengths, and lists their symbols in the order of the codes; the longest length, or 0 where the
   code is not complete. */
INLINE unsigned sort_symbols(uint16_t *sorted, unsigned count[LONGEST + 1], const uint8_t *sizes, unsigned symbols) {
  unsigned next[LONGEST + 2] = {0}, longest = LONGEST;
  memset(count, 0, (LONGEST + 1) * sizeof(*count));
  for (unsigned symbol = 0; symbol < symbols; symbol++) count[sizes[symbol]]++;
  if (!is_complete(count)) return 0;
  for (unsigned length = 1; length <= LONGEST; length++) next[length + 1] = next[length] + count[length];
  /* Symbols without a code go behind all others: that costs less than to look. */
  next[0] = next[LONGEST + 1];
  for (unsigned symbol = 0; symbol < symbols; symbol++) sorted[next[sizes[symbol]]++] = (uint16_t)symbol;
  while (count[longest] == 0) longest--;
  return longest;
}

/* The code after this one of the same length, their first bits lowest; the last one is followed by 0. */
INLINE unsigned next_code(unsigned code, unsigned length) {
  unsigned zeros = code ^ ((1u << length) - 1);
  if (zeros == 0) return 0;
  unsigned highest = 1u << (31 - __builtin_clz(zeros));
  return (code & (highest - 1)) | highest;
}

/* A code on its way into a table. */
struct filling {
  uint32_t *table;
  unsigned bits;
  size_t size;
  const unsigned *count;
  const uint16_t *symbol;
  const uint32_t *entries;
  unsigned code;
};

/* Writes the codes that the first table has room for. A table for codes up to some length becomes one for those a bit
   longer by being doubled; what nobody wrote to is overwritten by longer codes, for the code is complete. libdeflate
   fills its tables like this. */
INLINE void fill_first(struct filling *at) {
  for (unsigned length = 1; length <= at->bits; length++) {
    for (unsigned left = at->count[length]; left > 0; left--) {
      at->table[at->code] = WITH_LENGTH(at->entries[*at->symbol++], length);
      at->code = next_code(at->code, length);
    }
    if (length < at->bits) memcpy(at->table + ((size_t)1 << length), at->table, sizeof(*at->table) << length);
  }
}

/* Writes the longer codes to tables behind it, all of one size; 0 where there is no room. */
INLINE int fill_second(struct filling *at, unsigned longest) {
  const unsigned mask = (1u << at->bits) - 1, second = longest - at->bits;
  const size_t size = (size_t)1 << second;
  size_t start = 0, used = (size_t)1 << at->bits;
  for (unsigned length = at->bits + 1, prefix = ~0u; length <= longest; length++) {
    for (unsigned left = at->count[length]; left > 0; left--) {
      if ((at->code & mask) != prefix) {
        if (at->size - used < size) return 0;
        prefix = at->code & mask;
        start = used;
        used += size;
        at->table[prefix] = ENTRY(start, at->bits, LINK) | second << 8;
      }
      uint32_t entry = WITH_LENGTH(at->entries[*at->symbol++], length - at->bits);
      for (size_t place = at->code >> at->bits; place < size; place += (size_t)1 << (length - at->bits))
        at->table[start + place] = entry;
      at->code = next_code(at->code, length);
    }
  }
  return 1;
}

INLINE int build(uint32_t *table, unsigned bits, size_t size, const uint8_t *sizes, unsigned symbols,
                 const uint32_t *entries) {
  unsigned count[LONGEST + 1];
  uint16_t sorted[LITERALS];
  unsigned longest = sort_symbols(sorted, count, sizes, symbols);
  if (longest == 0) return 0;
  struct filling at = {table, bits, size, count, sorted, entries, 0};
  fill_first(&at);
  return longest <= bits || fill_second(&at, longest);
}

int bukti_tables_lengths(struct tables *tables, const uint8_t *sizes) {
  return build(tables->lengths, LEN_BITS, LEN_SIZE, sizes, LENGTHS, tables->of_lengths);
}

int bukti_tables_literals(struct tables *tables, const uint8_t *sizes, unsigned symbols) {
  return build(tables->literals, LIT_BITS, LIT_SIZE, sizes, symbols, tables->of_literals);
}

/* Distance codes may be none at all, or a single one of one bit, which is not complete. */
int bukti_tables_distances(struct tables *tables, const uint8_t *sizes, unsigned symbols) {
  unsigned used = 0, only = 0;
  for (unsigned symbol = 0; symbol < symbols; symbol++)
    if (sizes[symbol] > 0) used++, only = symbol;
  if (used > 1) return build(tables->distances, DIST_BITS, DIST_SIZE, sizes, symbols, tables->of_distances);
  if (used == 1 && sizes[only] != 1) return 0;
  uint32_t entry = used == 1 ? WITH_LENGTH(tables->of_distances[only], 1) : ENTRY(0, 0, INVALID);
  for (unsigned place = 0; place < 1 << DIST_BITS; place++)
    tables->distances[place] = place % 2 == 0 ? entry : ENTRY(0, 0, INVALID);
  return 1;
}

/* Each place is left to those above it until its turn. Without a branch: which literals are short is hard to guess. */
void bukti_tables_pair(struct tables *tables) {
  uint32_t *table = tables->literals;
  for (unsigned place = 1 << LIT_BITS; place-- > 0;) {
    uint32_t first = table[place], second = table[place >> LENGTH(first)];
    unsigned both = LENGTH(first) + LENGTH(second);
    uint32_t pair = ENTRY(VALUE(first) | VALUE(second) << 8, both, PAIR) | LENGTH(first) << 8;
    int fits = IS_LITERAL(first & second) && both <= LIT_BITS;
    table[place] = __builtin_unpredictable(fits) ? pair : first;
  }
}
