#ifndef BUKTI_CONSOLE_H
#define BUKTI_CONSOLE_H
/* What a command may do and a library must not: signals, the terminal, the environment. Every call
   returns -errno on failure. */
#include <stddef.h>
#include <stdint.h>

/* --- terminal.c --- */
int bukti_is_terminal(int fd);
int bukti_terminal_columns(int fd);
/* Reads a line with the echo off, without its end. The settings come back whatever happens; a signal
   that arrives meanwhile is raised again afterwards, and -EINTR returned if that is survived. */
int64_t bukti_read_password(const uint8_t *terminal, const uint8_t *prompt, void *buffer,
                            size_t size);
/* A memset that is not optimised away. */
void bukti_wipe(void *buffer, size_t size);

/* --- interrupt.c --- */
/* From now on the first SIGINT or SIGTERM sets a flag, and so does each SIGHUP unless it is ignored; a second
   SIGINT or SIGTERM ends the process. */
int bukti_watch_interrupt(void);
int bukti_interrupted(void);

/* Makes a write beyond the limit of a file's size an error instead of the end of the process. */
int bukti_ignore_file_size_signal(void);

/* Lets the process have as many files open as it may: a bundle can have thousands of volumes. */
int bukti_raise_file_limit(void);

/* --- zone.c: seconds east of Greenwich at an instant, by the time zone of the process --- */
int bukti_utc_offset(int64_t seconds, int32_t *offset);

/* --- picture.c --- */
/* Makes a QR code at level M: one byte a module, 1 is dark, row by row. Returns the modules of a side. */
int64_t bukti_qr(const void *text, size_t size, uint8_t *modules, size_t capacity);
/* Makes a PNG of a square of grey pixels, one byte each. Returns its size. */
int64_t bukti_png(const uint8_t *pixels, uint32_t side, void *buffer, size_t capacity);

#endif
