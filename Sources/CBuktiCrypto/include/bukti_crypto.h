#ifndef BUKTI_CRYPTO_H
#define BUKTI_CRYPTO_H
/* Version text of the libcrypto in use. */
const char *bukti_crypto_version(void);
#endif
