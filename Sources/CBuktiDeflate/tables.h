#ifndef BUKTI_DEFLATE_TABLES_H
#define BUKTI_DEFLATE_TABLES_H

#include <stddef.h>
#include <stdint.h>

/*
 * A code is looked up by its next bits in a table, and what is longer in a second one behind it. An entry is, from the
 * lowest bit: how many bits it takes with its extra bits (8), the length of its code (4), its kind (4), and a value
 * (16). A pair takes what both of its literals take, and has the length of the first. A link takes the bits of the
 * first table, and has as length how many bits the second one is looked up by.
 *
 * The kind of a match is 0, so that a shift, which looks at six bits only, needs no mask for the length of its code.
 */
enum { MATCH = 0, OTHER = 4, LINK = OTHER, END, INVALID, LITERAL = 8, PAIR = 12 };
enum { LONGEST = 15, LITERALS = 288, DISTANCES = 32, LENGTHS = 19 };
/* A complete code has at least two symbols in each second table. */
enum { LIT_BITS = 11, LIT_SIZE = (1 << LIT_BITS) + LITERALS / 2 * (1 << (LONGEST - LIT_BITS)) };
enum { DIST_BITS = 8, DIST_SIZE = (1 << DIST_BITS) + DISTANCES / 2 * (1 << (LONGEST - DIST_BITS)) };
enum { LEN_BITS = 7, LEN_SIZE = 1 << LEN_BITS };

#define ENTRY(value, extra, kind) ((uint32_t)(value) << 16 | (uint32_t)(kind) << 12 | (uint32_t)(extra))
/* The same for a code of this length. */
#define WITH_LENGTH(entry, length) ((entry) + ((uint32_t)(length) << 8 | (uint32_t)(length)))
#define VALUE(entry) ((entry) >> 16)
#define KIND(entry) ((entry) >> 12 & 15)
#define LENGTH(entry) ((entry) >> 8 & 15)
#define TAKES(entry) ((uint8_t)(entry))
#define EXTRA(entry) (TAKES(entry) - LENGTH(entry))
#define IS_LITERAL(entry) ((entry) & LITERAL << 12)
/* Says of what is no literal that it is no match either; of a literal, that it is a pair. */
#define IS_OTHER(entry) ((entry) & OTHER << 12)
/* How many literals there are in one. */
#define HOW_MANY(entry) (1 + ((entry) >> 14 & 1))

struct tables {
  uint32_t literals[LIT_SIZE];
  uint32_t distances[DIST_SIZE];
  uint32_t lengths[LEN_SIZE];
  /* What symbols stand for, before they have codes. */
  uint32_t of_literals[LITERALS], of_distances[DISTANCES], of_lengths[LENGTHS];
};

void bukti_tables_prepare(struct tables *tables);

/* Fill a table from the lengths of the codes, `LENGTHS` of them in the first; 0 where zlib would refuse them, or might. */
int bukti_tables_lengths(struct tables *tables, const uint8_t *sizes);
int bukti_tables_literals(struct tables *tables, const uint8_t *sizes, unsigned symbols);
int bukti_tables_distances(struct tables *tables, const uint8_t *sizes, unsigned symbols);

/* Has one look give two literals where the next bits show them. */
void bukti_tables_pair(struct tables *tables);

#endif
