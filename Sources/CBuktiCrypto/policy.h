#ifndef BUKTI_POLICY_H
#define BUKTI_POLICY_H

#include <openssl/evp.h>
#include <openssl/x509.h>

/* The allow-list of algorithms, in one place: what is not named here is not evaluated. */

/* Whether a key is good for new seals: NIST or brainpool curves, RSA of 3072 bits and more. */
int bukti_key_signs(const EVP_PKEY *k);

/* The defects (enum bukti_defect) of a digest, signature algorithm and certificate's key together; 0 when they are on the
   list. cert may be NULL: then only the algorithms are judged. */
unsigned bukti_algorithms(const X509_ALGOR *digest, const X509_ALGOR *signature, const X509 *cert);

/* The defects of a digest alone. */
unsigned bukti_digest_defects(const X509_ALGOR *digest);

/* SHA-256, SHA-384 or SHA-512; NULL for any other object identifier. */
const EVP_MD *bukti_allowed_digest(const X509_ALGOR *digest);

#endif
