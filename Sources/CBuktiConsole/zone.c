#define _GNU_SOURCE
#include <errno.h>
#include <time.h>

#include "bukti_console.h"

int bukti_utc_offset(int64_t seconds, int32_t *offset) {
  time_t instant = (time_t)seconds;
  struct tm local;
  tzset(); /* localtime_r need not look at TZ by itself */
  if (!localtime_r(&instant, &local)) return -errno;
  *offset = (int32_t)local.tm_gmtoff;
  return 0;
}
