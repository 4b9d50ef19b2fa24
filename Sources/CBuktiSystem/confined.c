#define _GNU_SOURCE
#include "bukti_system.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

int bukti_open_beneath(int root, const uint8_t *path) {
  struct open_how how = {
      .flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
      .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
  };
  /* EAGAIN: something was renamed meanwhile, and the kernel could not vouch for the way. */
  for (int attempt = 0;; attempt++) {
    long fd = syscall(SYS_openat2, root, path, &how, sizeof how);
    if (fd >= 0) return (int)fd;
    if (errno != EINTR && (errno != EAGAIN || attempt >= 1000)) return -errno;
  }
}

int bukti_make_directory(int directory, const uint8_t *name) {
  return mkdirat(directory, (const char *)name, 0700) == 0 ? 0 : -errno;
}

int bukti_create_part(int directory, const uint8_t *name) {
  int flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  for (;;) {
    int fd = openat(directory, (const char *)name, flags, 0600);
    if (fd >= 0) return fd;
    if (errno != EINTR) return -errno;
  }
}

int bukti_rename_new(int directory, const uint8_t *name, int target, const uint8_t *new_name) {
  const char *from = (const char *)name, *to = (const char *)new_name;
  if (renameat2(directory, from, target, to, RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return -errno;
  /* The file system does not know the flag: a second name, refused if taken, then the first goes. */
  if (linkat(directory, from, target, to, 0) != 0) return -errno;
  return unlinkat(directory, from, 0) == 0 ? 0 : -errno;
}

int bukti_symlink(const uint8_t *target, int directory, const uint8_t *name) {
  return symlinkat((const char *)target, directory, (const char *)name) == 0 ? 0 : -errno;
}

int bukti_finish(int fd, unsigned mode, int64_t seconds, uint32_t nanoseconds) {
  if (nanoseconds > 999999999) return -EINVAL; /* larger values have meanings of their own */
  struct timespec times[2] = {
      {.tv_nsec = UTIME_OMIT},
      {.tv_sec = seconds, .tv_nsec = (long)nanoseconds},
  };
  if (fchmod(fd, mode & 0777) != 0) return -errno;
  return futimens(fd, times) == 0 ? 0 : -errno;
}

int bukti_link_new(int directory, const uint8_t *name, int target, const uint8_t *new_name) {
  return linkat(directory, (const char *)name, target, (const char *)new_name, 0) == 0 ? 0 : -errno;
}

int bukti_free_space(int fd, uint64_t *bytes) {
  struct statvfs status;
  if (fstatvfs(fd, &status) != 0) return -errno;
  if (__builtin_mul_overflow((uint64_t)status.f_bavail, (uint64_t)status.f_frsize, bytes))
    *bytes = UINT64_MAX;
  return 0;
}
