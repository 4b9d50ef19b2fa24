import CBuktiCrypto

// The only owners of libcrypto's objects in this target. Each frees what it owns once; libcrypto counts
// references atomically and does not change a certificate or a key that is only read, which is what makes the
// `@unchecked Sendable` below true.

/// Owns one X509.
@safe
final class CertificateHandle: @unchecked Sendable {
  let pointer: OpaquePointer

  init(owning pointer: OpaquePointer) {
    unsafe self.pointer = pointer
  }

  deinit {
    unsafe bukti_cert_free(pointer)
  }
}

/// Owns one private key, which never leaves libcrypto's memory except encrypted.
@safe
final class KeyHandle: @unchecked Sendable {
  let pointer: OpaquePointer

  init(owning pointer: OpaquePointer) {
    unsafe self.pointer = pointer
  }

  deinit {
    unsafe bukti_key_free(pointer)
  }
}

/// Owns a list of certificates.
@safe
final class CertificateListHandle {
  let pointer: OpaquePointer

  init(owning pointer: OpaquePointer) {
    unsafe self.pointer = pointer
  }

  deinit {
    unsafe bukti_certs_free(pointer)
  }

  var count: Int { unsafe Int(bukti_certs_count(pointer)) }
}

/// Owns one parsed CMS SignedData; used by one thread.
@safe
final class CMSHandle {
  let pointer: OpaquePointer

  init(owning pointer: OpaquePointer) {
    unsafe self.pointer = pointer
  }

  deinit {
    unsafe bukti_cms_free(pointer)
  }
}

/// Bytes that a shim function allocated and `fill` returned 1 for; nil when it returned anything else.
func takeBytes(_ fill: (UnsafeMutablePointer<bukti_bytes>) -> Int32) -> [UInt8]? {
  var out = unsafe bukti_bytes()
  defer { unsafe bukti_bytes_free(&out) }
  guard unsafe fill(&out) == 1 else { return nil }
  return unsafe [UInt8](UnsafeBufferPointer(start: out.bytes, count: out.count))
}
