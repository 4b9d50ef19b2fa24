#ifndef BUKTI_SYSTEM_H
#define BUKTI_SYSTEM_H
/* Every call returns -errno on failure: errno is captured before Swift can disturb it. */
int bukti_fdatasync(int fd);
#endif
