#define _GNU_SOURCE
#include "bukti_system.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>

int bukti_processors(void) {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : -errno;
}

int bukti_start_thread(pthread_t *thread, void *(*run)(void *), void *value) {
  pthread_attr_t attributes;
  int error = pthread_attr_init(&attributes);
  if (error != 0) return -error;
  sigset_t all;
  sigfillset(&all);
  error = pthread_attr_setsigmask_np(&attributes, &all);
  if (error == 0) error = pthread_create(thread, &attributes, run, value);
  pthread_attr_destroy(&attributes);
  return -error;
}
