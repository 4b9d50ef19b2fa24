public import BuktiFormat

extension ProvenIndex {
  /// Numbers of all session records in a range, the newest first, refused ones too.
  ///
  /// - Throws: as `record(_:)`.
  public func sessions(newestFirstIn range: Range<UInt64>) throws(BuktiError) -> [UInt64] {
    var scan = SessionScan(self)
    return try scan.newestFirst(in: range)
  }
}

/// Finds session records, all of them.
///
/// A block counts because its hashes fold, whatever its other columns say: whoever has the file can write
/// another type there, and what a session refused would count again. So the block's own record has to be the
/// one in the tree; then its columns are the word of whoever wrote it.
struct SessionScan {
  private let index: ProvenIndex
  /// The block looked at last: many short ranges may lie in one.
  private var known: (block: FoldedRows.Block, sessions: [UInt64])?

  init(_ index: ProvenIndex) { self.index = index }

  /// Numbers of the sessions in a range, descending.
  mutating func newestFirst(in range: Range<UInt64>) throws(BuktiError) -> [UInt64] {
    var found = uncovered(range)
    try collect(range, index.folded.blocks, &found)
    return found
  }

  /// Those behind all blocks, whose rows the seal proves whole.
  private func uncovered(_ range: Range<UInt64>) -> [UInt64] {
    let (first, rows) = (index.folded.firstUncovered, index.folded.rows)
    let low = max(range.lowerBound, first)
    let high = min(range.upperBound, first + UInt64(rows.count))
    guard low < high else { return [] }
    return (low..<high).reversed().filter { rows.type(Int($0 - first)) == .session }
  }

  private mutating func collect(
    _ range: Range<UInt64>, _ blocks: [FoldedRows.Block], _ found: inout [UInt64]
  ) throws(BuktiError) {
    let end = blocks.partitioningIndex { $0.start >= range.upperBound }
    for block in blocks[..<end].reversed() {
      guard block.start + block.count > range.lowerBound else { return }
      if block.level == 0 {
        found += try sessions(in: block).reversed().filter(range.contains)
      } else if case .blocks(let below) = try index.contents(of: block) {
        try collect(range, below, &found)
      }
    }
  }

  /// The sessions in a block of records, ascending.
  private mutating func sessions(in block: FoldedRows.Block) throws(BuktiError) -> [UInt64] {
    if let known, known.block == block { return known.sessions }
    let number = block.row.record
    let read = try index.content(IndexBlock.self, of: number)
    guard read.folds(to: block.row, level: 0, using: index.reader.sha256),
      case .records(let rows) = read.content
    else {
      throw BuktiError(
        .indexMismatch, "The block is not the one that the seal proves.", record: number)
    }
    let places = (0..<rows.count).filter { rows.type($0) == .session }
    let sessions = places.map { block.start + UInt64($0) }
    known = (block, sessions)
    return sessions
  }
}
