import BuktiEngines
public import BuktiFormat
public import BuktiStore

extension BundleWriter {
  /// Looks at the end of a bundle without changing anything.
  ///
  /// - Throws: the codes that begin with `preamble-`; `volume-mismatch`; `untrusted-seal`; `damaged`;
  ///   `io`.
  public static func examine(
    _ storage: any Storage, _ acceptance: Acceptance
  ) throws(BuktiError) -> BundleEnd {
    try OpenedEnd(reading: storage, acceptance).summary
  }

  /// Opens a bundle to append to it, and begins a session.
  ///
  /// Only the end is read: the last seal, the tail that it proves, and what follows. Sealed bytes are never
  /// touched. Bytes at the end that are no frames are kept elsewhere and cut off.
  /// - Parameter unsealed: what becomes of records that no accepted seal covers.
  /// - Throws: `unsealed-tail` where there are such records and no decision; `untrusted-seal`; `damaged`;
  ///   `usage` for a decision that cannot be carried out; the codes that begin with `preamble-`;
  ///   `volume-mismatch`; `disk-full`, `io`, `dead`.
  public static func append(
    to storage: any Storage, session: Session, acceptance: Acceptance,
    unsealed: UnsealedDecision = .ask, options: WriterOptions, tornKeeper: any TornKeeper
  ) throws(BuktiError) -> BundleWriter {
    try append(
      to: storage, ownFile: nil, session, acceptance, unsealed, options, tornKeeper)
  }

  /// Opens the bundle at a path; torn bytes go to `PATH.torn-` and the offset where they began.
  ///
  /// - Throws: `not-found`, `locked`, `name-refused`, and what
  ///   `append(to:session:acceptance:unsealed:options:tornKeeper:)` throws.
  public static func append(
    at path: [UInt8], session: Session, acceptance: Acceptance,
    unsealed: UnsealedDecision = .ask, options: WriterOptions
  ) throws(BuktiError) -> BundleWriter {
    let storage = try FileStorage.openForAppending(at: path)
    try requireLastVolume(path)
    let ownFile = try SourceFile.open(at: path).opened.id
    return try append(
      to: storage, ownFile: ownFile, session, acceptance, unsealed, options,
      SideFiles(beside: path))
  }

  /// - Throws: `usage` where a further volume stands beside the file: the end of the bundle is there.
  private static func requireLastVolume(_ path: [UInt8]) throws(BuktiError) {
    let ending = Array(".bukti".utf8)
    guard path.count > ending.count, path.suffix(ending.count) == ending[...] else { return }
    let next = path.dropLast(ending.count) + Array(".v001.bukti".utf8)
    do throws(BuktiError) { _ = try FileStorage.openForReading(at: Array(next)) } catch {
      if error.code == .notFound { return }
    }
    throw BuktiError(.usage, "This version appends to bundles of one volume only.")
  }

  private static func append(
    to storage: any Storage, ownFile: FileID?, _ session: Session, _ acceptance: Acceptance,
    _ unsealed: UnsealedDecision, _ options: WriterOptions, _ keeper: any TornKeeper
  ) throws(BuktiError) -> BundleWriter {
    try session.policy.check()
    let end = try OpenedEnd(reading: storage, acceptance)
    let account = try Account(of: end, unsealed)
    var session = session
    session.extends = end.extends
    session.adopts = account.adopts
    session.refuses = account.refuses
    session.torn = try cutTorn(end, storage, keeper)
    let walk = end.walk
    let appender = FrameAppender(
      storage: storage, bundleID: end.bundleID, number: walk.number, previous: walk.previous,
      offset: walk.index.logicalOffset)
    let log = RecordLog(
      appender: appender, options: options, index: walk.index, ledger: account.ledger,
      marks: walk.marks)
    try log.append(session)
    try appender.sync()
    return BundleWriter(
      log: log, options: options, session: session, ownFile: ownFile,
      withheldBytes: end.withheldBytes)
  }

  /// Copies torn bytes elsewhere, makes that durable, and cuts them off; or finds those that were cut off
  /// here before, when no session came to state it.
  private static func cutTorn(
    _ end: OpenedEnd, _ storage: any Storage, _ keeper: any TornKeeper
  ) throws(BuktiError) -> Torn? {
    let count = end.size - end.tornFrom
    if count == 0 { return try keeper.kept(from: end.tornFrom) }
    let digest = LibcryptoSHA256().start()
    try pieces(end, storage) { (piece) throws(BuktiError) in digest.update(piece.span.raw) }
    let torn = Torn(count: count, sha256: digest.digest())
    if let side = try keeper.place(for: torn, from: end.tornFrom) {
      try pieces(end, storage) { (piece) throws(BuktiError) in try side.append(piece) }
      try side.sync()
    }
    try storage.truncate(to: end.tornFrom)
    try storage.sync()
    return torn
  }

  private static func pieces(
    _ end: OpenedEnd, _ storage: any Storage,
    _ body: ([UInt8]) throws(BuktiError) -> Void
  ) throws(BuktiError) {
    var place = end.tornFrom
    while place < end.size {
      let piece = try storage.read(256 << 10, at: place)
      if piece.isEmpty { throw BuktiError(.io, "The bundle became shorter.", offset: place) }
      try body(piece)
      place += UInt64(piece.count)
    }
  }
}

/// How a session accounts for the records before it ([B-SES-2]).
private struct Account {
  var adopts: Adopts?
  var refuses: Refuses?
  var ledger: Ledger

  init(of end: OpenedEnd, _ decision: UnsealedDecision) throws(BuktiError) {
    let walk = end.walk
    ledger = walk.ledger
    let count = walk.number - walk.base
    if count == 0 { return }
    switch decision {
    case .ask:
      throw BuktiError(
        .unsealedTail,
        "\(count) records from \(walk.base) on are in no accepted seal: adopt or refuse them.",
        record: walk.base)
    case .adopt(let reason, let compared):
      try adopt(walk, before: walk.number, reason, compared)
    case .adoptBefore(let first, let reason, let compared, let refusing):
      try adopt(walk, before: first, reason, compared)
      try refuse(walk, from: first, refusing)
    case .refuse(let reason):
      try refuse(walk, from: walk.base, reason)
    }
  }

  private mutating func adopt(
    _ walk: PartWalk, before first: UInt64, _ reason: String, _ compared: String?
  ) throws(BuktiError) {
    if let seal = walk.strangeSeal, seal < first { throw OpenedEnd.untrusted(seal) }
    guard let boundary = walk.boundary(first), first >= walk.base else {
      throw BuktiError(.usage, "Records can be refused only from a boundary on.", record: first)
    }
    guard boundary.isSound else {
      let words = walk.broken.map { ": \($0)" } ?? ""
      throw BuktiError(.damaged, "What breaks a rule cannot be adopted" + words, record: first)
    }
    ledger = boundary.ledger
    if first == walk.base { return }
    adopts = Adopts(
      first: walk.base, count: first - walk.base, reason: reason, compared: compared)
  }

  private mutating func refuse(
    _ walk: PartWalk, from first: UInt64, _ reason: String
  ) throws(BuktiError) {
    guard let boundary = walk.boundary(first) else {
      throw BuktiError(.usage, "Records can be refused only from a boundary on.", record: first)
    }
    ledger = boundary.ledger
    if first == walk.number { return }
    refuses = Refuses(first: first, count: walk.number - first, reason: reason)
  }
}

extension PartWalk {
  fileprivate func boundary(_ record: UInt64) -> Boundary? {
    boundaries.last { $0.record == record }
  }
}
