public import BuktiFormat

/// One thing that a verifier has to say about a proof of a part.
public struct ProofFinding: Sendable, Equatable {
  public let code: ErrorCode
  public let record: UInt64?

  init(_ code: ErrorCode, record: UInt64? = nil) {
    self.code = code
    self.record = record
  }

  /// The claim that it belongs to.
  public var claim: ProofClaim { code.proofClaim ?? .included }
  /// What it does to the claim.
  public var effect: Effect { code.proofEffect ?? .fails }
}

/// What a verifier says about a proof of a part (spec/proof.md).
public struct ProofReport: Sendable {
  /// The outcome of each claim.
  public let claims: [ProofClaim: Outcome]
  /// In the order of the specification.
  public let findings: [ProofFinding]
  /// What the proof is about; nil where it is not included.
  public let subject: ProofSubject?
  /// None where the proof is not included.
  public let signatures: [SealSignature]
  /// One answer for each receipt given, in their order; none where the proof is not included.
  public let receipts: [ReceiptReport]
  /// The checkpoint as the proof holds it: what openssl is given as content.
  public let checkpoint: [UInt8]
  /// The CMS signatures as the proof holds them.
  public let cms: [[UInt8]]
  /// When paths of certificates had to be valid, in seconds since 1970-01-01 UTC.
  public let time: Int64
  /// How many roots and fingerprints the verifier was given.
  public let rootsGiven: Int
  public let pinsGiven: Int

  init(_ body: ProofBody, _ failure: ProofFinding, _ options: VerificationOptions) {
    self.init(body, [failure], options)
  }

  init(_ reading: ProofReading, _ judgement: ProofJudgement, _ options: VerificationOptions) {
    self.init(
      reading.body, judgement.findings, options, subject: ProofSubject(reading),
      signatures: judgement.signatures, receipts: judgement.receipts)
  }

  private init(
    _ body: ProofBody, _ findings: [ProofFinding], _ options: VerificationOptions,
    subject: ProofSubject? = nil, signatures: [SealSignature] = [],
    receipts: [ReceiptReport] = []
  ) {
    self.findings = findings
    self.subject = subject
    self.signatures = signatures
    self.receipts = receipts
    claims = Self.claims(findings, isIncluded: subject != nil)
    checkpoint = body.checkpoint
    cms = body.signatures
    time = options.time
    rootsGiven = options.roots.count
    pinsGiven = options.pins.count
  }

  private static func claims(
    _ findings: [ProofFinding], isIncluded: Bool
  ) -> [ProofClaim: Outcome] {
    var claims: [ProofClaim: Outcome] = [:]
    for claim in ProofClaim.allCases {
      let effects = findings.filter { $0.claim == claim }.map(\.effect)
      claims[claim] =
        if effects.contains(.fails) { .fails } else if !isIncluded || effects.contains(.open) {
          .notEstablished
        } else { .holds }
    }
    return claims
  }

  /// The exit status of a command, as for a report on a bundle.
  public func exitCode(asked: Set<ProofClaim>, requireWhole: Bool = false) -> Int32 {
    if asked.contains(where: { claims[$0] == .fails }) { return 1 }
    if requireWhole, findings.contains(where: { $0.effect == .exception }) { return 1 }
    return asked.allSatisfy { claims[$0] == .holds } ? 0 : 2
  }
}

/// What an included proof is about.
public struct ProofSubject: Sendable {
  public let bundleID: BundleID
  public let branch: BranchID?
  /// Records that the seal covers, which is its record number.
  public let records: UInt64
  /// The root over them.
  public let root: Hash
  /// As in the genesis record, where the proof shows it.
  public let `case`: Genesis.Case?
  /// The session in force at the seal, and its record number.
  public let session: Session
  public let sessionRecord: UInt64
  public let itemID: UInt64
  /// Number of the item record.
  public let itemRecord: UInt64
  /// Nil where it is withheld.
  public let item: Item?
  public let range: ProofRange?
  /// Of the bytes of the range.
  public let rangeSHA256: Hash?

  init(_ reading: ProofReading) {
    bundleID = reading.bundleID
    branch = reading.checkpoint.branch
    records = reading.size
    root = reading.checkpoint.root
    self.case = reading.genesis?.case
    session = reading.links[0].session
    sessionRecord = reading.links[0].record
    itemID = reading.itemRecord.core.itemID
    itemRecord = reading.itemRecord.number
    item = reading.item
    range = reading.frames.range
    rangeSHA256 = reading.frames.sha256
  }
}
