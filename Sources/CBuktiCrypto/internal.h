#ifndef BUKTI_INTERNAL_H
#define BUKTI_INTERNAL_H

#include <openssl/asn1.h>
#include <openssl/bio.h>

#include "bukti_certificate.h"

/* Copies what a memory BIO holds; 0 when it is empty. */
int bukti_take_bio(BIO *bio, bukti_bytes *out);
/* Seconds since 1970. */
int bukti_time(const ASN1_TIME *t, int64_t *out);

#endif
