#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stddef.h>

#include "bukti_console.h"

static volatile sig_atomic_t interrupted;

static void note(int signal) {
  (void)signal;
  interrupted = 1;
}

static int watch_hangup(struct sigaction action) {
  struct sigaction before;
  if (sigaction(SIGHUP, NULL, &before) != 0) return -errno;
  /* nohup asks for that. */
  if (before.sa_handler == SIG_IGN) return 0;
  /* A shell and the terminal may both send it. */
  action.sa_flags = SA_RESTART;
  return sigaction(SIGHUP, &action, NULL) == 0 ? 0 : -errno;
}

int bukti_watch_interrupt(void) {
  struct sigaction action = {0};
  action.sa_handler = note;
  /* Once only: a second ^C ends the process at once. SA_RESTART: system calls go on, the flag is asked. */
  action.sa_flags = SA_RESETHAND | SA_RESTART;
  if (sigaction(SIGINT, &action, NULL) != 0) return -errno;
  if (sigaction(SIGTERM, &action, NULL) != 0) return -errno;
  return watch_hangup(action);
}

int bukti_interrupted(void) { return interrupted != 0; }

int bukti_ignore_file_size_signal(void) {
  return signal(SIGXFSZ, SIG_IGN) == SIG_ERR ? -errno : 0;
}
