#include "bukti_crypto.h"

#include <openssl/crypto.h>

const char *bukti_crypto_version(void) { return OpenSSL_version(OPENSSL_VERSION); }
