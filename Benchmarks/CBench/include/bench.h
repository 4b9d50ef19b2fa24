#ifndef BUKTI_BENCH_H
#define BUKTI_BENCH_H

#include <stddef.h>
#include <stdint.h>

/* Experiments that are measured and not shipped. */

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
