#ifndef BUKTI_INFLATE_H
#define BUKTI_INFLATE_H

#include <stddef.h>
#include <stdint.h>

/*
 * A fast decoder of raw DEFLATE (RFC 1951) for whole bodies in memory, as strict as zlib or stricter.
 *
 * What it accepts, zlib accepts with the same bytes. What it refuses is for zlib to judge: a refusal says nothing.
 */

typedef struct bukti_inflater bukti_inflater;

/* Memory for one caller at a time; NULL where there is none. A portable one uses no instructions that only some
   processors have: for tests. */
bukti_inflater *bukti_inflater_new(int is_portable);
void bukti_inflater_free(bukti_inflater *inflater);

/* 1 when the stream ends in the last byte of the body and fills the plain bytes exactly, else 0. */
int bukti_inflate(bukti_inflater *inflater, const void *body, size_t count, void *plain, size_t room);

#endif
