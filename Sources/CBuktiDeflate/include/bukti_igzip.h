#ifndef BUKTI_IGZIP_H
#define BUKTI_IGZIP_H

#include <stddef.h>

/* Raw DEFLATE by ISA-L's igzip; where the package is built without it, there is no version and no stream. */

typedef struct bukti_igzip bukti_igzip;

/* NULL where the package is built without it. */
const char *bukti_igzip_version(void);

/* Memory for one caller at a time; NULL where there is none. */
bukti_igzip *bukti_igzip_new(void);
void bukti_igzip_free(bukti_igzip *stream);

/* Deflates to one stream with a final block; its length, or 0 where it does not fit. */
size_t bukti_igzip_deflate(bukti_igzip *stream, const void *plain, size_t count, void *body, size_t room);

#endif
