#include "bukti_igzip.h"

#ifdef BUKTI_FAST_DEFLATE

#include <isa-l.h>
#include <limits.h>
#include <stdlib.h>

#define TEXT(number) WORD(number)
#define WORD(number) #number

/* Level 2: a disk image becomes 1.3 % smaller than by level 1, which takes 3 % less time; level 3 takes nearly twice as
   long for another 1.4 %. */
enum { LEVEL = 2 };
struct bukti_igzip {
  struct isal_zstream stream;
  uint8_t level[ISAL_DEF_LVL2_DEFAULT];
};

const char *bukti_igzip_version(void) {
  return TEXT(ISAL_MAJOR_VERSION) "." TEXT(ISAL_MINOR_VERSION) "." TEXT(ISAL_PATCH_VERSION);
}

bukti_igzip *bukti_igzip_new(void) { return calloc(1, sizeof(bukti_igzip)); }

void bukti_igzip_free(bukti_igzip *stream) { free(stream); }

size_t bukti_igzip_deflate(bukti_igzip *igzip, const void *plain, size_t count, void *body, size_t room) {
  struct isal_zstream *stream = &igzip->stream;
  if (count > UINT32_MAX) return 0;
  isal_deflate_stateless_init(stream);
  stream->level = LEVEL;
  stream->level_buf = igzip->level;
  stream->level_buf_size = sizeof igzip->level;
  stream->end_of_stream = 1;
  stream->flush = NO_FLUSH;
  /* igzip declares its input mutable and does not write to it. */
  stream->next_in = (uint8_t *)plain;
  stream->avail_in = (uint32_t)count;
  stream->next_out = body;
  stream->avail_out = room < UINT32_MAX ? (uint32_t)room : UINT32_MAX;
  if (isal_deflate_stateless(stream) != COMP_OK || stream->avail_in > 0) return 0;
  return stream->total_out;
}

#else

const char *bukti_igzip_version(void) { return NULL; }
bukti_igzip *bukti_igzip_new(void) { return NULL; }
void bukti_igzip_free(bukti_igzip *stream) { (void)stream; }

size_t bukti_igzip_deflate(bukti_igzip *stream, const void *plain, size_t count, void *body, size_t room) {
  (void)stream, (void)plain, (void)count, (void)body, (void)room;
  return 0;
}

#endif
