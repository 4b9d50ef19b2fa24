#include "bukti_console.h"

#include <errno.h>
#include <png.h>
#include <qrencode.h>
#include <string.h>

int64_t bukti_qr(const void *text, size_t size, uint8_t *modules, size_t capacity)
{
    if (size == 0 || size > INT32_MAX) return -EINVAL;
    QRcode *code = QRcode_encodeData((int)size, text, 0, QR_ECLEVEL_M);
    if (!code) return errno == ERANGE ? -E2BIG : -ENOMEM;
    size_t width = (size_t)code->width, count = width * width;
    int64_t result = -E2BIG;
    if (count <= capacity) {
        for (size_t place = 0; place < count; place++) modules[place] = code->data[place] & 1;
        result = (int64_t)width;
    }
    QRcode_free(code);
    return result;
}

int64_t bukti_png(const uint8_t *pixels, uint32_t side, void *buffer, size_t capacity)
{
    png_image image;
    memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    image.width = side;
    image.height = side;
    image.format = PNG_FORMAT_GRAY;
    png_alloc_size_t size = capacity;
    int written = png_image_write_to_memory(&image, buffer, &size, 0, pixels, 0, NULL);
    png_image_free(&image);
    return written ? (int64_t)size : -ENOSPC;
}
