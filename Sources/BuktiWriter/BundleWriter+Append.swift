public import BuktiFormat
public import BuktiStore

extension BundleWriter {
  /// Looks at the end of a bundle without changing anything.
  ///
  /// - Parameter volumes: all volumes, in order.
  /// - Parameter acceptance: whose seals are gone on from.
  /// - Throws: the codes that begin with `preamble-`; `volume-mismatch`; `untrusted-seal`; `damaged`;
  ///   `interrupted`, `io`.
  public static func examine(
    _ volumes: [any Storage], _ acceptance: Acceptance
  ) throws(BuktiError) -> BundleEnd {
    try OpenedEnd(reading: volumes, acceptance).summary
  }

  /// Looks at the end of a bundle of one volume.
  ///
  /// - Throws: as the other method.
  public static func examine(
    _ storage: any Storage, _ acceptance: Acceptance
  ) throws(BuktiError) -> BundleEnd {
    try examine([storage], acceptance)
  }

  /// Looks at the end of the bundle of which one volume is at a path, under its lock.
  ///
  /// - Throws: `not-found`, `locked`, `name-refused`, `usage`, and what `examine(_:_:)` throws.
  public static func examine(
    at path: [UInt8], elsewhere: [[UInt8]] = [], _ acceptance: Acceptance
  ) throws(BuktiError) -> BundleEnd {
    try examine(
      LockedVolumes(at: path, elsewhere: elsewhere, isLastWritten: false).storages, acceptance)
  }

  /// Opens a bundle of one volume to append to it, and begins a session.
  ///
  /// - Throws: as the other method.
  public static func append(
    to storage: any Storage, session: Session, acceptance: Acceptance,
    unsealed: UnsealedDecision = .ask, options: WriterOptions, tornKeeper: any TornKeeper
  ) throws(BuktiError) -> BundleWriter {
    try append(
      to: [storage], session: session, acceptance: acceptance, unsealed: unsealed,
      options: options, tornKeeper: tornKeeper)
  }

  /// Opens a bundle to append to it, and begins a session.
  ///
  /// Only the end is read: the last seal, the tail that it proves, and what follows. Sealed bytes are never
  /// touched. Bytes at the end that are no frames are kept elsewhere and cut off.
  /// - Parameters:
  ///   - volumes: all volumes, in order; only the last one is written to.
  ///   - further: makes the next ones; without it the last volume takes everything.
  ///   - beginsVolume: whether the session begins a new volume, and those before it stay as they are, torn
  ///     bytes and all.
  ///   - unsealed: what becomes of records that no accepted seal covers.
  ///   - session: what the session says of itself.
  ///   - options: how the writer works.
  ///   - acceptance: whose seals are gone on from.
  ///   - tornKeeper: keeps the bytes that are cut off.
  /// - Throws: `unsealed-tail` where there are such records and no decision; `untrusted-seal`; `damaged`;
  ///   `usage` for a decision that cannot be carried out; the codes that begin with `preamble-`;
  ///   `volume-mismatch`; `disk-full`, `io`, `dead`.
  public static func append(
    to volumes: [any Storage], further: (any VolumeFactory)? = nil, beginsVolume: Bool = false,
    session: Session, acceptance: Acceptance, unsealed: UnsealedDecision = .ask,
    options: WriterOptions, tornKeeper: any TornKeeper
  ) throws(BuktiError) -> BundleWriter {
    try session.policy.check()
    let end = try OpenedEnd(reading: volumes, acceptance)
    guard !beginsVolume || end.lastVolume + 1 == volumes.count else {
      throw BuktiError(
        .usage, "Volume \(volumes.count - 1) holds no record yet: go on in that one, or remove it.")
    }
    let account = try Account(of: end, unsealed)
    try account.requireRoomForMarks()
    var session = session
    session.extends = end.extends
    session.adopts = account.adopts
    session.refuses = account.refuses
    let walk = end.walk
    session.volumeSize = options.volumeSize ?? walk.ledger.volumeSize
    let torn = TornBytes(end: end, volumes: volumes, keeper: tornKeeper)
    session.torn = try beginsVolume ? torn.leave() : torn.cut()
    let log = try end.log(
      volumes, further, limit: session.volumeSize, options: options, ledger: account.ledger)
    let appender = log.appender
    if beginsVolume { try appender.beginVolume(room: appender.volumes.sealRoom) }
    try log.append(session)
    try appender.sync()
    return BundleWriter(
      log: log, options: options, session: session, ownFiles: further as? VolumeFiles,
      withheldBytes: end.withheldBytes, stored: walk.stored)
  }

  /// Opens the bundle of which one volume is at a path.
  ///
  /// Torn bytes go to a file beside their volume: its path, `.torn-` and the offset where they began.
  /// - Parameters:
  ///   - elsewhere: volumes that do not stand beside it, and folders to look in.
  ///   - nextVolume: a folder, or the path of a new volume that the session begins, as where a disk is full;
  ///     the volumes before stay as they are.
  ///   - unsealed: what becomes of records that no accepted seal covers.
  ///   - path: of the bundle, in bytes.
  ///   - acceptance: whose seals are gone on from.
  ///   - session: what the session says of itself.
  ///   - options: how the writer works.
  /// - Throws: `not-found`, `locked`, `name-refused`, and what the methods for storages throw.
  public static func append(
    at path: [UInt8], elsewhere: [[UInt8]] = [], nextVolume: [UInt8]? = nil, session: Session,
    acceptance: Acceptance, unsealed: UnsealedDecision = .ask, options: WriterOptions
  ) throws(BuktiError) -> BundleWriter {
    let volumes = try LockedVolumes(
      at: path, elsewhere: elsewhere, isLastWritten: nextVolume == nil)
    return try append(
      to: volumes.storages, further: VolumeFiles(volumes.paths, next: nextVolume),
      beginsVolume: nextVolume != nil, session: session, acceptance: acceptance,
      unsealed: unsealed, options: options, tornKeeper: SideFiles(volumes: volumes.paths))
  }
}

extension OpenedEnd {
  /// A log that goes on behind the last record.
  func log(
    _ volumes: [any Storage], _ further: (any VolumeFactory)?, limit: UInt64?,
    options: WriterOptions, ledger: Ledger
  ) throws(BuktiError) -> RecordLog {
    let chain = VolumeChain(
      volumes, filled: try volumes[volumes.count - 1].size(), limit: limit, factory: further)
    let appender = FrameAppender(
      volumes: chain, bundleID: bundleID, number: walk.number, previous: walk.previous,
      offset: walk.index.logicalOffset, salts: options.salts())
    return RecordLog(appender: appender, options: options, index: walk.index, ledger: ledger)
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

  /// This session is a mark, and so is the tail before its seal ([B-ORD-6]).
  func requireRoomForMarks() throws(BuktiError) {
    guard ledger.marks <= Limits.maxMarks - 2 else {
      throw BuktiError(
        .unsealedTail,
        "\(ledger.marks) marks stand after the last seal, so no more fit in: refuse some of them.")
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
    ledger.refused.append(first..<walk.number)
    refuses = Refuses(first: first, count: walk.number - first, reason: reason)
  }
}

extension PartWalk {
  fileprivate func boundary(_ record: UInt64) -> Boundary? {
    boundaries.last { $0.record == record }
  }
}
