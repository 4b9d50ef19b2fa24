public import BuktiFormat
import CBuktiCrypto

/// The kinds of key that the tool makes.
public enum KeyKind: Sendable, CaseIterable {
  case p256, p384, rsa3072

  fileprivate var number: Int32 {
    switch self {
    case .p256: Int32(BUKTI_P256.rawValue)
    case .p384: Int32(BUKTI_P384.rawValue)
    case .rsa3072: Int32(BUKTI_RSA3072.rawValue)
    }
  }
}

/// Who a self-made certificate is for.
public struct IdentitySubject: Sendable, Equatable {
  /// Common name: at least one, at most 64 characters (X.520); the other two at most 64 as well.
  public var name: String
  public var role: String?
  public var agency: String?

  public init(name: String, role: String? = nil, agency: String? = nil) {
    self.name = name
    self.role = role
    self.agency = agency
  }
}

/// A key and a self-signed certificate for it, trusted by the certificate's fingerprint.
public struct Identity: Sendable {
  /// Rounds of PBKDF2 that make each guess at a password expensive.
  public static let iterations: Int32 = 600_000

  public let certificate: Certificate
  /// The key as encrypted PKCS#8 in PEM (PBES2, PBKDF2-HMAC-SHA256, AES-256-CBC); the caller writes it with mode 0600.
  public let encryptedKey: [UInt8]

  /// Makes a new identity.
  ///
  /// - Parameters:
  ///   - password: at least one byte.
  ///   - now: start of the validity, in seconds since 1970-01-01 UTC.
  /// - Throws: `key-invalid` for a name that X.520 does not allow; `key-password` for an empty password; `crypto-engine`.
  public static func create(
    _ subject: IdentitySubject, kind: KeyKind = .p256, password: [UInt8], now: Int64,
    years: Int = 30
  ) throws(BuktiError) -> Identity {
    guard !password.isEmpty else { throw BuktiError(.keyPassword, "a key needs a password") }
    let key = try generate(subject, kind: kind, now: now, years: years)
    let encrypted = unsafe password.withUnsafeBufferPointer { password in
      unsafe takeBytes {
        unsafe bukti_key_encrypt(
          key.handle.pointer, password.baseAddress, password.count, iterations, $0)
      }
    }
    guard let encrypted else { throw BuktiError(.cryptoEngine, "the key could not be encrypted") }
    return Identity(certificate: key.certificate, encryptedKey: encrypted)
  }

  /// Makes a run key: it exists in memory only and dies with the process.
  ///
  /// - Throws: `key-invalid` for a name that X.520 does not allow; `crypto-engine`.
  public static func runKey(
    _ subject: IdentitySubject, kind: KeyKind = .p256, now: Int64, years: Int = 30
  ) throws(BuktiError) -> SigningKey {
    try generate(subject, kind: kind, now: now, years: years)
  }

  private static func generate(
    _ subject: IdentitySubject, kind: KeyKind, now: Int64, years: Int
  ) throws(BuktiError) -> SigningKey {
    precondition((1...1000).contains(years))
    try subject.check()
    guard let pointer = unsafe bukti_key_generate(kind.number) else {
      throw BuktiError(.cryptoEngine, "libcrypto could not make a key")
    }
    let key = unsafe KeyHandle(owning: pointer)
    // Leap days as the Julian calendar counts them: a day more or less in 30 years is no matter.
    let days = Int32(years * 365 + years / 4)
    guard let certificate = unsafe subject.selfSigned(by: key, from: now, days: days) else {
      throw BuktiError(.cryptoEngine, "libcrypto could not make a certificate")
    }
    return SigningKey(key, try unsafe Certificate(owning: certificate))
  }
}

extension IdentitySubject {
  fileprivate func check() throws(BuktiError) {
    for part in [name, role, agency].compactMap({ $0 }) {
      guard (1...64).contains(part.unicodeScalars.count), !part.utf8.contains(0) else {
        throw BuktiError(.keyInvalid, "a name in a certificate has 1 to 64 characters and no NUL")
      }
    }
  }

  fileprivate func selfSigned(by key: KeyHandle, from: Int64, days: Int32) -> OpaquePointer? {
    unsafe name.withCString { name in
      unsafe withOptionalCString(role) { role in
        unsafe withOptionalCString(agency) { agency in
          var subject = unsafe bukti_subject(
            name: name, agency: agency, role: role, from: from, days: days)
          return unsafe bukti_cert_self_signed(key.pointer, &subject)
        }
      }
    }
  }
}

private func withOptionalCString<Result>(
  _ text: String?, _ body: (UnsafePointer<CChar>?) -> Result
) -> Result {
  guard let text else { return body(nil) }
  return unsafe text.withCString { unsafe body($0) }
}
