public import BuktiFormat

/// One thing that a verifier has to say, and where.
public struct Finding: Sendable, Equatable {
  public let code: ErrorCode
  public let record: UInt64?
  /// Position of the volume in the bundle, 0 first.
  public let volume: Int?
  /// Physical offset in that volume, in bytes.
  public let offset: UInt64?
  /// In bytes or records, as the code has it (spec section 11.6).
  public let length: UInt64?
  public let item: UInt64?

  init(
    _ code: ErrorCode, record: UInt64? = nil, at place: Place? = nil, length: UInt64? = nil,
    item: UInt64? = nil
  ) {
    self.code = code
    self.record = record
    volume = place?.volume
    offset = place?.offset
    self.length = length
    self.item = item
  }

  /// The claim that it belongs to.
  public var claim: Claim { code.claim ?? .intact }
  /// What it does to the claim.
  public var effect: Effect { code.effect ?? .fails }
}

/// Where a frame begins.
struct Place: Sendable, Equatable {
  let volume: Int
  let offset: UInt64
}

/// Findings in the order in which they are made; some are withdrawn later.
struct FindingList {
  /// As many as are kept ([B-DMG-9]).
  static let maximum = 10_000

  private struct Entry {
    let finding: Finding
    /// The record that it is about, if the refusal of that record withdraws it ([B-SES-4]).
    let owner: UInt64?
    /// The session that withdraws it ([B-SES-7]), unless that is refused itself.
    var withdrawnBy: UInt64?
  }

  private var entries: [Entry] = []
  private var dropped: [ErrorCode: UInt64] = [:]

  /// Adds a finding and returns its place in the list; nil when it is counted only.
  @discardableResult
  mutating func add(_ finding: Finding, owner: UInt64? = nil) -> Int? {
    guard entries.count < Self.maximum else {
      dropped[finding.code, default: 0] += 1
      return nil
    }
    entries.append(Entry(finding: finding, owner: owner))
    return entries.count - 1
  }

  mutating func withdraw(_ place: Int, by session: UInt64) {
    entries[place].withdrawnBy = session
  }

  /// What is left when the records of `refused` mean nothing.
  func standing(without refused: RecordRanges) -> [Finding] {
    entries.filter { entry in
      if let session = entry.withdrawnBy, !refused.contains(session) { return false }
      return entry.owner.map { !refused.contains($0) } ?? true
    }.map(\.finding)
  }

  /// Codes and numbers of those that were not kept.
  var uncounted: [ErrorCode: UInt64] { dropped }
}
