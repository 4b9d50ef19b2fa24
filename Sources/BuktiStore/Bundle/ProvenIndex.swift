public import BuktiFormat
internal import Synchronization

/// The records before a seal, each of which can be read alone and is proven by that seal.
///
/// Rows are read as they are needed, and used only once they fold to the frontier of the tail; a record
/// counts only if it has the record hash of its row. This proves presence, never absence.
public final class ProvenIndex: Sendable {
  public let reader: RecordReader
  public let end: SealedEnd
  /// The runs that the tail itself proves.
  public let folded: FoldedRows
  let map: PlaceMap
  /// The lowest and highest places among the rows that no block covers; nil where none has an item.
  let uncoveredPlaces: ClosedRange<ItemPlace>?
  private let cache = Mutex(BlockCache())

  /// Reads the rows that the tail leans on, and where the payloads are that a copy lacks.
  ///
  /// - Throws: `tail-mismatch` where the rows do not fold; the codes of frames and bodies, `io`.
  public convenience init(_ reader: RecordReader, end: SealedEnd) throws(BuktiError) {
    var known: PlaceMap? = end.dropped == 0 ? PlaceMap() : nil
    let earlier = try Self.earlierRows(reader, end, &known)
    let folded = try FoldedRows(
      of: end.tail, count: end.tailRecord.core.number, earlierRows: earlier, using: reader.sha256)
    let map: PlaceMap
    if let known { map = known } else { map = try Self.map(reader, end, folded) }
    self.init(reader, end, folded, map)
  }

  init(_ reader: RecordReader, _ end: SealedEnd, _ folded: FoldedRows, _ map: PlaceMap) {
    self.reader = reader
    self.end = end
    self.folded = folded
    self.map = map
    uncoveredPlaces = folded.rows.places
  }

  /// Number of records that the seal covers.
  public var count: UInt64 { end.checkpoint.size }

  /// The rows of the tails that the last one leans on, in their order ([B-TAI-2]).
  public var earlierRows: Rows {
    folded.rows.extracting(0..<(folded.rows.count - end.tail.rows.count))
  }

  /// Where a record is and what proves it.
  ///
  /// - Throws: `not-found` for a record that the seal does not cover; `index-mismatch` where an index
  ///   block is not the one that is proven; the codes of frames and bodies, `io`.
  public func row(_ number: UInt64) throws(BuktiError) -> Row {
    if number >= folded.firstUncovered {
      let index = number - folded.firstUncovered
      if index < UInt64(folded.rows.count) { return folded.rows[Int(index)] }
      if number == end.tailRecord.core.number { return Row(of: end.tailRecord, end.tail) }
      throw BuktiError(.notFound, "The seal does not cover record \(number).", record: number)
    }
    let top = folded.blocks.partitioningIndex { $0.start > number } - 1
    guard top >= 0 else { throw BuktiError(.indexMismatch, record: number) }
    var block = folded.blocks[top]
    while true {
      switch try contents(of: block) {
      case .rows(let rows): return rows[Int(number - block.start)]
      case .blocks(let blocks):
        block = blocks[Int((number - block.start) / FoldedRows.span(ofLevel: block.level - 1))]
      }
    }
  }

  /// Reads a record that the seal covers.
  ///
  /// - Throws: as `row(_:)`, and `damaged` where another record stands in its place.
  public func record(_ number: UInt64) throws(BuktiError) -> StoredRecord {
    try record(number, row(number))
  }

  /// Reads the record of a row of this index.
  public func record(_ number: UInt64, _ row: Row) throws(BuktiError) -> StoredRecord {
    let address = try address(of: number, row)
    do throws(BuktiError) {
      return try proven(reader.record(at: address), number, row)
    } catch {
      throw error.at(offset: address, record: number)
    }
  }

  /// Reads the same with all bytes of its frame.
  ///
  /// - Throws: as `record(_:_:)`.
  package func record(
    _ found: NumberedRow, into frame: inout WholeFrame
  ) throws(BuktiError) -> StoredRecord {
    let address = try address(of: found.number, found.row)
    let end = found.next.flatMap { map.address(of: found.number + 1, logicalOffset: $0) }
    // Where the next one begins is not proven; no body is longer than what it stands for.
    let most =
      UInt64(FrameHeader.overhead + FrameHeader.saltSize)
      + min(found.row.plainLength, Limits.maxPlainLength)
    let length = end.map { $0 > address ? min($0 - address, most) : 0 } ?? 0
    do throws(BuktiError) {
      let record = try reader.record(at: address, length: length, into: &frame)
      return try proven(record, found.number, found.row)
    } catch {
      throw error.at(offset: address, record: found.number)
    }
  }

  private func address(of number: UInt64, _ row: Row) throws(BuktiError) -> UInt64 {
    guard let address = map.address(of: number, logicalOffset: row.logicalOffset) else {
      throw BuktiError(.damaged, "The index leads nowhere.", record: number)
    }
    return address
  }

  private func proven(
    _ record: StoredRecord, _ number: UInt64, _ row: Row
  ) throws(BuktiError) -> StoredRecord {
    guard record.hash == row.hash, record.core.number == number else {
      throw BuktiError(.damaged, "Another record stands in the place of this one.")
    }
    return record
  }

  /// Reads and decodes a record that the seal covers.
  public func content<T: RecordContent>(
    _ type: T.Type, of number: UInt64
  ) throws(BuktiError) -> T {
    let record = try record(number)
    return try reader.content(type, of: record)
  }

  /// What a block holds, once it folds to its row.
  ///
  /// - Throws: `index-mismatch`; the codes of frames and bodies, `io`.
  func contents(of block: FoldedRows.Block) throws(BuktiError) -> BlockContents {
    if let known = cache.withLock({ $0.find(block) }) { return known }
    let contents = BlockContents(try read(block), of: block)
    cache.withLock { $0.keep(block, contents) }
    return contents
  }

  /// Reads a block, which folds to its row, past the cache.
  ///
  /// - Throws: as `contents(of:)`.
  func read(_ block: FoldedRows.Block) throws(BuktiError) -> IndexBlock {
    guard
      let address = map.address(of: block.row.record, logicalOffset: block.row.logicalOffset)
    else { throw BuktiError(.indexMismatch, record: block.row.record) }
    let record = try reader.record(at: address)
    let index = try reader.content(IndexBlock.self, of: record)
    guard index.folds(to: block.row, level: block.level, using: reader.sha256) else {
      throw BuktiError(
        .indexMismatch, "The block is not the one that the seal proves.", offset: address,
        record: block.row.record)
    }
    return index
  }
}

/// What an index block says, decoded once.
enum BlockContents: Sendable {
  case rows([Row])
  case blocks([FoldedRows.Block])

  init(_ index: IndexBlock, of block: FoldedRows.Block) {
    switch index.content {
    case .records(let rows): self = .rows((0..<rows.count).map { rows[$0] })
    case .blocks(let rows):
      let level = block.level - 1
      self = .blocks(
        (0..<rows.count).map {
          FoldedRows.Block(
            level: level, start: block.start + UInt64($0) * FoldedRows.span(ofLevel: level),
            row: rows[$0])
        })
    }
  }
}

/// The index blocks used last.
private struct BlockCache {
  /// 10 MiB of blocks of records, or the blocks above five million records and some of these.
  private static let capacity = 512
  private var blocks = ClockCache<(block: FoldedRows.Block, contents: BlockContents)>()

  /// What a block holds if it is the very one that was read: of a row only the hash is proven, and it may claim the
  /// record of another block, or that of the block it stands in.
  mutating func find(_ block: FoldedRows.Block) -> BlockContents? {
    guard let known = blocks.find(block.row.record), known.block == block else { return nil }
    return known.contents
  }

  mutating func keep(_ block: FoldedRows.Block, _ contents: BlockContents) {
    if blocks.count >= Self.capacity { _ = blocks.removeOne() }
    blocks.keep(block.row.record, (block, contents))
  }
}

extension Row {
  /// The row that a tail's own record will have.
  fileprivate init(of record: StoredRecord, _ tail: Tail) {
    self.init(
      logicalOffset: tail.logicalOffset, hash: record.hash, itemID: record.core.itemID,
      offset: record.core.offset, plainLength: record.core.plainLength, type: record.core.type)
  }
}
