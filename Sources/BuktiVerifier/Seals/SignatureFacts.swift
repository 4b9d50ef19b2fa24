import BuktiFormat
import BuktiTrust

/// One signature of a seal, judged apart from its session's policy.
struct SignatureFacts {
  /// SHA-256 of the signer's certificate; nil where it is not known.
  let certificate: Hash?
  let verdict: SignatureVerdict
  let trust: SignatureTrust
  /// The subject of the certificate, for people.
  let subject: String?
  /// Why it is what it is, for people.
  let reason: String
}

extension Pass {
  func evaluate(_ seal: BuktiFormat.Seal) -> [SignatureFacts] {
    SignatureFacts.all(seal.signatures, over: seal.checkpoint, options)
  }
}

extension SignatureFacts {
  /// The mathematics and the trust of each signature (spec section 11.3).
  static func all(
    _ signatures: [[UInt8]], over checkpoint: [UInt8], _ options: VerificationOptions
  ) -> [SignatureFacts] {
    signatures.flatMap { cms in
      let report = SignatureCheck.evaluate(
        cms: cms, content: checkpoint, roots: options.roots, pins: options.pins, at: options.time)
      if !report.signers.isEmpty { return report.signers.map { SignatureFacts($0) } }
      let reason = report.refused?.rawValue ?? "nobody signed"
      return [
        SignatureFacts(
          certificate: nil, verdict: report.verdict, trust: .notEvaluated, subject: nil,
          reason: reason)
      ]
    }
  }
}

extension SignatureFacts {
  fileprivate init(_ signer: SignerReport) {
    certificate = signer.hasSigningCertificate ? signer.fingerprint : nil
    verdict = signer.verdict
    subject = signer.certificate?.subject
    trust =
      switch signer.trust {
      case _ where signer.verdict != .valid: .notEvaluated
      case .root: .root
      case .pinned: .pinned
      case .unknown: .unknown
      }
    reason = signer.words
  }
}

extension SignerReport {
  /// Algorithms, defects and trust in words.
  fileprivate var words: String {
    var words = ["\(signatureAlgorithm) with \(digestAlgorithm)"]
    switch mathematics {
    case .valid: break
    case .contentDiffers: words.append("signs another checkpoint")
    case .signatureWrong: words.append("does not fit the certificate's key")
    case .notEvaluated: words.append("not calculated")
    }
    words += defects.map(\.rawValue)
    if let certificate {
      let from = UTC.text(seconds: certificate.notBefore)
      words.append("certificate valid \(from) to \(UTC.text(seconds: certificate.notAfter))")
    }
    if let claimedTime { words.append("says it was signed \(UTC.text(seconds: claimedTime))") }
    guard verdict == .valid else { return words.joined(separator: ", ") }
    switch trust {
    case .root(let root, let revocation):
      words.append("path to \(root.subject)")
      words.append(revocation.rawValue)
    case .pinned: words.append("fingerprint given, dates not enforced")
    case .unknown(let why): words.append(why)
    }
    return words.joined(separator: ", ")
  }
}
