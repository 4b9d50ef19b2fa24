/* The thread sanitizer sees the fast path of Swift's Mutex, which is compiled into its users, but not the slow
   one, which lies in a library without instruments: a lock that threads compete for would look like a race. So
   both slow calls are met here on their way, and the sanitizer is told. Nothing else is excused. */
#define _GNU_SOURCE
#include "thread_tool.h"

#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

/* Absent in a build without the sanitizer. */
extern void __tsan_acquire(void *) __attribute__((weak));
extern void __tsan_release(void *) __attribute__((weak));

SWIFT void bukti_lock_slow(uint32_t thread, SELF void *mutex) __asm__(LOCK);
SWIFT void bukti_unlock_slow(SELF void *mutex) __asm__(UNLOCK);

typedef SWIFT void lock_function(uint32_t, SELF void *);
typedef SWIFT void unlock_function(SELF void *);

static void *of_library(const char *name) {
  void *found = dlsym(RTLD_NEXT, name);
  if (!found) abort();
  return found;
}

SWIFT void bukti_lock_slow(uint32_t thread, SELF void *mutex) {
  ((lock_function *)of_library(LOCK))(thread, mutex);
  if (__tsan_acquire) __tsan_acquire(mutex);
}

SWIFT void bukti_unlock_slow(SELF void *mutex) {
  if (__tsan_release) __tsan_release(mutex);
  ((unlock_function *)of_library(UNLOCK))(mutex);
}

int bukti_has_thread_sanitizer(void) { return __tsan_acquire != NULL; }
