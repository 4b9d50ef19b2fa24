/// The records before a tail as runs that its frontier proves: blocks of each level, then single rows.
public struct FoldedRows: Sendable {
  /// One block and the records that it covers.
  public struct Block: Sendable, Hashable {
    /// The level of the block itself, from 0.
    public let level: Int
    /// Number of the first record that it covers.
    public let start: UInt64
    public let row: LevelRow

    public init(level: Int, start: UInt64, row: LevelRow) {
      self.level = level
      self.start = start
      self.row = row
    }

    /// Records that it covers.
    public var count: UInt64 { FoldedRows.span(ofLevel: level) }
  }

  /// The blocks that no other block covers, in the order of their records.
  public let blocks: [Block]
  /// The records behind all blocks.
  public let rows: Rows
  /// Number of the first of these.
  public let firstUncovered: UInt64

  /// Folds everything to the frontier that the tail states; a seal over the tail then proves it all.
  ///
  /// - Parameters:
  ///   - count: number of records before the tail, which is its record number.
  ///   - earlierRows: the rows of the tails that it leans on, in their order.
  /// - Throws: `tail-mismatch`.
  public init(
    of tail: Tail, count: UInt64, earlierRows: Rows, using engine: some SHA256Engine
  ) throws(BuktiError) {
    var fold = Fold()
    var blocks: [Block] = []
    for (below, levelRows) in tail.levels.enumerated().reversed() {
      for index in 0..<levelRows.count {
        let row = levelRows[index]
        blocks.append(Block(level: below, start: fold.count, row: row))
        fold.append(row.hash, levels: Self.log2Span(ofLevel: below), using: engine)
        guard fold.count <= count else {
          throw BuktiError(.tailMismatch, "The blocks cover more than there is.", record: count)
        }
      }
    }
    let covered = fold.count
    var rows = earlierRows
    rows.append(contentsOf: tail.rows)
    for index in 0..<rows.count { fold.append(rows.hash(index), levels: 0, using: engine) }
    guard fold.count == count, fold.hashes == tail.frontier,
      tail.firstRow == covered + UInt64(earlierRows.count)
    else { throw BuktiError(.tailMismatch, "The rows do not fold to the frontier.", record: count) }
    self.blocks = blocks
    self.rows = rows
    firstUncovered = covered
  }

  /// Records that a block of this level covers: 256, and 64 times as many each level up.
  public static func span(ofLevel level: Int) -> UInt64 { 1 << UInt64(log2Span(ofLevel: level)) }

  private static func log2Span(ofLevel level: Int) -> Int { 8 + 6 * level }
}

/// A tree that grows by perfect subtrees of any size, none larger than fits where it stands.
private struct Fold {
  private var stack: [(levels: Int, hash: Hash)] = []
  private(set) var count: UInt64 = 0

  var hashes: [Hash] { stack.map(\.hash) }

  mutating func append(_ hash: Hash, levels: Int, using engine: some SHA256Engine) {
    var (levels, hash) = (levels, hash)
    count += 1 << UInt64(levels)
    while let last = stack.last, last.levels == levels {
      stack.removeLast()
      hash = engine.nodeHash(last.hash, hash)
      levels += 1
    }
    stack.append((levels, hash))
  }
}

extension IndexBlock {
  /// Whether the block is the one that a row of the level above describes: its rows fold to its hash.
  public func folds(to row: LevelRow, level: Int, using engine: some SHA256Engine) -> Bool {
    guard self.level == UInt64(level) else { return false }
    switch content {
    case .records(let rows):
      guard rows.count == Int(Limits.run) else { return false }
      return engine.treeRoot((0..<rows.count).map { rows.hash($0) }[...]) == row.hash
    case .blocks(let rows):
      guard rows.count == Int(Limits.fanOut) else { return false }
      return engine.treeRoot((0..<rows.count).map { rows.hash($0) }[...]) == row.hash
    }
  }
}
