import BuktiEngines
public import BuktiFormat
import CBuktiCrypto

/// An X.509 certificate as it was given; holding one says nothing about trust.
public struct Certificate: Sendable {
  /// More certificates than this in one file are refused.
  public static let maximumCount = 16_384

  /// The DER encoding.
  public let der: [UInt8]
  /// SHA-256 of the DER encoding: what a pin is compared with.
  public let fingerprint: Hash
  /// The subject in RFC 2253 order, for people.
  public let subject: String
  /// The public key in words, such as `EC P-256` or `RSA 3072`.
  public let keyKind: String
  /// Start and end of the validity, in seconds since 1970-01-01 UTC.
  public let notBefore: Int64
  public let notAfter: Int64
  /// Whether the extended key usage names time-stamping and nothing else.
  public let isTimestampOnly: Bool

  let handle: CertificateHandle

  /// Reads exactly one certificate in PEM or DER.
  ///
  /// - Throws: `certificate-invalid`.
  public init(_ bytes: [UInt8]) throws(BuktiError) {
    let all = try Certificate.all(in: bytes)
    guard all.count == 1 else {
      throw BuktiError(.certificateInvalid, "one certificate expected, \(all.count) found")
    }
    self = all[0]
  }

  /// Reads every certificate of a PEM text, or the one of a DER file.
  ///
  /// - Throws: `certificate-invalid` when there is none, or one of them is malformed.
  public static func all(in bytes: [UInt8]) throws(BuktiError) -> [Certificate] {
    let list = unsafe bytes.withUnsafeBufferPointer {
      unsafe bukti_certs_parse($0.baseAddress, $0.count, Int32(maximumCount))
    }
    guard let list = unsafe list else {
      throw BuktiError(.certificateInvalid, "no certificate in PEM or DER")
    }
    return try unsafe CertificateListHandle(owning: list).certificates()
  }

  /// Takes ownership of `pointer`.
  init(owning pointer: OpaquePointer) throws(BuktiError) {
    handle = unsafe CertificateHandle(owning: pointer)
    var from: Int64 = 0
    var to: Int64 = 0
    var key = [CChar](repeating: 0, count: 64)
    guard let der = unsafe takeBytes({ unsafe bukti_cert_der(pointer, $0) }),
      unsafe bukti_cert_validity(pointer, &from, &to) == 1
    else { throw BuktiError(.certificateInvalid, "a certificate with a field that has no meaning") }
    unsafe bukti_cert_key(pointer, &key)
    self.der = der
    fingerprint = LibcryptoSHA256.digest(of: der)
    // A name that cannot be printed is no reason to lose the certificate.
    let subject = unsafe takeBytes { unsafe bukti_cert_subject(pointer, $0) }
    self.subject = String(decoding: subject ?? [], as: UTF8.self)
    keyKind = text(key)
    notBefore = from
    notAfter = to
    isTimestampOnly = unsafe bukti_cert_timestamp_only(pointer) == 1
  }

  /// The certificate in PEM, as `openssl -CAfile` takes it.
  ///
  /// - Throws: `crypto-engine` when out of memory.
  public func pem() throws(BuktiError) -> [UInt8] {
    guard let pem = unsafe takeBytes({ unsafe bukti_cert_pem(handle.pointer, $0) }) else {
      throw BuktiError(.cryptoEngine, "libcrypto could not write PEM")
    }
    return pem
  }
}

extension Certificate {
  /// Whether signatures by its key can count: of a kind and size on the list (spec section 11.3).
  public var hasListedKey: Bool {
    if keyKind.hasPrefix("RSA ") { return Int(keyKind.dropFirst(4)).map { $0 >= 2048 } ?? false }
    let sizes = ["P-256", "P-384", "P-521"] + [256, 320, 384, 512].map { "brainpoolP\($0)" }
    return sizes.contains { keyKind.hasPrefix("EC " + $0) }
  }
}

extension Certificate: Hashable {
  public static func == (a: Certificate, b: Certificate) -> Bool { a.der == b.der }
  public func hash(into hasher: inout Hasher) { hasher.combine(fingerprint) }
}

extension CertificateListHandle {
  /// Every element as a value of its own.
  func certificates() throws(BuktiError) -> [Certificate] {
    var all: [Certificate] = []
    for i in 0..<Int32(count) { all.append(try certificate(i)) }
    return all
  }

  /// The elements whose fields have a meaning.
  func readable() -> [Certificate] {
    (0..<Int32(count)).compactMap { try? certificate($0) }
  }

  private func certificate(_ i: Int32) throws(BuktiError) -> Certificate {
    guard let element = unsafe bukti_certs_at(pointer, i), unsafe bukti_cert_retain(element) == 1
    else { throw BuktiError(.cryptoEngine, "libcrypto lost a certificate") }
    return try unsafe Certificate(owning: element)
  }

  /// A list of the same certificates; nil when out of memory.
  convenience init?(_ certificates: [Certificate]) {
    guard let list = unsafe bukti_certs_new() else { return nil }
    unsafe self.init(owning: list)
    for certificate in certificates {
      guard unsafe bukti_certs_add(list, certificate.handle.pointer) == 1 else { return nil }
    }
  }
}

/// The text before the first NUL.
func text(_ bytes: [CChar]) -> String {
  String(decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
