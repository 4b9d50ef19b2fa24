#ifndef BUKTI_PAIR_H
#define BUKTI_PAIR_H

#include <stddef.h>
#include <stdint.h>

/*
 * Two SHA-256 states that take the same blocks of 64 bytes in one pass, on processors with SHA-256 instructions.
 *
 * The message schedule is made once, and the rounds of one state fill the waits of the other: two digests take the time
 * of one.
 */

/* 1 where this processor can; asking takes microseconds in a virtual machine. */
int bukti_pair_supported(void);

void bukti_pair_blocks(uint32_t first[8], uint32_t second[8], const void *blocks, size_t count);

#endif
