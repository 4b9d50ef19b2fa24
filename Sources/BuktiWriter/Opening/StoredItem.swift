import BuktiEngines
import BuktiFormat
import BuktiStore

/// The records that were there when the bundle was opened: those that a seal proves, and those after it.
struct StoredPart {
  /// What the last accepted seal proves; nil where there is none.
  let index: ProvenIndex?
  let reader: RecordReader
  /// Addresses of the frames after that seal.
  let unsealed: Range<UInt64>

  /// Hands over the records after the seal, in order; that they chain was checked when the bundle was opened.
  func forEachUnsealed(
    _ body: (StoredRecord) throws(BuktiError) -> Void
  ) throws(BuktiError) {
    var place = unsealed.lowerBound
    while place < unsealed.upperBound {
      let (record, _) = try reader.framed(at: place)
      place = record.end
      try body(record)
    }
  }
}

/// The data and gaps of an open item that are in the bundle, so that its digests and its end can be known again.
struct StoredItem {
  let id: UInt64
  private let part: StoredPart
  /// Records that mean nothing, before the last seal and behind it.
  private let sealedRefused: RecordRanges
  private let unsealedRefused: RecordRanges
  private let history: SessionHistory?

  /// - Parameter refused: the records after the last seal that mean nothing.
  init(_ id: UInt64, _ part: StoredPart, refused: [Range<UInt64>]) throws(BuktiError) {
    self.id = id
    self.part = part
    history = try part.index.map { index throws(BuktiError) in try SessionHistory(index) }
    sealedRefused = history?.refused ?? RecordRanges()
    unsealedRefused = RecordRanges(refused)
  }

  private var query: ItemQuery {
    ItemQuery(itemID: id, types: [.data, .gap], refused: sealedRefused)
  }

  /// The end that the last seal covers.
  var sealedEnd: UInt64 {
    part.index?.end.tail.state.openItems.first { $0.id == id }?.offset ?? 0
  }

  /// The digests that the item record must have: those of the session that first saw the item ([B-ITM-6]).
  ///
  /// Nil for an item that begins behind the last seal.
  func furtherDigests() throws(BuktiError) -> [FurtherDigest]? {
    let any = ItemQuery(itemID: id, types: [.itemOpen, .data, .gap], refused: sealedRefused)
    guard let index = part.index, let history, let first = try index.first(any),
      let session = history.sessions.last(where: { $0 < first.number })
    else { return nil }
    return try index.content(Session.self, of: session).digests ?? []
  }

  /// Hands over the data and gaps that the last seal proves, in order; each once.
  func forEachSealed(
    _ body: (StoredRecord) throws(BuktiError) -> Void
  ) throws(BuktiError) {
    guard let index = part.index, let first = try index.first(query) else { return }
    let query = query
    for number in first.number..<index.count {
      let row = try index.row(number)
      if query.matches(row, number) { try body(try index.record(number, row)) }
    }
  }

  /// Hands over the data and gaps behind the last seal, in order.
  func forEachUnsealed(
    _ body: (StoredRecord) throws(BuktiError) -> Void
  ) throws(BuktiError) {
    try part.forEachUnsealed { (record) throws(BuktiError) in
      if isOfItem(record) { try body(record) }
    }
  }

  private func isOfItem(_ record: StoredRecord) -> Bool {
    let core = record.core
    return core.itemID == id && (core.type == .data || core.type == .gap)
      && !unsealedRefused.contains(core.number)
  }

  /// The last records of the item that hold its bytes from `start` on or more, from the back to the front.
  func lastSealed(downTo start: UInt64) throws(BuktiError) -> [StoredRecord] {
    guard let index = part.index else { return [] }
    var found: [StoredRecord] = []
    var limit = UInt64.max
    while let row = try index.last(query, upTo: limit) {
      found.append(try index.record(row.number, row.row))
      guard row.row.offset > start, row.row.offset > 0 else { break }
      limit = row.row.offset - 1
    }
    return found
  }

  /// A record behind the last seal.
  func record(at address: UInt64) throws(BuktiError) -> StoredRecord {
    try part.reader.record(at: address)
  }

  /// The plain bytes of a data record.
  func plain(of record: StoredRecord) throws(BuktiError) -> [UInt8] {
    try part.reader.plain(of: record)
  }

  /// How many bytes of the item a record stands for.
  func length(of record: StoredRecord) throws(BuktiError) -> UInt64 {
    if record.core.type == .data { return record.core.plainLength }
    return try part.reader.content(Gap.self, of: record).length
  }

  /// Notes what a gap says is missing.
  func note(_ record: StoredRecord, in lost: inout LostRanges) throws(BuktiError) {
    guard record.core.type == .gap else { return }
    let gap = try part.reader.content(Gap.self, of: record)
    let start = record.core.offset
    lost.add(
      LostRange(
        range: start..<start + gap.length, errno: gap.errno, attempts: gap.attempts,
        reason: gap.reason))
  }

  /// Adds the bytes of a record to digests.
  ///
  /// - Parameter skipsGaps: for an item that supplements another ([B-ITM-8]).
  func update(
    _ digests: DigestSet, with record: StoredRecord, skipsGaps: Bool
  ) throws(BuktiError) {
    if record.core.type == .data, record.core.codec != .zeroRun {
      let plain = try plain(of: record)
      return digests.update(plain.span.raw)
    }
    if record.core.type == .gap, skipsGaps { return }
    digests.updateZeros(try length(of: record))
  }
}
