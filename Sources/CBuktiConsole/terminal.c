#define _GNU_SOURCE
#include "bukti_console.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

int bukti_is_terminal(int fd) { return isatty(fd); }

int bukti_terminal_columns(int fd) {
  struct winsize size;
  if (ioctl(fd, TIOCGWINSZ, &size) != 0) return -errno;
  return size.ws_col;
}

void bukti_wipe(void *buffer, size_t size) { explicit_bzero(buffer, size); }

/* The handler may run on any thread, so it only puts the number into a pipe that is polled. */
static volatile int signal_pipe = -1;
static const int caught[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU};
enum { caught_count = sizeof caught / sizeof caught[0] };

static void on_signal(int number) {
  int saved = errno;
  unsigned char byte = (unsigned char)number;
  ssize_t ignored = write(signal_pipe, &byte, 1);
  (void)ignored;
  errno = saved;
}

/* Reads up to the end of the line; a signal's number goes to *number. */
static int64_t read_line(int terminal, int signals, unsigned char *buffer, size_t size,
                         int *number) {
  size_t count = 0;
  for (;;) {
    struct pollfd waits[2] = {{.fd = signals, .events = POLLIN},
                              {.fd = terminal, .events = POLLIN}};
    if (poll(waits, 2, -1) < 0) {
      if (errno == EINTR) continue;
      return -errno;
    }
    unsigned char byte;
    if (waits[0].revents & POLLIN) {
      if (read(signals, &byte, 1) != 1) return -EIO;
      *number = byte;
      return -EINTR;
    }
    ssize_t n = read(terminal, &byte, 1);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (n < 0) return -errno;
    if (n == 0) return count > 0 ? (int64_t)count : -ENODATA;
    if (byte == '\n' || byte == '\r') return (int64_t)count;
    if (count == size) return -E2BIG;
    buffer[count++] = byte;
  }
}

static int64_t ask(int terminal, const uint8_t *prompt, void *buffer, size_t size, int *number) {
  struct termios before, quiet;
  struct sigaction actions[caught_count], action = {.sa_handler = on_signal};
  int pipes[2];
  if (tcgetattr(terminal, &before) != 0) return -errno;
  if (pipe2(pipes, O_CLOEXEC | O_NONBLOCK) != 0) return -errno;
  signal_pipe = pipes[1];
  sigemptyset(&action.sa_mask);
  for (int i = 0; i < caught_count; i++) sigaction(caught[i], &action, &actions[i]);
  quiet = before;
  quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
  int64_t result = 0;
  if (tcsetattr(terminal, TCSAFLUSH, &quiet) != 0) {
    result = -errno;
  } else {
    ssize_t ignored = write(terminal, prompt, strlen((const char *)prompt));
    result = read_line(terminal, pipes[0], buffer, size, number);
    ignored = write(terminal, "\n", 1);
    (void)ignored;
    while (tcsetattr(terminal, TCSAFLUSH, &before) != 0 && errno == EINTR) {
    }
  }
  for (int i = 0; i < caught_count; i++) sigaction(caught[i], &actions[i], NULL);
  signal_pipe = -1;
  close(pipes[0]);
  close(pipes[1]);
  return result;
}

int64_t bukti_read_password(const uint8_t *path, const uint8_t *prompt, void *buffer, size_t size) {
  int terminal = open((const char *)path, O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (terminal < 0) return -errno;
  int64_t result;
  for (;;) {
    int number = 0;
    result = ask(terminal, prompt, buffer, size, &number);
    if (result < 0) bukti_wipe(buffer, size);
    if (number == 0) break;
    kill(getpid(), number);
    /* Back from being stopped: ask again. Any other signal that is survived ends the question. */
    if (number != SIGTSTP && number != SIGTTIN && number != SIGTTOU) break;
  }
  close(terminal);
  return result;
}
