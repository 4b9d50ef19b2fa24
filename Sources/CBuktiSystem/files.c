#define _GNU_SOURCE
#include "bukti_system.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

_Static_assert(BUKTI_CWD == AT_FDCWD, "the header spells AT_FDCWD out");
_Static_assert(sizeof(off_t) == 8, "offsets are 64 bits wide");

const char *bukti_error_text(int error) {
  const char *text = strerrordesc_np(error);
  return text ? text : "unknown error";
}

static int open_again(int directory, const uint8_t *path, int flags, unsigned mode) {
  for (;;) {
    int fd = openat(directory, (const char *)path, flags | O_CLOEXEC, mode);
    if (fd >= 0) return fd;
    if (errno != EINTR) return -errno;
  }
}

int bukti_create(const uint8_t *path, unsigned mode) {
  return open_again(AT_FDCWD, path, O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
}

int bukti_create_unnamed(const uint8_t *folder, unsigned mode) {
  int fd = open_again(AT_FDCWD, folder, O_RDWR | O_APPEND | O_TMPFILE, mode);
  if (fd < 0) return fd;
  char self[sizeof "/proc/self/fd/" + 3 * sizeof fd];
  snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
  /* Without this path nobody but root could give it a name. */
  if (access(self, F_OK) == 0) return fd;
  close(fd);
  return -ENOSYS;
}

int bukti_give_name(int fd, const uint8_t *path) {
  char self[sizeof "/proc/self/fd/" + 3 * sizeof fd];
  snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
  return linkat(AT_FDCWD, self, AT_FDCWD, (const char *)path, AT_SYMLINK_FOLLOW) == 0 ? 0 : -errno;
}

int bukti_open_append(const uint8_t *path) {
  return open_again(AT_FDCWD, path, O_RDWR | O_APPEND | O_NOCTTY | O_NONBLOCK, 0);
}

int bukti_open_read(int directory, const uint8_t *path) {
  return open_again(directory, path, O_RDONLY | O_NOCTTY | O_NONBLOCK, 0);
}

int bukti_open_stream(const uint8_t *path) {
  return open_again(AT_FDCWD, path, O_RDONLY | O_NOCTTY, 0);
}

int bukti_open_directory(int directory, const uint8_t *path, int follow) {
  return open_again(directory, path, O_RDONLY | O_DIRECTORY | (follow ? 0 : O_NOFOLLOW), 0);
}

int bukti_close(int fd) { return close(fd) == 0 ? 0 : -errno; }

int bukti_unlink(int directory, const uint8_t *path) {
  return unlinkat(directory, (const char *)path, 0) == 0 ? 0 : -errno;
}

int bukti_append(int fd, struct iovec *pieces, size_t count) {
  while (count > 0) {
    if (pieces->iov_len == 0) {
      pieces++, count--;
      continue;
    }
    ssize_t n = writev(fd, pieces, count < IOV_MAX ? (int)count : IOV_MAX);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return -errno;
    if (n == 0) return -EIO;
    size_t left = (size_t)n;
    while (count > 0 && left >= pieces->iov_len) {
      left -= pieces->iov_len;
      pieces++, count--;
    }
    if (left > 0) {
      pieces->iov_base = (char *)pieces->iov_base + left;
      pieces->iov_len -= left;
    }
  }
  return 0;
}

int64_t bukti_pread(int fd, void *buffer, size_t count, uint64_t offset) {
  size_t done = 0;
  while (done < count) {
    ssize_t n = pread(fd, (char *)buffer + done, count - done, (off_t)(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return done > 0 ? (int64_t)done : -errno;
    if (n == 0) break;
    done += (size_t)n;
  }
  return (int64_t)done;
}

int64_t bukti_read(int fd, void *buffer, size_t count) {
  for (;;) {
    ssize_t n = read(fd, buffer, count);
    if (n >= 0) return n;
    if (errno == EAGAIN) {
      struct pollfd wait = {.fd = fd, .events = POLLIN};
      if (poll(&wait, 1, -1) < 0 && errno != EINTR) return -errno;
    } else if (errno != EINTR) {
      return -errno;
    }
  }
}

int bukti_wait_readable(int fd, int milliseconds) {
  struct pollfd wait = {.fd = fd, .events = POLLIN};
  int ready = poll(&wait, 1, milliseconds);
  if (ready < 0) return errno == EINTR ? 0 : -errno;
  return ready > 0;
}

int bukti_pwrite(int fd, const void *buffer, size_t count, uint64_t offset) {
  size_t done = 0;
  while (done < count) {
    ssize_t n = pwrite(fd, (const char *)buffer + done, count - done, (off_t)(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return -errno;
    if (n == 0) return -EIO;
    done += (size_t)n;
  }
  return 0;
}

/* A sync is never repeated after an error, EINTR included: the kernel may have dropped the pages. */
int bukti_fdatasync(int fd) { return fdatasync(fd) == 0 ? 0 : -errno; }
int bukti_fsync(int fd) { return fsync(fd) == 0 ? 0 : -errno; }

/* Only a beginning: what goes wrong with it is for the sync to say. */
void bukti_start_writing(int fd) { (void)sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE); }

int bukti_truncate(int fd, uint64_t size) {
  for (;;) {
    if (ftruncate(fd, (off_t)size) == 0) return 0;
    if (errno != EINTR) return -errno;
  }
}

int64_t bukti_size(int fd) {
  struct stat status;
  return fstat(fd, &status) == 0 ? (int64_t)status.st_size : -errno;
}

int bukti_lock(int fd) {
  struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  if (fcntl(fd, F_OFD_SETLK, &whole) == 0) return 0;
  return errno == EACCES ? -EAGAIN : -errno;
}

int bukti_is_locked(int fd) {
  struct flock whole = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
  if (fcntl(fd, F_OFD_GETLK, &whole) != 0) return -errno;
  return whole.l_type == F_WRLCK;
}

int bukti_unlock(int fd) {
  struct flock whole = {.l_type = F_UNLCK, .l_whence = SEEK_SET};
  return fcntl(fd, F_OFD_SETLK, &whole) == 0 ? 0 : -errno;
}

int bukti_reserve(int fd, uint64_t offset, uint64_t count) {
  for (;;) {
    if (fallocate(fd, FALLOC_FL_KEEP_SIZE, (off_t)offset, (off_t)count) == 0) return 0;
    if (errno != EINTR) return -errno;
  }
}

int bukti_real_path(const uint8_t *path, uint8_t *buffer) {
  _Static_assert(PATH_MAX == 4096, "the header spells PATH_MAX out");
  return realpath((const char *)path, (char *)buffer) ? 0 : -errno;
}

int bukti_advise_sequential(int fd) { return -posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL); }

int bukti_drop_cache(int fd, uint64_t offset, uint64_t count) {
  return -posix_fadvise(fd, (off_t)offset, (off_t)count, POSIX_FADV_DONTNEED);
}

int bukti_name_matches(const uint8_t *pattern, const uint8_t *name) {
  return fnmatch((const char *)pattern, (const char *)name, 0) == 0;
}
