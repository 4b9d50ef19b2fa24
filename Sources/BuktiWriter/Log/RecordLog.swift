import BuktiEngines
import BuktiFormat

/// Appends records in the order that the specification asks for: index blocks, names and tails come
/// by themselves where they are due.
final class RecordLog {
  /// Bodies shorter than this are stored: DEFLATE would save less than it costs.
  private static let deflateFrom = 256
  /// Bytes of names after which they are written, since 256 of the longest would fit into no record.
  private static let namesSize = 1 << 20

  /// Records of which many come, or that nothing from outside goes into: they are not tried before they are written.
  private static let untried: Set<RecordType> = [
    .item, .gap, .index, .names, .tail, .seal, .attest,
  ]

  /// Records that a seal needs, for which room is set aside, or that begin a session.
  private static let closing: Set<RecordType> = [
    .genesis, .session, .index, .names, .tail, .seal, .attest,
  ]

  let appender: FrameAppender
  private let encoder: ChunkEncoder
  /// Items on their way into the log. Whatever else is appended waits for them.
  let pipeline: Pipeline
  private let options: WriterOptions
  private(set) var index: IndexState<LibcryptoSHA256>
  private(set) var ledger: Ledger
  /// The last id that was given away, if anything waits to be written.
  private var promised: UInt64 = 0
  /// Asked after each chunk, gap and item whether it is time for a mark or seal; see `Sealer`.
  var keeper: ((ItemStream?) throws(BuktiError) -> Void)?
  /// Whether nothing came since the last mark or seal.
  private var isMarked = false
  /// How often a tail was left out since the last one; see `MarkPace`.
  private var leftOut: UInt64 = 0
  /// When the oldest came that no mark protects.
  private var exposedSince = ContinuousClock.now

  init(
    appender: FrameAppender, options: WriterOptions,
    index: IndexState<LibcryptoSHA256> = IndexState(engine: LibcryptoSHA256()),
    ledger: Ledger = Ledger()
  ) {
    self.appender = appender
    self.options = options
    self.index = index
    self.ledger = ledger
    encoder = ChunkEncoder(options.compression)
    pipeline = Pipeline(options, encoder: encoder)
  }

  /// Number of the next record.
  var number: UInt64 { appender.number }

  /// Appends a record that no state depends on but chain and index.
  @discardableResult
  func append(
    _ content: some RecordContent, itemID: UInt64 = 0, itemOffset: UInt64 = 0
  ) throws(BuktiError) -> AppendedRecord {
    try pipeline.drain()
    try writeDueBlocks()
    return try write(content, itemID: itemID, itemOffset: itemOffset)
  }

  func append(_ session: Session) throws(BuktiError) {
    try pipeline.drain()
    try ledger.mark()
    let record = try write(session)
    ledger.begin(session, number: record.core.number)
  }

  /// The id of an item that is about to be taken, before anything of it is written.
  func promiseItem() -> UInt64 {
    let next = pipeline.isEmpty ? ledger.nextItemID : max(ledger.nextItemID, promised + 1)
    promised = next
    return next
  }

  /// Opens a new item and returns its id.
  func open(_ open: ItemOpen) throws(BuktiError) -> UInt64 {
    try pipeline.drain()
    try requireNotClosed()
    let id = ledger.nextItemID
    try requireRoomToOpen(id)
    try append(open, itemID: id)
    ledger.advance(id, to: 0, open: open)
    return id
  }

  /// Takes up an item that is suspended.
  func resume(_ id: UInt64, _ open: ItemOpen) throws(BuktiError) {
    try requireNotClosed()
    try append(open, itemID: id)
    ledger.advance(id, to: open.resume?.offset ?? 0, open: open)
  }

  /// Appends a chunk whose work is done.
  func appendData(
    _ chunk: Chunk, of id: UInt64, at offset: UInt64, body: RawSpan
  ) throws(BuktiError) {
    try requireRoomToOpen(id)
    try appender.requireRoom(for: body.byteCount)
    try writeDueBlocks()
    let count = UInt64(chunk.range.count)
    let record = try appender.append(
      .data, codec: chunk.encoded == .stored ? .stored : .deflate, itemID: id, itemOffset: offset,
      plainLength: count, body: body, salt: chunk.salt, payloadDigest: chunk.payloadDigest)
    take(record)
    ledger.advance(id, to: offset + count)
  }

  func appendZeros(_ count: UInt64, of id: UInt64, at offset: UInt64) throws(BuktiError) {
    try requireRoomToOpen(id)
    try appender.requireRoom(for: 0)
    try writeDueBlocks()
    let record = try appender.append(
      .data, codec: .zeroRun, itemID: id, itemOffset: offset, plainLength: count, body: RawSpan())
    take(record)
    ledger.advance(id, to: offset + count)
  }

  func append(_ gap: Gap, of id: UInt64, at offset: UInt64) throws(BuktiError) {
    try requireRoomToOpen(id)
    try append(gap, itemID: id, itemOffset: offset)
    ledger.advance(id, to: offset + gap.length)
  }

  /// Closes an item, which may be its first record.
  func append(_ item: Item, of id: UInt64) throws(BuktiError) -> UInt64 {
    try pipeline.drain()
    try requireNotClosed()
    if ledger.unnamed.count >= Limits.maxNames || ledger.unnamedBytes >= Self.namesSize {
      try appendNames()
    }
    let record = try append(item, itemID: id)
    ledger.close(id, item, number: record.core.number)
    return record.core.number
  }

  func append(_ close: Close) throws(BuktiError) {
    try pipeline.drain()
    try requireNotClosed()
    try append(close, itemID: 0)
    ledger.isClosed = true
  }

  /// Names the items that were closed since the last time, if any.
  func appendNames() throws(BuktiError) {
    try pipeline.drain()
    if ledger.unnamed.isEmpty { return }
    let record = try append(Names(rows: ledger.unnamed, previous: ledger.names), itemID: 0)
    ledger.name(number: record.core.number)
  }

  /// States what stays of names records that a copy will lack ([B-NAM-4]); as many records as that takes.
  func restateNames(_ restated: [RestatedNames]) throws(BuktiError) {
    var part: [RestatedNames] = []
    var size = 0
    for (place, names) in restated.enumerated() {
      part.append(names)
      size += names.rows.reduce(0) { $0 + $1.name.count + 64 }
      guard size >= Self.namesSize || place == restated.count - 1 else { continue }
      let record = try append(
        Names(rows: [], previous: ledger.names, restated: part), itemID: 0)
      ledger.name(number: record.core.number)
      part = []
      size = 0
    }
  }

  func append(_ withhold: Withhold) throws(BuktiError) {
    let record = try append(withhold, itemID: 0)
    ledger.withhold = record.core.number
  }

  /// Appends a tail, makes everything up to it durable, and returns its logical offset.
  ///
  /// Where tails become many without a seal, some are left out: all is made durable without one then.
  @discardableResult
  func mark(forSeal: Bool = false) throws(BuktiError) -> UInt64 {
    try pipeline.drain()
    if !forSeal, !MarkPace.isDue(after: ledger.marks, leftOut: leftOut) {
      try appender.sync()
      isMarked = true
      leftOut += 1
      return appender.offset
    }
    leftOut = 0
    let start = appender.offset
    try ledger.mark()
    try write(index.tail(state: ledger.tailState))
    try appender.sync()
    isMarked = true
    return start
  }

  /// Whether much was written or much time went by since the last mark.
  var isMarkDue: Bool {
    if isMarked { return false }
    if appender.unsyncedBytes >= options.markBytes { return true }
    return .now - exposedSince >= options.markInterval
  }

  /// Time until a mark is due; nil where there is nothing that one would protect.
  var timeToMark: Duration? { isMarked ? nil : options.markInterval - (.now - exposedSince) }

  /// Notes that there is something that no mark protects.
  func expose() {
    if isMarked { exposedSince = .now }
    isMarked = false
  }

  /// Appends a seal; a tail is the record before it.
  func append(_ seal: Seal) throws(BuktiError) -> AppendedRecord {
    try pipeline.drain()
    let record = try write(seal)
    try appender.sync()
    ledger.marks = 0
    isMarked = true
    return record
  }

  /// Appends what others say about a seal; nothing else is written, however much of the index is due ([B-ORD-7]).
  func append(_ attest: Attest) throws(BuktiError) -> AppendedRecord {
    let record = try write(attest)
    try appender.sync()
    return record
  }

  /// Sets a mark or seals where it is time, between two records of what is written in turn: there it depends on
  /// what was written, and not on how far reading is ahead.
  func keepIfDue(_ stream: ItemStream? = nil) throws(BuktiError) { try keeper?(stream) }

  func requireNotClosed() throws(BuktiError) {
    if ledger.isClosed {
      throw BuktiError(.closed, "The bundle is closed: it takes no more evidence.")
    }
  }

  /// Makes sure that one more item can be open at once ([B-ITM-2]), before anything of it is taken.
  /// - Throws: `usage`; what writing throws.
  func requireRoomToOpen() throws(BuktiError) {
    // Of the items that wait each one is closed before the next one begins.
    if ledger.openItems.count >= Limits.maxOpenItems { try pipeline.drain() }
    try requireRoomToOpen(ledger.nextItemID)
  }

  private func requireRoomToOpen(_ id: UInt64) throws(BuktiError) {
    guard id == ledger.nextItemID, ledger.openItems.count >= Limits.maxOpenItems else { return }
    throw BuktiError(
      .usage,
      "\(Limits.maxOpenItems) items are open, and no more can be: go on with some (--resume) or abandon some (--abandon ID)."
    )
  }

  private func writeDueBlocks() throws(BuktiError) {
    while let block = index.dueBlock { try write(block) }
  }

  @discardableResult
  private func write(
    _ content: some RecordContent, itemID: UInt64 = 0, itemOffset: UInt64 = 0
  ) throws(BuktiError) -> AppendedRecord {
    let plain = try content.encode()
    let type = type(of: content).type
    let most = type == .index ? Limits.maxIndexLength : Limits.maxPlainLength
    guard UInt64(plain.count) <= most else {
      throw BuktiError(.usage, "The body of a record has at most \(most) bytes.")
    }
    if !Self.untried.contains(type) { try Self.requireReadable(plain, type) }
    if !Self.closing.contains(type) { try appender.requireRoom(for: plain.count) }
    let mayDeflate = type != .seal && type != .attest && plain.count >= Self.deflateFrom
    let deflated = mayDeflate ? encoder.deflate(plain.span.raw) : nil
    let body = deflated ?? plain
    let record = try appender.append(
      type, codec: deflated == nil ? .stored : .deflate, itemID: itemID, itemOffset: itemOffset,
      plainLength: UInt64(plain.count), body: body.span.raw)
    take(record)
    return record
  }

  /// Makes sure that a reader will take what is about to be written: a record cannot be taken back.
  private static func requireReadable(_ plain: [UInt8], _ type: RecordType) throws(BuktiError) {
    do throws(BuktiError) { _ = try RecordBody(type: type, plain: plain.span) } catch {
      throw BuktiError(
        .usage, "No reader would take this \(type) record: \(error.code.rawValue) \(error.message)")
    }
  }

  private func take(_ record: AppendedRecord) {
    index.append(record.core, hash: record.hash)
    expose()
  }
}
