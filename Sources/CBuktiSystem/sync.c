#include "bukti_system.h"

#include <errno.h>
#include <unistd.h>

int bukti_fdatasync(int fd) { return fdatasync(fd) == 0 ? 0 : -errno; }
