#ifndef BUKTI_SYSTEM_H
#define BUKTI_SYSTEM_H
/* Every call returns -errno on failure: errno is captured before Swift can disturb it. Calls that a
   signal may interrupt are repeated here. Paths are NUL-terminated bytes. */
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#define BUKTI_CWD (-100)

/* Words for an error number; never NULL, valid for ever. */
const char *bukti_error_text(int error);

/* --- files.c: the bundle file --- */
int bukti_create(const uint8_t *path, unsigned mode);
int bukti_open_append(const uint8_t *path);
int bukti_open_read(int directory, const uint8_t *path);
int bukti_open_directory(int directory, const uint8_t *path, int follow);
int bukti_close(int fd);
int bukti_unlink(int directory, const uint8_t *path);
/* Writes every piece, over short writes; changes the pieces. */
int bukti_append(int fd, struct iovec *pieces, size_t count);
/* Fill the buffer unless the end comes first; return the count. */
int64_t bukti_pread(int fd, void *buffer, size_t count, uint64_t offset);
/* One read; waits where the descriptor does not block. */
int64_t bukti_read(int fd, void *buffer, size_t count);
int bukti_pwrite(int fd, const void *buffer, size_t count, uint64_t offset);
int bukti_fdatasync(int fd);
int bukti_fsync(int fd);
int bukti_truncate(int fd, uint64_t size);
int64_t bukti_size(int fd);
/* Exclusive lock of the open file description; -EAGAIN if another holds it. */
int bukti_lock(int fd);
int bukti_reserve(int fd, uint64_t offset, uint64_t count);
int bukti_advise_sequential(int fd);
int bukti_drop_cache(int fd, uint64_t offset, uint64_t count);
int bukti_ignore_file_size_signal(void);

#endif
