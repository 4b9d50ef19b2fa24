import BuktiEngines
public import BuktiFormat
public import BuktiStore

/// A seal that is still to come: the bundle ends in a tail, and the session in force waits for signatures that are
/// made elsewhere.
public struct PendingSeal: Sendable {
  /// What is to be signed.
  public let checkpoint: Checkpoint
  /// The session whose policy the seal has to meet, and the number of its record.
  public let session: Session
  public let sessionRecord: UInt64
  /// Number of the first record that no seal covers yet.
  public let base: UInt64
  /// Those records, at most the first 10,000.
  public let records: [UnsealedRecord]
  /// Bytes behind the tail that are no record, as a seal leaves that was torn by a power cut.
  public let tornBytes: UInt64

  /// Looks at the end of the bundle of which one volume is at a path, under its lock, and changes nothing.
  ///
  /// - Returns: nil where the last seal covers all records.
  /// - Throws: `unsealed-tail` where there are unsealed records that a session must account for first; `damaged`,
  ///   `not-found`, `locked`, `name-refused`, `usage`, `io`; the refusals of what is no bundle.
  public static func find(
    at path: [UInt8], elsewhere: [[UInt8]] = []
  ) throws(BuktiError) -> PendingSeal? {
    try find(in: LockedVolumes(at: path, elsewhere: elsewhere, isLastWritten: false).storages)
  }

  /// Looks at the end of a bundle, all of whose volumes are given in order.
  ///
  /// - Throws: as the other method.
  public static func find(in volumes: [any Storage]) throws(BuktiError) -> PendingSeal? {
    try PendingEnd(reading: volumes)?.seal
  }
}

/// The end of a bundle that waits for a seal.
struct PendingEnd {
  /// So many seals are looked at for the one that the session extends: others can only have been refused by it.
  private static let mostSeals = 64

  let end: OpenedEnd
  let seal: PendingSeal

  /// - Returns: nil where nothing is unsealed.
  /// - Throws: `unsealed-tail`, `damaged`, `io`; the refusals of what is no bundle.
  init?(reading storages: [any Storage]) throws(BuktiError) {
    let reader = try RecordReader(
      opening: storages, sha256: LibcryptoSHA256(), deflate: FastDeflate())
    let (end, base) = try Self.end(reader)
    let walk = end.walk
    if walk.number == walk.base { return nil }
    guard walk.broken == nil, walk.lastType == .tail else {
      throw BuktiError(
        .unsealedTail,
        "The unsealed records do not end as they must to be sealed: a session has to account for them.",
        record: walk.base)
    }
    var session = walk.session
    if session == nil, let base, let index = walk.stored.index {
      // Seals on the way are by the same session; one that is by nobody of its policy is a stranger's.
      let found = try index.content(Session.self, of: walk.ledger.session)
      var acceptance = Acceptance(time: 0)
      acceptance.ownCertificates = Set(found.policy.certificates)
      guard try acceptance.judge(base, reader) != nil else {
        throw OpenedEnd.untrusted(base.checkpoint.size)
      }
      session = found
    }
    guard let session else { throw BuktiError(.grammarSession, record: walk.base) }
    self.end = end
    seal = PendingSeal(
      checkpoint: Checkpoint(
        bundleID: end.bundleID, branch: walk.ledger.branch, size: walk.number,
        root: walk.index.frontier.root(using: LibcryptoSHA256())),
      session: session, sessionRecord: walk.ledger.session, base: walk.base,
      records: walk.records, tornBytes: end.tornBytes)
  }

  /// Reads what follows the seal that the sessions behind it extend.
  ///
  /// Whose seal that is was for those to judge who opened the sessions: what is signed now covers their word.
  private static func end(
    _ reader: RecordReader
  ) throws(BuktiError) -> (OpenedEnd, SealedEnd?) {
    var place: UInt64?
    for _ in 0..<mostSeals {
      guard let base = try reader.lastSeal(before: place) else {
        return (try OpenedEnd(reader, after: nil), nil)
      }
      place = base.sealRecord.address
      guard OpenedEnd.canBeMeant(base) else { continue }
      let end = try OpenedEnd(reader, after: base)
      if end.walk.broken?.code != .sessionExtends { return (end, base) }
    }
    throw BuktiError(.damaged, "Too many seals follow the one that the last session extends.")
  }
}
