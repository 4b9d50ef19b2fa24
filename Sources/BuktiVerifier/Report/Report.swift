public import BuktiFormat
public import BuktiTrust

/// What a verifier says about a bundle (spec section 11).
public struct Report: Sendable {
  public let bundle: BundleFacts
  /// The outcome of each claim.
  public let claims: [Claim: Outcome]
  /// What was not read; nil where the verifier was told to read all.
  public let coverage: Coverage?
  /// In the order of the specification, at most 10,000.
  public let findings: [Finding]
  /// Findings that were counted and not kept.
  public let findingsDropped: UInt64
  /// Codes of all findings, of those that were not kept too: what they do to a claim counts all the same.
  let codes: Set<ErrorCode>
  /// Every seal that no session refused, in their order.
  public let seals: [SealReport]
  /// One answer for each receipt given, in their order.
  public let receipts: [ReceiptReport]
  /// The halves of hand-overs, in the order in which they take part.
  public let halves: [CustodyHalf]
  /// Every log proof that no session refused, in their order.
  public let logProofs: [StoredLogProof]
  /// Every item, if the verifier was told to list them.
  public let listing: ItemListing
  /// Of all records, whether items are listed or not.
  package let standing: RecordStanding
  /// When paths of certificates had to be valid, in seconds since 1970-01-01 UTC.
  public let time: Int64
  /// How many roots and fingerprints the verifier was given.
  public let rootsGiven: Int
  public let pinsGiven: Int

  init(_ pass: Pass) {
    let conclusion = Conclusion(pass)
    let all = pass.findings.standing(without: pass.state.refused) + conclusion.findings
    let dropped = pass.findings.uncounted
    bundle = BundleFacts(pass)
    coverage = pass.coverage.isAsked ? pass.coverage : nil
    findings = Array(all.prefix(FindingList.maximum))
    findingsDropped = dropped.values.reduce(UInt64(all.count - findings.count), +)
    codes = Set(all.map(\.code)).union(dropped.keys)
    claims = Outcome.claims(codes)
    seals = conclusion.seals
    receipts = conclusion.receipts
    halves = conclusion.halves
    logProofs = conclusion.logProofs
    standing = RecordStanding(pass, conclusion.standing)
    listing = ItemListing(pass.listed, standing)
    time = pass.options.time
    rootsGiven = pass.options.roots.count
    pinsGiven = pass.options.pins.count
  }
}

/// What is known of the bundle as a whole.
public struct BundleFacts: Sendable, Equatable {
  public let id: BundleID
  public let volumes: Int
  /// Bytes of all volumes, as they lie there.
  public let bytes: UInt64
  /// Frames taken into chain and tree.
  public let records: UInt64
  /// Items in use at the end; nil where records were lost.
  public let items: UInt64?
  /// Plain bytes of the data decoded, and of gaps.
  public let plainBytes: UInt64
  /// The root over all records; nil where the tree is not known.
  public let root: Hash?
  /// Whether a close ends the evidence, and a seal stands after it.
  public let isClosed: Bool?
  /// Nil where records were lost, as is `isClosed`.
  public let branch: BranchID?
  /// As in the genesis record, if that can be read.
  public let `case`: Genesis.Case?

  init(_ pass: Pass) {
    id = pass.bundleID
    volumes = pass.volume + 1
    bytes = pass.earlierBytes + pass.window.taken
    records = pass.taken
    items = pass.state.isLost ? nil : pass.state.items.nextID - 1
    plainBytes = pass.plainBytes
    root = pass.root
    isClosed = pass.state.isLost ? nil : pass.isClosed
    branch = pass.state.isLost ? nil : pass.state.branch
    self.case = pass.genesis?.case
  }
}

/// What becomes of a claim.
public enum Outcome: String, Sendable {
  case holds
  case fails
  case notEstablished = "not established"

  static func claims(_ codes: some Sequence<ErrorCode>) -> [Claim: Outcome] {
    var claims: [Claim: Outcome] = [:]
    for claim in Claim.allCases { claims[claim] = .holds }
    for code in codes {
      guard let claim = code.claim else { continue }
      switch code.effect {
      case .fails: claims[claim] = .fails
      case .open: if claims[claim] == .holds { claims[claim] = .notEstablished }
      case .exception, .note, nil: break
      }
    }
    return claims
  }
}

/// What becomes of a seal.
public enum SealStatus: String, Sendable {
  case holds
  case fails
  case notEstablished = "not established"
  case adopted
}

/// A seal that no session refused.
public struct SealReport: Sendable, Equatable {
  public let record: UInt64
  /// The root over the records before it as the verifier made it; nil where that is not known.
  public let root: Hash?
  public let status: SealStatus
  public let signatures: [SealSignature]
  /// Signatures that others added later, of attests; they count for no policy.
  public internal(set) var counterSignatures: [CounterSignature] = []

  /// Records that it covers.
  public var size: UInt64 { record }

  init(record: UInt64, root: Hash?, status: SealStatus, signatures: [SealSignature]) {
    self.record = record
    self.root = root
    self.status = status
    self.signatures = signatures
  }
}

/// Why the certificate of a valid signature is trusted.
public enum SignatureTrust: String, Sendable {
  case root
  case pinned
  case unknown
  case notEvaluated = "not evaluated"

  var isTrusted: Bool { self == .root || self == .pinned }
}

/// One signature of a seal.
public struct SealSignature: Sendable, Equatable {
  /// SHA-256 of the signer's certificate in DER.
  public let certificate: Hash?
  /// `valid`, `invalid` or `not evaluated`.
  public let mathematics: String
  /// For the policy of its session.
  public let counts: Bool
  public let trust: SignatureTrust
  public let subject: String?
  public let reason: String

  /// - Parameter note: what is to be said besides the facts.
  init(_ facts: SignatureFacts, counts: Bool, note: String? = nil) {
    certificate = facts.certificate
    mathematics = facts.verdict.rawValue
    self.counts = counts
    trust = facts.trust
    subject = facts.subject
    reason = facts.reason + (note.map { ", " + $0 } ?? "")
  }
}

/// A signature that was added to a seal afterwards.
public struct CounterSignature: Sendable, Equatable {
  /// Number of the attest that holds it.
  public let record: UInt64
  public let signature: SealSignature
}

/// What a receipt came to.
public struct ReceiptReport: Sendable, Equatable {
  public let receipt: Checkpoint
  /// Nil where the receipt holds.
  public let finding: ErrorCode?

  init(_ receipt: Checkpoint, _ finding: ErrorCode?) {
    self.receipt = receipt
    self.finding = finding
  }
}

/// A log's proof that stands in the bundle.
public struct StoredLogProof: Sendable, Equatable {
  /// The attest that holds it.
  public let record: UInt64
  /// Record number of the seal that it is about.
  public let seal: UInt64
  public let said: LogProofReport

  init(record: UInt64, seal: UInt64, said: LogProofReport) {
    self.record = record
    self.seal = seal
    self.said = said
  }
}
