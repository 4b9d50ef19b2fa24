public import BuktiFormat

/// Why a signature, or a whole CMS, does not count; raw values are stable.
public enum SignatureDefect: String, Sendable, CaseIterable {
  // The whole CMS.
  case malformed = "cms-malformed"
  case attached = "cms-content-attached"
  case notData = "cms-content-type"
  case tooMany = "cms-too-many"
  // One signer.
  case noSignedAttributes = "signed-attributes-missing"
  case badSignedAttributes = "signed-attributes-invalid"
  case noSigningCertificate = "signing-certificate-missing"
  case noCertificate = "certificate-missing"
  case otherIdentifier = "signer-identifier-differs"
  case md5 = "algorithm-md5"
  case sha1 = "algorithm-sha1"
  case shortRSA = "algorithm-rsa-short"
  case weakCurve = "algorithm-curve-weak"
  case unknownAlgorithm = "algorithm-unknown"
  case algorithmsDiffer = "algorithms-differ"
  case timestampOnly = "certificate-timestamp-only"
  case keyUsage = "certificate-key-usage"
}

/// What the arithmetic says about one signature.
public enum Mathematics: Sendable, Equatable {
  case valid
  /// The message digest is not that of the content.
  case contentDiffers
  /// The signature does not fit the signed attributes and the certificate's key.
  case signatureWrong
  /// Not calculated, because of these.
  case notEvaluated([SignatureDefect])
}

/// What one signature counts for (spec section 11.3).
public enum SignatureVerdict: String, Sendable {
  case valid
  /// The arithmetic fails, or a rule is broken that no later version will allow.
  case invalid
  /// An algorithm that is not on the list, or a certificate that is not at hand.
  case notEvaluated = "not evaluated"
}

/// Whether revocation was looked at; stated with every path.
public enum Revocation: String, Sendable {
  case notChecked = "revocation not checked"
}

/// Why a signer's certificate is trusted.
public enum CertificateTrust: Sendable, Equatable {
  /// A path to a root that the verifier was given holds at the stated time.
  case root(Certificate, Revocation)
  /// The fingerprint is one that the verifier was given; validity dates are not enforced.
  case pinned
  /// Neither; the words say why there is no path.
  case unknown(String)
}

/// One signature, judged apart from the others.
public struct SignerReport: Sendable {
  public let mathematics: Mathematics
  /// Every defect found; a signature with one does not count, whatever the arithmetic says.
  public let defects: [SignatureDefect]
  /// The signer's certificate, by ESS signing-certificate-v2, or by issuer and serial when there is none.
  public let certificate: Certificate?
  /// SHA-256 of the signer's certificate, also where only ESS names it and it is not at hand.
  public let fingerprint: Hash?
  /// Whether there is a well-formed ESS signing-certificate-v2 attribute.
  public let hasSigningCertificate: Bool
  /// The claimed signing time, in seconds since 1970-01-01 UTC.
  public let claimedTime: Int64?
  public let digestAlgorithm: String
  public let signatureAlgorithm: String
  public let trust: CertificateTrust

  /// Arithmetic and rules together; trust is a separate question.
  public var verdict: SignatureVerdict {
    if mathematics == .valid && defects.isEmpty { return .valid }
    if case .notEvaluated(let why) = mathematics, why.contains(.unknownAlgorithm),
      why.allSatisfy({ $0 == .unknownAlgorithm || $0 == .otherIdentifier })
    {
      return .notEvaluated
    }
    return .invalid
  }

  /// Whether the arithmetic holds and no rule is broken.
  public var isSound: Bool { verdict == .valid }

  /// Whether the signature is sound and its certificate trusted.
  public var isAccepted: Bool {
    if case .unknown = trust { return false }
    return isSound
  }
}

/// The judgement of one CMS SignedData.
public struct SignatureReport: Sendable {
  /// Why nothing in it was evaluated; nil when `signers` speaks.
  public let refused: SignatureDefect?
  /// What a refused CMS counts for: one that is too large might be right (spec section 11.6).
  public var verdict: SignatureVerdict { refused == .tooMany ? .notEvaluated : .invalid }
  /// In the order of the CMS; may be empty.
  public let signers: [SignerReport]
  /// The certificates that came along, the signers' included; ones without a meaning are left out.
  public let certificates: [Certificate]
}
