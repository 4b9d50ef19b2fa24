public import BuktiFormat
import CBuktiCrypto

/// Makes the signatures that a seal record carries.
public enum CheckpointSigner {
  /// Signs the exact bytes of a checkpoint as detached CMS, CAdES-B-B (ETSI EN 319 122-1), SHA-256.
  ///
  /// The signed attributes are content-type, message-digest, ESS signing-certificate-v2 and signing-time; the signer's
  /// certificate comes along.
  ///
  /// - Parameter signingTime: the time the signer claims, in seconds since 1970-01-01 UTC.
  /// - Returns: DER.
  /// - Throws: `crypto-engine`.
  public static func sign(checkpoint: [UInt8], key: SigningKey, signingTime: Int64)
    throws(BuktiError) -> [UInt8]
  {
    let der = unsafe checkpoint.withUnsafeBufferPointer { content in
      unsafe takeBytes {
        unsafe bukti_cms_sign(
          content.baseAddress, content.count, key.handle.pointer,
          key.certificate.handle.pointer, signingTime, $0)
      }
    }
    guard let der else { throw BuktiError(.cryptoEngine, "libcrypto could not sign") }
    return der
  }
}
