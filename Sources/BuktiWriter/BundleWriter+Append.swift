import BuktiEngines
public import BuktiFormat
public import BuktiStore

/// Gives a place of its own to bytes that are cut off the end of a bundle; nil where they are kept there
/// already.
public typealias TornKeeper = (_ sha256: Hash, _ count: UInt64) throws(BuktiError) -> (
  any Storage
)?

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
    unsealed: UnsealedDecision = .ask, options: WriterOptions, keepTorn: TornKeeper
  ) throws(BuktiError) -> BundleWriter {
    try append(
      to: storage, ownFile: nil, session, acceptance, unsealed, options, keepTorn)
  }

  /// Opens the bundle at a path; torn bytes go to `PATH.torn-` and eight digits of their digest.
  ///
  /// - Throws: `not-found`, `locked`, `name-refused`, and what
  ///   `append(to:session:acceptance:unsealed:options:keepTorn:)` throws.
  public static func append(
    at path: [UInt8], session: Session, acceptance: Acceptance,
    unsealed: UnsealedDecision = .ask, options: WriterOptions
  ) throws(BuktiError) -> BundleWriter {
    let storage = try FileStorage.openForAppending(at: path)
    try requireLastVolume(path)
    let ownFile = try SourceFile.open(at: path).opened.id
    return try append(to: storage, ownFile: ownFile, session, acceptance, unsealed, options) {
      (sha256, count) throws(BuktiError) in
      try SideFile(path + Array(".torn-\(sha256.hex.prefix(8))".utf8)).place(sha256, count)
    }
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
    _ unsealed: UnsealedDecision, _ options: WriterOptions, _ keepTorn: TornKeeper
  ) throws(BuktiError) -> BundleWriter {
    try session.policy.check()
    let end = try OpenedEnd(reading: storage, acceptance)
    let account = try Account(of: end, unsealed)
    var session = session
    session.extends = end.extends
    session.adopts = account.adopts
    session.refuses = account.refuses
    session.torn = try cutTorn(end, storage, keepTorn)
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

  /// Copies torn bytes elsewhere, makes that durable, and cuts them off.
  private static func cutTorn(
    _ end: OpenedEnd, _ storage: any Storage, _ keepTorn: TornKeeper
  ) throws(BuktiError) -> Torn? {
    let count = end.size - end.tornFrom
    if count == 0 { return nil }
    let digest = LibcryptoSHA256().start()
    try pieces(end, storage) { (piece) throws(BuktiError) in digest.update(piece.span.raw) }
    let sha256 = digest.digest()
    if let side = try keepTorn(sha256, count) {
      try pieces(end, storage) { (piece) throws(BuktiError) in try side.append(piece) }
      try side.sync()
    }
    try storage.truncate(to: end.tornFrom)
    try storage.sync()
    return Torn(count: count, sha256: sha256)
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

/// The file beside a bundle that keeps bytes cut off it.
private struct SideFile {
  let path: [UInt8]

  init(_ path: [UInt8]) { self.path = path }

  /// A new file, or nil where these very bytes are kept already: a recovery that was interrupted.
  func place(_ sha256: Hash, _ count: UInt64) throws(BuktiError) -> (any Storage)? {
    var path = path
    for _ in 0..<8 {
      do throws(BuktiError) { return try FileStorage.create(at: path) } catch {
        guard error.code == .exists else { throw error }
      }
      if try holds(sha256, count, path) { return nil }
      // Another file has the name, perhaps one that a crash cut short: it stays as it is.
      path += Array("-again".utf8)
    }
    throw BuktiError(.exists, "There is no name left for the bytes to be cut off.")
  }

  private func holds(
    _ sha256: Hash, _ count: UInt64, _ path: [UInt8]
  ) throws(BuktiError) -> Bool {
    let storage = try FileStorage.openForReading(at: path)
    guard try storage.size() == count else { return false }
    let digest = LibcryptoSHA256().start()
    var place: UInt64 = 0
    while place < count {
      let piece = try storage.read(256 << 10, at: place)
      if piece.isEmpty { return false }
      digest.update(piece.span.raw)
      place += UInt64(piece.count)
    }
    guard digest.digest() == sha256 else { return false }
    // Whoever wrote them may have died before they were durable.
    try FileStorage.openForAppending(at: path).sync()
    return true
  }
}
