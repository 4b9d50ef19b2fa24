import BuktiEngines
public import BuktiFormat
import BuktiStore
public import BuktiTrust

/// A checkpoint that was sealed, or is to be: what its holder keeps outside of the bundle.
public struct SealReceipt: Sendable, Hashable {
  /// The checkpoint, byte for byte ([B-RCP-1]).
  public let checkpoint: [UInt8]
  /// Number of the record that the seal is or will be, which is how many records it covers.
  public let record: UInt64
  public let root: Hash
  /// Whether all that the options ask for was read again; false where that was given up.
  public let isReadBack: Bool
}

extension BundleWriter {
  /// Seals everything so far with keys at hand.
  ///
  /// - Throws: `key-invalid` where the keys do not meet the session's policy, and what
  ///   `seal(signedBy:)` throws.
  @discardableResult
  public mutating func seal(_ keys: [SigningKey]) throws(BuktiError) -> SealReceipt {
    try sealer.requirePolicy(Set(keys.map(\.certificate.fingerprint)))
    return try sealer.seal(signedBy: RunSeals.signer({ keys }, now: options.now))
  }

  /// Seals everything so far with signatures from anywhere.
  ///
  /// Names and a tail are written and made durable first; if `sign` throws, they stay as a mark and the
  /// writer goes on. When this returns, everything is on stable storage and, as the options say, was
  /// read back.
  /// - Parameter sign: makes CMS signatures over the checkpoint's very bytes.
  /// - Throws: what `sign` throws; `key-invalid` where its signatures do not meet the session's policy;
  ///   `disk-full`, `io`, `dead`; `damaged` where other bytes came back than were written.
  @discardableResult
  public mutating func seal(
    signedBy sign: (_ checkpoint: [UInt8]) throws(BuktiError) -> [[UInt8]]
  ) throws(BuktiError) -> SealReceipt {
    try sealer.seal(signedBy: sign)
  }

  /// Writes all that a seal needs but the seal, whose signatures are made elsewhere: names and a tail.
  ///
  /// The bundle ends unsealed. `PendingSeal` finds what is to be signed, and `BundleWriter.seal(_:with:options:)` adds the
  /// seal, if nothing was appended in between.
  /// - Returns: what is to be signed.
  /// - Throws: as `seal(signedBy:)`, but for what concerns signatures.
  public mutating func requestSignatures() throws(BuktiError) -> SealReceipt {
    try sealer.request()
  }
}

/// Seals what was written: when it is asked to, and by itself during long work.
final class Sealer {
  let log: RecordLog
  private let options: WriterOptions
  private let policy: Policy
  /// Bytes that withholding took from this copy: logical less physical offset of its end.
  private let withheldBytes: UInt64
  /// Whether a seal of this session met its policy, so that the run certificate may seal alone.
  private var isPolicyMet = false
  /// Logical offset from which nothing was read back yet.
  private var unreadFrom: UInt64
  /// Logical offset behind the last seal of this session, or behind its beginning.
  private var sealedTo: UInt64
  /// When the oldest of what is behind it came; nil where there is nothing.
  private var unsealedSince: ContinuousClock.Instant?

  init(_ log: RecordLog, _ options: WriterOptions, _ policy: Policy, withheldBytes: UInt64) {
    self.log = log
    self.options = options
    self.policy = policy
    self.withheldBytes = withheldBytes
    unreadFrom = log.appender.offset
    sealedTo = log.appender.offset
    log.keeper = { [weak self] (stream) throws(BuktiError) in try self?.keepIfDue(stream) }
  }

  func seal(
    signedBy sign: (_ checkpoint: [UInt8]) throws(BuktiError) -> [[UInt8]]
  ) throws(BuktiError) -> SealReceipt {
    let start = try prepare()
    return try complete(try sign(checkpoint.encoded()), readFrom: start)
  }

  /// Writes names and a tail, and makes everything durable.
  ///
  /// - Returns: the logical offset from which what a seal covers is to be read back.
  private func prepare() throws(BuktiError) -> UInt64 {
    try log.pipeline.drain()
    let start = log.appender.offset
    try log.appendNames()
    let tailStart = try log.mark(forSeal: true)
    return options.readBack == .all ? min(start, unreadFrom) : tailStart
  }

  /// What a seal signs that is the next record.
  private var checkpoint: Checkpoint {
    Checkpoint(
      bundleID: log.appender.bundleID, branch: log.ledger.branch, size: log.number,
      root: log.index.frontier.root(using: LibcryptoSHA256()))
  }

  /// Does all for a seal but the seal.
  func request() throws(BuktiError) -> SealReceipt {
    let start = try prepare()
    return try receipt(checkpoint, readFrom: start)
  }

  /// Appends a seal over all records, the last of which is a tail.
  ///
  /// - Parameter start: logical offset from which is read back.
  func complete(
    _ signatures: [[UInt8]], readFrom start: UInt64
  ) throws(BuktiError) -> SealReceipt {
    let checkpoint = checkpoint
    let bytes = checkpoint.encoded()
    try check(signatures, over: bytes)
    _ = try log.append(Seal(checkpoint: bytes, signatures: signatures))
    isPolicyMet = true
    let receipt = try receipt(checkpoint, readFrom: start)
    sealedTo = log.appender.offset
    unsealedSince = nil
    return receipt
  }

  private func receipt(
    _ checkpoint: Checkpoint, readFrom start: UInt64
  ) throws(BuktiError) -> SealReceipt {
    let isReadBack = try readBack(from: start)
    if isReadBack { unreadFrom = log.appender.offset }
    return SealReceipt(
      checkpoint: checkpoint.encoded(), record: checkpoint.size, root: checkpoint.root,
      isReadBack: isReadBack)
  }

  /// Holds signatures against the policy before they are written: a seal cannot be taken back.
  private func check(_ signatures: [[UInt8]], over checkpoint: [UInt8]) throws(BuktiError) {
    var counting: Set<Hash> = []
    for signature in signatures {
      let report = SignatureCheck.evaluate(
        cms: signature, content: checkpoint, roots: [], pins: [],
        at: (options.now().instant ?? 0) / 1_000_000_000)
      guard report.refused == nil, !report.signers.isEmpty,
        report.signers.allSatisfy({ $0.verdict == .valid })
      else { throw BuktiError(.keyInvalid, "A signature does not fit the checkpoint.") }
      counting.formUnion(report.signers.compactMap { $0.certificate?.fingerprint })
    }
    try requirePolicy(counting)
  }

  /// - Throws: `key-invalid` where certificates do not meet the session's policy (section 11.3).
  func requirePolicy(_ signers: Set<Hash>) throws(BuktiError) {
    if isPolicyMet, let run = policy.run, signers.contains(run) { return }
    let count = signers.intersection(policy.certificates).count
    guard UInt64(count) >= policy.needed else {
      throw BuktiError(
        .keyInvalid,
        "The session's policy asks for \(policy.needed) signatures; \(count) of these count.")
    }
  }
}

// Sealing by itself.
extension Sealer {
  /// Makes what came so far durable, or seals it, where it is time.
  ///
  /// - Parameter stream: the item whose bytes are being taken; what waits in it is written first.
  /// - Throws: what sealing throws.
  func keepIfDue(_ stream: ItemStream? = nil) throws(BuktiError) {
    note(isHolding: stream?.isWaiting ?? false)
    if isSealDue {
      try stream?.flush()
      try sealRun()
    } else if log.isMarkDue {
      try stream?.flush()
      try log.mark()
    }
  }

  /// Writes what waits, and does the same, where so much time went by; for where reading is slow.
  func keepIfLate(_ stream: ItemStream) throws(BuktiError) {
    guard let patience = patience(isHolding: stream.isWaiting), patience <= .zero else { return }
    try log.pipeline.drain()
    try keepIfDue(stream)
  }

  /// How long a source may fall silent until something must be done; nil for as long as it likes.
  ///
  /// - Parameter isHolding: whether bytes were read that are in no record yet.
  func patience(isHolding: Bool) -> Duration? {
    note(isHolding: isHolding)
    var times: [Duration] = []
    if let interval = sealInterval, let since = unsealedSince {
      times.append(interval - (.now - since))
    }
    if let mark = log.timeToMark { times.append(mark) }
    return times.min().map { max($0, .zero) }
  }

  private func note(isHolding: Bool) {
    if isHolding { log.expose() }
    if unsealedSince == nil, isHolding || log.appender.offset > sealedTo { unsealedSince = .now }
  }

  /// The first seal, which makes the run certificate good, comes when a mark would.
  private var sealInterval: Duration? {
    guard let seals = options.runSeals else { return nil }
    if isPolicyMet { return seals.interval }
    return min(seals.interval ?? options.markInterval, options.markInterval)
  }

  private var isSealDue: Bool {
    guard let seals = options.runSeals, let since = unsealedSince else { return false }
    let bytes = isPolicyMet ? seals.bytes : min(seals.bytes ?? .max, options.markBytes)
    if let bytes, log.appender.offset - sealedTo >= bytes { return true }
    return sealInterval.map { .now - since >= $0 } ?? false
  }

  private func sealRun() throws(BuktiError) {
    guard let seals = options.runSeals else { return }
    let receipt = try seal(signedBy: isPolicyMet ? seals.later : seals.first)
    seals.sealed?(receipt)
  }
}

// Reading back.
extension Sealer {
  /// Compares what the storage holds with what was written, from a logical offset to the end.
  ///
  /// - Returns: false where `options.stopsReadingBack` ended it.
  /// - Throws: `damaged` with the place; the bundle must be opened again and its end examined.
  private func readBack(from start: UInt64) throws(BuktiError) -> Bool {
    if options.readBack == .none { return true }
    let end = log.appender.offset - withheldBytes
    let reader = try log.appender.volumes.reader()
    guard reader.volumes.end == end else { throw Self.differs(at: end) }
    var place = start - withheldBytes
    // What stands in the system's cache says nothing about the medium.
    for volume in reader.volumes.volumes where volume.end > place {
      let first = place > volume.start ? place - volume.start : 0
      try (volume.storage as? FileStorage)?.dropCachedPages(from: first)
    }
    var last: StoredRecord?
    while place < end {
      if options.stopsReadingBack() { return false }
      guard let frame = try reader.candidate(at: place), try reader.hasPayload(of: frame),
        last == nil || frame.core.previous == last?.hash
      else { throw Self.differs(at: place) }
      last = frame
      place = frame.end
      options.readBackProgress?(place - (start - withheldBytes), end - (start - withheldBytes))
    }
    guard last?.hash == log.appender.previous else { throw Self.differs(at: place) }
    return true
  }

  private static func differs(at place: UInt64) -> BuktiError {
    BuktiError(
      .damaged, "Other bytes were read back than were written; do not trust this medium.",
      offset: place)
  }
}
