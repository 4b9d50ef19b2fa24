#define _GNU_SOURCE
#include "bukti_system.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

static int open_untouched(int directory, const uint8_t *path, int flags) {
  flags |= O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOATIME;
  for (;;) {
    int fd = openat(directory, (const char *)path, flags);
    if (fd >= 0) return fd;
    if (errno == EPERM && (flags & O_NOATIME))
      flags &= ~O_NOATIME; /* only the owner may keep the access time */
    else if (errno != EINTR)
      return -errno;
  }
}

int bukti_open_source(int directory, const uint8_t *path, int follow) {
  return open_untouched(directory, path, follow ? 0 : O_NOFOLLOW);
}

int bukti_open_source_folder(int directory, const uint8_t *path, int follow) {
  return open_untouched(directory, path, O_DIRECTORY | (follow ? 0 : O_NOFOLLOW));
}

int bukti_keeps_access_times(void) { return geteuid() == 0; }

static struct bukti_time time_of(struct statx_timestamp stamp) {
  return (struct bukti_time){.seconds = stamp.tv_sec, .nanoseconds = stamp.tv_nsec};
}

static int status_of(int directory, const uint8_t *path, int flags, struct bukti_status *status) {
  struct statx x;
  while (statx(directory, (const char *)path, flags, STATX_BASIC_STATS | STATX_BTIME, &x) != 0)
    if (errno != EINTR) return -errno;
  *status = (struct bukti_status){
      .inode = x.stx_ino,
      .size = x.stx_size,
      .blocks = x.stx_blocks,
      .device_major = x.stx_dev_major,
      .device_minor = x.stx_dev_minor,
      .special_major = x.stx_rdev_major,
      .special_minor = x.stx_rdev_minor,
      .mode = x.stx_mode,
      .links = x.stx_nlink,
      .uid = x.stx_uid,
      .gid = x.stx_gid,
      .accessed = time_of(x.stx_atime),
      .modified = time_of(x.stx_mtime),
      .changed = time_of(x.stx_ctime),
      .born = time_of(x.stx_btime),
      .has_birth = (x.stx_mask & STATX_BTIME) != 0,
  };
  return 0;
}

int bukti_status_of(int directory, const uint8_t *path, struct bukti_status *status) {
  return status_of(directory, path, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, status);
}

int bukti_status_followed(const uint8_t *path, struct bukti_status *status) {
  return status_of(AT_FDCWD, path, 0, status);
}

int bukti_device_of(int fd, struct bukti_device *device) {
  int logical = 0, read_only = 0;
  unsigned physical = 0;
  uint64_t size = 0;
  if (ioctl(fd, BLKGETSIZE64, &size) != 0) return -errno;
  if (ioctl(fd, BLKSSZGET, &logical) != 0) return -errno;
  if (ioctl(fd, BLKPBSZGET, &physical) != 0) return -errno;
  if (ioctl(fd, BLKROGET, &read_only) != 0) return -errno;
  *device = (struct bukti_device){size, (uint32_t)logical, physical, read_only};
  return 0;
}

int64_t bukti_seek_data(int fd, uint64_t offset) {
  off_t place = lseek(fd, (off_t)offset, SEEK_DATA);
  return place < 0 ? -errno : place;
}

int64_t bukti_seek_hole(int fd, uint64_t offset) {
  off_t place = lseek(fd, (off_t)offset, SEEK_HOLE);
  return place < 0 ? -errno : place;
}

int64_t bukti_readlink(int directory, const uint8_t *path, void *buffer, size_t size) {
  ssize_t count = readlinkat(directory, (const char *)path, buffer, size);
  return count < 0 ? -errno : count;
}

int64_t bukti_list_attributes(const uint8_t *path, void *buffer, size_t size) {
  ssize_t count = llistxattr((const char *)path, buffer, size);
  return count < 0 ? -errno : count;
}

int64_t bukti_get_attribute(const uint8_t *path, const uint8_t *name, void *buffer, size_t size) {
  ssize_t count = lgetxattr((const char *)path, (const char *)name, buffer, size);
  return count < 0 ? -errno : count;
}

int64_t bukti_flist_attributes(int fd, void *buffer, size_t size) {
  ssize_t count = flistxattr(fd, buffer, size);
  return count < 0 ? -errno : count;
}

int64_t bukti_fget_attribute(int fd, const uint8_t *name, void *buffer, size_t size) {
  ssize_t count = fgetxattr(fd, (const char *)name, buffer, size);
  return count < 0 ? -errno : count;
}

void *bukti_listing_open(int fd, int *error) {
  int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  DIR *listing = own < 0 ? NULL : fdopendir(own);
  *error = listing ? 0 : -errno;
  if (listing)
    rewinddir(listing);
  else if (own >= 0)
    close(own);
  return listing;
}

struct bukti_name bukti_listing_next(void *listing) {
  for (;;) {
    errno = 0;
    struct dirent *entry = readdir(listing);
    if (!entry) return (struct bukti_name){NULL, -errno};
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    return (struct bukti_name){(const uint8_t *)entry->d_name, (int64_t)strlen(entry->d_name)};
  }
}

void bukti_listing_close(void *listing) { closedir(listing); }
