public import BuktiFormat
public import BuktiTrust

/// Whose seals the operator goes on from ([B-SES-1]).
///
/// Anybody can append a seal of his own to a bundle: what it stands on counts only if the operator knows
/// its signer.
public struct Acceptance: Sendable {
  /// Certificates whose holders are accepted, by the fingerprint of each or by a path to one.
  public var trustList: [Certificate] = []
  /// The certificates of the keys that will seal now.
  public var ownCertificates: Set<Hash> = []
  /// Fingerprints that the operator compared by hand.
  public var confirmed: Set<Hash> = []
  /// When paths must be valid, in seconds since 1970.
  public var time: Int64
  /// Goes back to the last seal that is accepted; everything after it must be refused.
  public var goesBack = false
  /// Asked for each record after the seal that is gone on from, which may be many; true ends the look
  /// with `interrupted`.
  public var isCancelled: @Sendable () -> Bool = { false }

  public init(time: Int64) { self.time = time }

  /// Those whose seal is accepted, ascending, and why.
  typealias Accepted = (signers: [Hash], because: AcceptedBecause)

  /// Who of those that signed a seal is accepted, and why; nil for nobody.
  func judge(_ seal: Seal) -> Accepted? {
    var found: [AcceptedBecause: Set<Hash>] = [:]
    for report in reports(of: seal) {
      for signer in report.signers where signer.verdict == .valid {
        guard let certificate = signer.certificate else { continue }
        guard let because = why(certificate.fingerprint, signer.trust) else { continue }
        found[because, default: []].insert(certificate.fingerprint)
      }
    }
    for because in AcceptedBecause.allCases {
      guard let signers = found[because] else { continue }
      return (signers.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }, because)
    }
    return nil
  }

  func reports(of seal: Seal) -> [SignatureReport] {
    let pins = Set(trustList.map(\.fingerprint))
    return seal.signatures.map {
      SignatureCheck.evaluate(
        cms: $0, content: seal.checkpoint, roots: trustList, pins: pins, at: time)
    }
  }

  private func why(_ fingerprint: Hash, _ trust: CertificateTrust) -> AcceptedBecause? {
    switch trust {
    case .root, .pinned: return .trustList
    case .unknown: break
    }
    if ownCertificates.contains(fingerprint) { return .sameSigner }
    return confirmed.contains(fingerprint) ? .fingerprint : nil
  }
}

/// What is to become of records that no accepted seal covers.
public enum UnsealedDecision: Sendable {
  /// Nothing is appended while there are any: `unsealed-tail`.
  case ask
  /// The operator answers for all of them.
  /// - Parameter compared: what was read again and compared.
  case adopt(reason: String, compared: String? = nil)
  /// The operator answers for those before a record, which begins the ones that are refused.
  case adoptBefore(UInt64, reason: String, compared: String? = nil, refusing: String)
  /// They mean nothing from now on.
  case refuse(reason: String)
}
