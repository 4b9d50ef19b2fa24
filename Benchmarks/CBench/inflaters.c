/* Decoders that were weighed against the product's own; libdeflate is loaded where the system has it. */
#include "bench.h"

#include <dlfcn.h>

#ifdef BUKTI_FAST_DEFLATE
#include <isa-l.h>

int bench_inflate_isal(const void *body, size_t count, void *plain, size_t room) {
  static _Thread_local struct inflate_state state;
  isal_inflate_init(&state);
  state.crc_flag = ISAL_DEFLATE;
  state.next_in = (uint8_t *)body;
  state.avail_in = (uint32_t)count;
  state.next_out = plain;
  state.avail_out = (uint32_t)room;
  return isal_inflate_stateless(&state) == ISAL_DECOMP_OK && state.total_out == room;
}
#else
int bench_inflate_isal(const void *body, size_t count, void *plain, size_t room) {
  (void)body, (void)count, (void)plain, (void)room;
  return -1;
}
#endif

/* The functions of libdeflate 1.x that are needed here; its interface has been stable since 1.0. */
static struct {
  void *handle;
  void *decompressor, *compressor;
  int (*decompress)(void *, const void *, size_t, void *, size_t, size_t *);
  size_t (*compress)(void *, const void *, size_t, void *, size_t);
} libdeflate;

static int find_libdeflate(void) {
  if (libdeflate.handle) return 1;
  void *library = dlopen("libdeflate.so.0", RTLD_NOW);
  if (!library) return 0;
  void *(*decompressor)(void), *(*compressor)(int);
  *(void **)&decompressor = dlsym(library, "libdeflate_alloc_decompressor");
  *(void **)&compressor = dlsym(library, "libdeflate_alloc_compressor");
  *(void **)&libdeflate.decompress = dlsym(library, "libdeflate_deflate_decompress");
  *(void **)&libdeflate.compress = dlsym(library, "libdeflate_deflate_compress");
  if (!decompressor || !compressor || !libdeflate.decompress || !libdeflate.compress) return 0;
  libdeflate.decompressor = decompressor();
  libdeflate.compressor = compressor(1);
  if (!libdeflate.decompressor || !libdeflate.compressor) return 0;
  libdeflate.handle = library;
  return 1;
}

int bench_inflate_libdeflate(const void *body, size_t count, void *plain, size_t room) {
  size_t used = 0;
  if (!find_libdeflate()) return -1;
  return libdeflate.decompress(libdeflate.decompressor, body, count, plain, room, &used) == 0 && used == room;
}

long bench_deflate_libdeflate(const void *plain, size_t count, void *body, size_t room) {
  if (!find_libdeflate()) return -1;
  return (long)libdeflate.compress(libdeflate.compressor, plain, count, body, room);
}
