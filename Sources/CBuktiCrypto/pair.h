#ifndef BUKTI_PAIR_H
#define BUKTI_PAIR_H

#include <stddef.h>
#include <stdint.h>

/*
 * Two SHA-256 states that take blocks of 64 bytes in one pass, on processors with SHA-256 instructions: the rounds of
 * one state fill the waits of the other, so that two digests take little more time than one.
 */

/* 1 where this processor can; asking takes microseconds in a virtual machine. */
int bukti_pair_supported(void);

/* Both take the same blocks. */
void bukti_pair_same(uint32_t first[8], uint32_t second[8], const void *blocks, size_t count);
/* Each takes as many blocks of its own. */
void bukti_pair_blocks(uint32_t first[8], const void *a, uint32_t second[8], const void *b, size_t count);

#endif
