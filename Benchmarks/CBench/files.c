#define _GNU_SOURCE
#include "bench.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

long bench_read_file(int folder, const char *path, void *buffer, size_t room) {
  int file = openat(folder, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (file < 0) return -errno;
  struct stat state;
  long length = fstat(file, &state) < 0 ? -errno : read(file, buffer, room);
  if (length < 0) length = -errno;
  close(file);
  return length;
}

int bench_write_file(int folder, const char *path, const void *bytes, size_t count) {
  int file = openat(folder, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return -errno;
  int result = write(file, bytes, count) == (ssize_t)count ? 0 : -errno;
  close(file);
  return result;
}

int bench_reserve(int file, long start, long count) {
  return fallocate(file, FALLOC_FL_KEEP_SIZE, start, count) < 0 ? -errno : 0;
}
