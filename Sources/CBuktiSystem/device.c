#define _GNU_SOURCE
#include "bukti_system.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/hdreg.h>
#include <scsi/sg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

int bukti_open_direct(int fd) {
  char path[32];
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  for (;;) {
    int direct = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_DIRECT);
    if (direct >= 0) return direct;
    if (errno != EINTR) return -errno;
  }
}

int bukti_is_claimed(int fd) {
  char path[32];
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  int own;
  do own = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_EXCL);
  while (own < 0 && errno == EINTR);
  if (own < 0) return errno == EBUSY;
  close(own);
  return 0;
}

int bukti_ata_identity(int fd, void *buffer) {
  memset(buffer, 0, BUKTI_ATA_IDENTITY_SIZE);
  return ioctl(fd, HDIO_GET_IDENTITY, buffer) == 0 ? 0 : -errno;
}

/* SCSI Primary Commands: INQUIRY, operation code 12h. */
int64_t bukti_scsi_inquiry(int fd, int page, void *buffer, size_t size) {
  if (size > 0xFFFF) size = 0xFFFF;
  unsigned char sense[32];
  unsigned char command[6] = {0x12, page >= 0, page >= 0 ? (unsigned char)page : 0,
                              (unsigned char)(size >> 8), (unsigned char)size, 0};
  memset(buffer, 0, size);
  struct sg_io_hdr request = {
      .interface_id = 'S',
      .dxfer_direction = SG_DXFER_FROM_DEV,
      .cmd_len = sizeof command,
      .mx_sb_len = sizeof sense,
      .dxfer_len = (unsigned)size,
      .dxferp = buffer,
      .cmdp = command,
      .sbp = sense,
      .timeout = 5000,
  };
  if (ioctl(fd, SG_IO, &request) != 0) return -errno;
  if ((request.info & SG_INFO_OK_MASK) != SG_INFO_OK) return -EIO;
  return (int64_t)size - (request.resid > 0 && (size_t)request.resid <= size ? request.resid : 0);
}

int bukti_device_number(const uint8_t *path, uint32_t *major_number, uint32_t *minor_number) {
  struct stat status;
  while (stat((const char *)path, &status) != 0)
    if (errno != EINTR) return -errno;
  if (!S_ISBLK(status.st_mode)) return -ENOTBLK;
  *major_number = major(status.st_rdev);
  *minor_number = minor(status.st_rdev);
  return 0;
}
