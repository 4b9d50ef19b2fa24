#ifndef BUKTI_SYSTEM_H
#define BUKTI_SYSTEM_H
/* Every call returns -errno on failure: errno is captured before Swift can disturb it. Calls that a
   signal may interrupt are repeated here. Paths are NUL-terminated bytes. */
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#define BUKTI_CWD (-100)

/* Words for an error number; never NULL, valid for ever. */
const char *bukti_error_text(int error);

/* --- files.c: the bundle file --- */
int bukti_create(const uint8_t *path, unsigned mode);
/* A file of the folder's file system that has no name until bukti_give_name; it goes with its descriptor else. */
int bukti_create_unnamed(const uint8_t *folder, unsigned mode);
/* -EEXIST where something has the name already. */
int bukti_give_name(int fd, const uint8_t *path);
int bukti_open_append(const uint8_t *path);
/* Never waits, as for the writer of a FIFO. */
int bukti_open_read(int directory, const uint8_t *path);
/* May wait, as a stream does. */
int bukti_open_stream(const uint8_t *path);
int bukti_open_directory(int directory, const uint8_t *path, int follow);
int bukti_close(int fd);
int bukti_unlink(int directory, const uint8_t *path);
/* Writes every piece, over short writes; changes the pieces. */
int bukti_append(int fd, struct iovec *pieces, size_t count);
/* Fill the buffer unless the end comes first; return the count. */
int64_t bukti_pread(int fd, void *buffer, size_t count, uint64_t offset);
/* One read; waits where the descriptor does not block. */
int64_t bukti_read(int fd, void *buffer, size_t count);
/* 1 once a read would not wait, 0 if nothing came in so many milliseconds. */
int bukti_wait_readable(int fd, int milliseconds);
int bukti_pwrite(int fd, const void *buffer, size_t count, uint64_t offset);
int bukti_fdatasync(int fd);
/* Has the system begin to write what the file's pages hold; waits for no page, at most for room in the queue. */
void bukti_start_writing(int fd);
int bukti_fsync(int fd);
int bukti_truncate(int fd, uint64_t size);
int64_t bukti_size(int fd);
/* Exclusive lock of the open file description; -EAGAIN if another holds it. */
int bukti_lock(int fd);
int bukti_unlock(int fd);
/* 1 if somebody else holds the lock. */
int bukti_is_locked(int fd);
int bukti_reserve(int fd, uint64_t offset, uint64_t count);
/* The absolute path of a file, without links, in 4096 bytes with its NUL. */
int bukti_real_path(const uint8_t *path, uint8_t *buffer);
int bukti_advise_sequential(int fd);
int bukti_drop_cache(int fd, uint64_t offset, uint64_t count);

/* --- sources.c: what is read as evidence --- */
struct bukti_time {
  int64_t seconds;
  uint32_t nanoseconds;
};
struct bukti_status {
  uint64_t inode, size, blocks;
  uint32_t device_major, device_minor, special_major, special_minor;
  uint32_t mode, links, uid, gid;
  struct bukti_time accessed, modified, changed, born;
  int has_birth;
};
struct bukti_device {
  uint64_t size;
  uint32_t logical_sector, physical_sector;
  int is_read_only;
};
struct bukti_name {
  const uint8_t *bytes; /* valid until the next call */
  int64_t count;        /* 0 at the end, -errno on failure */
};

/* Leaves the access time alone where it may; never waits for a FIFO's other end. */
int bukti_open_source(int directory, const uint8_t *path, int follow);
int bukti_open_source_folder(int directory, const uint8_t *path, int follow);
/* Whether it may for everybody's files. */
int bukti_keeps_access_times(void);
/* Of a name in a directory, links not followed; of the directory itself if the path is "". */
int bukti_status_of(int directory, const uint8_t *path, struct bukti_status *status);
/* Of what a path leads to, through links. */
int bukti_status_followed(const uint8_t *path, struct bukti_status *status);
int bukti_device_of(int fd, struct bukti_device *device);
/* -ENXIO if there is none from the offset on. */
int64_t bukti_seek_data(int fd, uint64_t offset);
int64_t bukti_seek_hole(int fd, uint64_t offset);
int64_t bukti_readlink(int directory, const uint8_t *path, void *buffer, size_t size);
/* Of the link itself, if it is one. */
int64_t bukti_list_attributes(const uint8_t *path, void *buffer, size_t size);
int64_t bukti_get_attribute(const uint8_t *path, const uint8_t *name, void *buffer, size_t size);
int64_t bukti_flist_attributes(int fd, void *buffer, size_t size);
int64_t bukti_fget_attribute(int fd, const uint8_t *name, void *buffer, size_t size);
void *bukti_listing_open(int fd, int *error);
struct bukti_name bukti_listing_next(void *listing);
void bukti_listing_close(void *listing);

/* --- device.c: what a block device says about itself --- */
#define BUKTI_ATA_IDENTITY_SIZE 512
/* The same file again, read past the cache of the system; -EINVAL where that is not possible. */
int bukti_open_direct(int fd);
/* 1 if the system holds the device for itself: mounted, swap, part of an array or volume group. */
int bukti_is_claimed(int fd);
/* The words of IDENTIFY DEVICE, for what the system drives as ATA. */
int bukti_ata_identity(int fd, void *buffer);
/* Standard INQUIRY data, or a page of vital product data; the count. A page below 0 is the former. */
int64_t bukti_scsi_inquiry(int fd, int page, void *buffer, size_t size);
/* Of a block device, through links; -ENOTBLK if it is something else. */
int bukti_device_number(const uint8_t *path, uint32_t *major_number, uint32_t *minor_number);

/* --- confined.c: what an extraction creates --- */
/* A directory beneath another, through no link at all; -ENOSYS or -EPERM where openat2 is missing. */
int bukti_open_beneath(int root, const uint8_t *path);
int bukti_make_directory(int directory, const uint8_t *name);
int bukti_create_part(int directory, const uint8_t *name);
/* Renames; -EEXIST if the new name is taken by anything. */
int bukti_rename_new(int directory, const uint8_t *name, int target, const uint8_t *new_name);
int bukti_symlink(const uint8_t *target, int directory, const uint8_t *name);
/* A second name of a file, no link followed; -EEXIST if the name is taken. */
int bukti_link_new(int directory, const uint8_t *name, int target, const uint8_t *new_name);
/* What a user without privileges may still write. */
int bukti_free_space(int fd, uint64_t *bytes);
/* Permissions below 01000 and the modification time; the access time stays. */
int bukti_finish(int fd, unsigned mode, int64_t seconds, uint32_t nanoseconds);

/* --- host.c --- */
struct bukti_clock {
  struct bukti_time now;
  int is_synchronised;
  int64_t maximum_error; /* microseconds, or -1 if the kernel does not say */
};
struct bukti_host {
  char name[65], system[65], release[65], version[65], machine[65];
};
int bukti_clock_now(struct bukti_clock *clock);
int64_t bukti_monotonic(void); /* nanoseconds */
int bukti_host_of(struct bukti_host *host);

/* --- threads.c --- */
/* The processors that this process may run on. */
int bukti_processors(void);
/* The new thread leaves all signals to the others; the caller's mask is not touched. */
int bukti_start_thread(pthread_t *thread, void *(*run)(void *), void *value);

/* 1 if a shell pattern matches; both end in NUL. */
int bukti_name_matches(const uint8_t *pattern, const uint8_t *name);

#endif
