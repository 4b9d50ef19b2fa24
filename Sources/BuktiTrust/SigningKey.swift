public import BuktiFormat
import CBuktiCrypto

/// A private key that can seal, with its certificate.
public struct SigningKey: Sendable {
  public let certificate: Certificate
  let handle: KeyHandle

  init(_ handle: KeyHandle, _ certificate: Certificate) {
    self.handle = handle
    self.certificate = certificate
  }

  /// Reads a PKCS#8 key in PEM, encrypted or not.
  ///
  /// - Parameter password: bytes as typed, without a line end; ignored when the key is not encrypted.
  /// - Throws: `key-password` when the password does not open it; `key-invalid` when it is no PKCS#8, does not belong to
  ///   `certificate`, or is of a kind that seals do not use (Ed25519, RSA below 3072 bits).
  public init(pem: [UInt8], password: [UInt8]?, certificate: Certificate) throws(BuktiError) {
    var key: OpaquePointer?
    let password = password ?? []
    let problem = unsafe pem.withUnsafeBufferPointer { pem in
      unsafe password.withUnsafeBufferPointer { password in
        unsafe bukti_key_read(
          pem.baseAddress, pem.count, password.baseAddress, password.count,
          certificate.handle.pointer, &key)
      }
    }
    guard let key = unsafe key else { throw SigningKey.error(problem, certificate) }
    self.init(unsafe KeyHandle(owning: key), certificate)
  }

  private static func error(_ problem: Int32, _ certificate: Certificate) -> BuktiError {
    switch UInt32(bitPattern: problem) {
    case BUKTI_KEY_PASSWORD.rawValue:
      BuktiError(.keyPassword, "the password does not open the key")
    case BUKTI_KEY_MISMATCH.rawValue:
      BuktiError(.keyInvalid, "the key does not belong to the certificate \(certificate.subject)")
    case BUKTI_KEY_KIND.rawValue:
      BuktiError(
        .keyInvalid,
        "\(certificate.keyKind) keys cannot seal: take EC P-256, P-384, P-521 or RSA from 3072 bits"
      )
    default:
      BuktiError(.keyInvalid, "no PKCS#8 key in PEM; openssl pkcs8 -topk8 makes one")
    }
  }
}
