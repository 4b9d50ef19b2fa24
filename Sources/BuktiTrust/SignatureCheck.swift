public import BuktiFormat
import CBuktiCrypto

/// Judges the CMS signatures over a checkpoint.
public enum SignatureCheck {
  /// Judges every signature of `cms` over `content`; bad input is a finding, never an error.
  ///
  /// More signers or certificates than `Limits` has are refused, because their product is the work.
  ///
  /// - Parameters:
  ///   - cms: DER or BER, as received.
  ///   - roots: the verifier's own; certificates in the CMS only help to build a path.
  ///   - pins: SHA-256 fingerprints of certificates that the verifier trusts directly.
  ///   - time: when paths must be valid, in seconds since 1970-01-01 UTC.
  public static func evaluate(
    cms bytes: [UInt8], content: [UInt8], roots: [Certificate], pins: Set<Hash>, at time: Int64
  ) -> SignatureReport {
    guard bytes.count <= Limits.maxCMSLength else { return .refused(.tooMany) }
    guard let shape = SignatureShape(bytes) else { return .refused(.malformed) }
    let parsed = unsafe bytes.withUnsafeBufferPointer {
      unsafe bukti_cms_parse($0.baseAddress, $0.count)
    }
    guard let parsed = unsafe parsed else { return .refused(.malformed) }
    let cms = unsafe CMSHandle(owning: parsed)
    guard unsafe bukti_cms_attached(cms.pointer) == 0 else { return .refused(.attached) }
    guard unsafe bukti_cms_is_data(cms.pointer) == 1 else { return .refused(.notData) }
    guard shape.signers <= Limits.maxSigners, shape.certificates <= Limits.maxCertificates else {
      return .refused(.tooMany)
    }
    guard let list = unsafe bukti_cms_certs(cms.pointer) else { return .refused(.malformed) }
    let included = unsafe CertificateListHandle(owning: list)
    let signers = unsafe bukti_cms_signers(cms.pointer)
    let certificates = included.readable()
    guard let rootList = CertificateListHandle(roots),
      let known = CertificateListHandle(certificates)
    else { return .refused(.malformed) }
    let path = PathQuestion(roots: rootList, others: included, pins: pins, time: time)
    let reports = (0..<signers).map { judge($0, of: cms, content: content, known: known, path) }
    return SignatureReport(refused: nil, signers: reports, certificates: certificates)
  }

  private static func judge(
    _ number: Int32, of cms: CMSHandle, content: [UInt8], known: CertificateListHandle,
    _ path: PathQuestion
  ) -> SignerReport {
    var out = unsafe bukti_signer()
    let found = unsafe content.withUnsafeBufferPointer {
      unsafe bukti_cms_signer(
        cms.pointer, number, $0.baseAddress, $0.count, known.pointer, &out)
    }
    precondition(found == 1, "a signer that was counted is there")
    var certificate: Certificate?
    if let pointer = unsafe out.cert { certificate = try? unsafe Certificate(owning: pointer) }
    let bits = unsafe out.defects
    let defects = signerDefects.filter { bits & $0.0 != 0 }.map { $0.1 }
    return SignerReport(
      mathematics: mathematics(unsafe out.mathematics, defects), defects: defects,
      certificate: certificate,
      fingerprint: unsafe certificate?.fingerprint ?? named(out),
      hasSigningCertificate: bits & BUKTI_NO_ESS.rawValue == 0,
      claimedTime: unsafe out.has_time == 1 ? unsafe out.time : nil,
      digestAlgorithm: unsafe withUnsafeBytes(of: &out.digest) { unsafe text($0) },
      signatureAlgorithm: unsafe withUnsafeBytes(of: &out.signature) { unsafe text($0) },
      trust: path.trust(in: certificate))
  }

  /// The certificate that ESS names in SHA-256.
  private static func named(_ signer: bukti_signer) -> Hash? {
    guard unsafe signer.has_named == 1 else { return nil }
    return unsafe withUnsafeBytes(of: signer.named) { unsafe Hash(bytes: $0) }
  }

  private static func mathematics(_ value: Int32, _ defects: [SignatureDefect]) -> Mathematics {
    switch UInt32(bitPattern: value) {
    case BUKTI_VALID.rawValue: .valid
    case BUKTI_CONTENT_DIFFERS.rawValue: .contentDiffers
    case BUKTI_SIGNATURE_WRONG.rawValue: .signatureWrong
    default: .notEvaluated(defects)
    }
  }

  private static let signerDefects: [(UInt32, SignatureDefect)] = [
    (BUKTI_NO_SIGNED_ATTRS.rawValue, .noSignedAttributes),
    (BUKTI_BAD_SIGNED_ATTRS.rawValue, .badSignedAttributes),
    (BUKTI_NO_ESS.rawValue, .noSigningCertificate),
    (BUKTI_NO_CERT.rawValue, .noCertificate),
    (BUKTI_OTHER_ID.rawValue, .otherIdentifier),
    (BUKTI_USES_MD5.rawValue, .md5),
    (BUKTI_USES_SHA1.rawValue, .sha1),
    (BUKTI_SHORT_RSA.rawValue, .shortRSA),
    (BUKTI_UNKNOWN_ALGORITHM.rawValue, .unknownAlgorithm),
    (BUKTI_TIMESTAMP_ONLY.rawValue, .timestampOnly),
    (BUKTI_KEY_USAGE.rawValue, .keyUsage),
    (BUKTI_ALGORITHMS_DIFFER.rawValue, .algorithmsDiffer),
    (BUKTI_WEAK_CURVE.rawValue, .weakCurve),
  ]
}

/// What every certificate of one CMS is asked about trust.
private struct PathQuestion {
  let roots: CertificateListHandle
  let others: CertificateListHandle
  let pins: Set<Hash>
  let time: Int64

  func trust(in certificate: Certificate?) -> CertificateTrust {
    guard let certificate else { return .unknown("the signer's certificate is not at hand") }
    var root: OpaquePointer?
    var why: UnsafePointer<CChar>?
    let found = unsafe bukti_cert_path(
      certificate.handle.pointer, roots.pointer, others.pointer, time, &root, &why)
    if found == 1, let root = unsafe root, let top = try? unsafe Certificate(owning: root) {
      return .root(top, .notChecked)
    }
    if pins.contains(certificate.fingerprint) { return .pinned }
    return .unknown(unsafe why.map { unsafe String(cString: $0) } ?? "no path")
  }
}

extension SignatureReport {
  fileprivate static func refused(_ defect: SignatureDefect) -> SignatureReport {
    SignatureReport(refused: defect, signers: [], certificates: [])
  }
}

/// The text before the first NUL.
private func text(_ bytes: UnsafeRawBufferPointer) -> String {
  unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
}
