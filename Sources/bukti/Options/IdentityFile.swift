import BuktiConsole
import BuktiFormat
import BuktiStore
import BuktiTrust

/// An identity on disk: `NAME.pem` holds the certificate and the encrypted key, `NAME.cert.pem` the certificate to give away.
struct IdentityFile {
  let path: RawPath

  /// Path of the certificate to give away.
  var certificatePath: RawPath {
    let suffix = Array(".pem".utf8)
    let stem =
      path.bytes.suffix(suffix.count) == suffix[...]
      ? path.bytes.dropLast(suffix.count) : path.bytes[...]
    return RawPath(bytes: Array(stem)).appending(".cert.pem")
  }

  func write(_ identity: Identity) throws(BuktiError) {
    let certificate = try identity.certificate.pem()
    try SmallFile.create(at: path, mode: 0o600, certificate + identity.encryptedKey)
    try SmallFile.create(at: certificatePath, mode: 0o644, certificate)
  }

  func certificate() throws(BuktiError) -> Certificate {
    guard let first = try CertificateFile.read(path).first else {
      throw CertificateFile.invalid(path, "no certificate")
    }
    return first
  }

  func key(_ password: PasswordOptions) throws(BuktiError) -> SigningKey {
    try lockedKey(password).open()
  }

  /// Asks for the password, which is tried later.
  func lockedKey(_ password: PasswordOptions) throws(BuktiError) -> LockedKey {
    let bytes = try SmallFile.read(at: path)
    let certificate = try certificate()
    return LockedKey(
      pem: bytes, certificate: certificate, password: try password.existing(for: path.text))
  }
}

/// Certificates in PEM or DER.
enum CertificateFile {
  static func read(_ path: RawPath) throws(BuktiError) -> [Certificate] {
    let bytes = try SmallFile.read(at: path)
    do throws(BuktiError) { return try Certificate.all(in: bytes) } catch {
      guard error.code == .certificateInvalid else { throw error }

      throw invalid(path, error.message)
    }
  }

  static func invalid(_ path: RawPath, _ reason: String) -> BuktiError {
    BuktiError(
      .certificateInvalid,
      "\(path.text) is not what it should be: \(reason). bukti identity create makes certificates.")
  }
}

/// Files of a few kilobytes: keys, certificates, receipts.
enum SmallFile {
  private static let maximum = 16 << 20

  static func read(at path: RawPath) throws(BuktiError) -> [UInt8] {
    let file = try FileStorage.openForReading(at: path.bytes)
    guard try file.size() <= UInt64(maximum) else {
      throw BuktiError(.usage, "\(path.text) is too large for what it should be.")
    }
    do throws(BuktiError) { return try file.read(maximum, at: 0) } catch {
      throw BuktiError(error.code, "\(path.text): \(error.message)", errno: error.errno)
    }
  }

  /// Writes a new file and makes it durable; never overwrites.
  static func create(at path: RawPath, mode: UInt32 = 0o644, _ bytes: [UInt8]) throws(BuktiError) {
    do throws(BuktiError) {
      let file = try FileStorage.create(at: path.bytes, mode: mode)
      try file.append(bytes)
      try file.sync()
    } catch {
      guard error.code == .exists else { throw error }

      throw BuktiError(
        .exists, "\(path.text) exists already and is not overwritten; name another file.")
    }
  }
}
