#ifndef BUKTI_BENCH_H
#define BUKTI_BENCH_H

#include <stddef.h>
#include <stdint.h>

/* Experiments that are measured and not shipped. */

/* 1 where this processor has SHA-256 instructions that the experiment knows. */
int bench_sha256_supported(void);

/* SHA-256 of whole blocks of 64 bytes, without the final padding: one state, or two states over the same blocks. */
void bench_sha256_one(uint32_t state[8], const void *blocks, size_t count);
void bench_sha256_two(uint32_t first[8], uint32_t second[8], const void *blocks, size_t count);

/* Both digests of one body in one pass: its own, and that of salt, 48 zero bytes and body. */
void bench_item_and_payload(const uint8_t salt[16], const void *body, size_t count, uint8_t item[32], uint8_t payload[32]);

/* Decoders that the product does not use; -1 where one is not there, else 1 for a body that fills the plain bytes. */
int bench_inflate_isal(const void *body, size_t count, void *plain, size_t room);
int bench_inflate_libdeflate(const void *body, size_t count, void *plain, size_t room);

/* Encoder of libdeflate at level 1; -1 where it is not there, 0 where the body does not fit, else its length. */
long bench_deflate_libdeflate(const void *plain, size_t count, void *body, size_t room);

/* Opens, looks at, reads and closes a file, as cheaply as the system lets one; its length or -errno. */
long bench_read_file(int folder, const char *path, void *buffer, size_t room);

/* Makes a file in a folder, writes and closes it; 0 or -errno. */
int bench_write_file(int folder, const char *path, const void *bytes, size_t count);

/* Sets room in a file aside without making it longer; 0 or -errno. */
int bench_reserve(int file, long start, long count);

#endif
