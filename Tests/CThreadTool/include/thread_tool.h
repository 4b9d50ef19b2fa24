#ifndef BUKTI_THREAD_TOOL_H
#define BUKTI_THREAD_TOOL_H

/* Whether the program was built with the thread sanitizer. */
int bukti_has_thread_sanitizer(void);

#endif
