#define _GNU_SOURCE
#include "bukti_system.h"

#include <errno.h>
#include <string.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <time.h>

int bukti_clock_now(struct bukti_clock *clock) {
  struct timespec now;
  if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -errno;
  struct timex state = {.modes = 0};
  int kernel = adjtimex(&state);
  *clock = (struct bukti_clock){
      .now = {.seconds = now.tv_sec, .nanoseconds = (uint32_t)now.tv_nsec},
      .is_synchronised = kernel >= 0 && kernel != TIME_ERROR && !(state.status & STA_UNSYNC),
      .maximum_error = kernel >= 0 ? state.maxerror : -1,
  };
  return 0;
}

int64_t bukti_monotonic(void) {
  struct timespec now;
  if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) return -errno;
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void copy(char target[65], const char *source) {
  strncpy(target, source, 64);
  target[64] = 0;
}

int bukti_host_of(struct bukti_host *host) {
  struct utsname names;
  if (uname(&names) != 0) return -errno;
  copy(host->name, names.nodename);
  copy(host->system, names.sysname);
  copy(host->release, names.release);
  copy(host->version, names.version);
  copy(host->machine, names.machine);
  return 0;
}
