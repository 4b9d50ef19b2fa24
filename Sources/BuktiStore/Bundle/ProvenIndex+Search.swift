public import BuktiFormat

/// What a search in the index looks for: records of one item.
public struct ItemQuery: Sendable {
  public var itemID: UInt64
  public var types: [RecordType]
  /// Records that mean nothing ([B-SES-4]).
  public var refused: RecordRanges

  public init(itemID: UInt64, types: [RecordType], refused: RecordRanges) {
    self.itemID = itemID
    self.types = types
    self.refused = refused
  }

  /// Whether the record with this row is one of them.
  public func matches(_ row: Row, _ number: UInt64) -> Bool {
    row.itemID == itemID && types.contains(row.type) && !refused.contains(number)
  }

  /// Whether a block can hold such a record at or before an offset.
  func mayBe(in row: LevelRow, upTo offset: UInt64) -> Bool {
    row.highest.itemID > 0 && mayBe(from: row.lowest, through: row.highest, upTo: offset)
  }

  func mayBe(from lowest: ItemPlace, through highest: ItemPlace, upTo offset: UInt64) -> Bool {
    lowest <= ItemPlace(itemID: itemID, offset: offset)
      && highest >= ItemPlace(itemID: itemID, offset: 0)
  }
}

/// A row with the number of its record.
public struct NumberedRow: Sendable {
  public let number: UInt64
  public let row: Row
  /// Where the record after it begins, if that is known: a hint of how long its frame is.
  let next: UInt64?
}

/// One part of the index: a block, or the rows that no block covers.
private enum Node {
  case block(FoldedRows.Block)
  case uncovered
}

extension ProvenIndex {
  /// The last record of an item that begins at or before an offset.
  ///
  /// Data and gaps of an item ascend, so that where its bytes continue is found by halving, also when
  /// other items stand between them. Blocks that cannot hold the item are not read.
  /// - Throws: as `row(_:)`.
  public func last(
    _ query: ItemQuery, upTo offset: UInt64
  ) throws(BuktiError) -> NumberedRow? {
    try last(query, upTo: offset, in: allNodes(query, offset))
  }

  /// The first record of an item.
  ///
  /// - Throws: as `row(_:)`.
  public func first(_ query: ItemQuery) throws(BuktiError) -> NumberedRow? {
    for node in allNodes(query, .max) {
      if let found = try first(query, in: node) { return found }
    }
    return nil
  }

  /// The last record of a type with a number below `end`; looks at one row after the other.
  ///
  /// - Throws: as `row(_:)`.
  public func last(
    _ type: RecordType, in range: Range<UInt64>, notIn refused: RecordRanges
  ) throws(BuktiError) -> UInt64? {
    var number = range.upperBound
    while number > range.lowerBound {
      number -= 1
      let isType = try row(number).type == type
      if isType, !refused.contains(number) { return number }
    }
    return nil
  }

  /// The first record of a type; looks at one row after the other.
  ///
  /// - Throws: as `row(_:)`.
  public func first(
    _ type: RecordType, in range: Range<UInt64>
  ) throws(BuktiError) -> UInt64? {
    for number in range where try row(number).type == type { return number }
    return nil
  }

  private func allNodes(_ query: ItemQuery, _ offset: UInt64) -> ArraySlice<Node> {
    var nodes = nodes(folded.blocks, query, offset)
    if let places = uncoveredPlaces,
      query.mayBe(from: places.lowerBound, through: places.upperBound, upTo: offset)
    {
      nodes.append(.uncovered)
    }
    return nodes
  }

  private func nodes(
    _ blocks: [FoldedRows.Block], _ query: ItemQuery, _ offset: UInt64
  ) -> ArraySlice<Node> {
    blocks.filter { query.mayBe(in: $0.row, upTo: offset) }.map(Node.block)[...]
  }

  private func last(
    _ query: ItemQuery, upTo offset: UInt64, in nodes: ArraySlice<Node>
  ) throws(BuktiError) -> NumberedRow? {
    guard let node = nodes.first else { return nil }
    if nodes.count == 1 { return try last(query, upTo: offset, in: node) }
    let middle = nodes.startIndex + nodes.count / 2
    for place in middle..<nodes.endIndex {
      guard let begins = try firstOffset(query, in: nodes[place]) else { continue }
      if begins > offset { break }
      return try last(query, upTo: offset, in: nodes[place...])
    }
    return try last(query, upTo: offset, in: nodes[..<middle])
  }

  /// Where the first record of an item in a node begins; a block is not read if its row says so.
  private func firstOffset(_ query: ItemQuery, in node: Node) throws(BuktiError) -> UInt64? {
    // Only data and gaps have an offset above 0; a refused record may be the lowest.
    if case .block(let block) = node, query.refused.isEmpty,
      block.row.lowest.itemID == query.itemID, block.row.lowest.offset > 0
    {
      return block.row.lowest.offset
    }
    return try first(query, in: node)?.row.offset
  }

  private func last(
    _ query: ItemQuery, upTo offset: UInt64, in node: Node
  ) throws(BuktiError) -> NumberedRow? {
    guard case .block(let block) = node else { return uncovered.last(query, upTo: offset) }
    switch try contents(of: block) {
    case .blocks(let blocks):
      return try last(query, upTo: offset, in: nodes(blocks, query, offset))
    case .rows(let rows):
      return RowRun(first: block.start, count: rows.count) { rows[$0] }.last(query, upTo: offset)
    }
  }

  private func first(_ query: ItemQuery, in node: Node) throws(BuktiError) -> NumberedRow? {
    guard case .block(let block) = node else { return uncovered.first(query) }
    switch try contents(of: block) {
    case .blocks(let blocks):
      for node in nodes(blocks, query, .max) {
        if let found = try first(query, in: node) { return found }
      }
      return nil
    case .rows(let rows):
      return RowRun(first: block.start, count: rows.count) { rows[$0] }.first(query)
    }
  }

  private var uncovered: RowRun {
    let rows = folded.rows
    return RowRun(first: folded.firstUncovered, count: rows.count) { rows[$0] }
  }
}

/// Rows of consecutive records, in whatever form they are held.
private struct RowRun {
  let first: UInt64
  let count: Int
  let row: (Int) -> Row

  /// The first row that matches.
  func first(_ query: ItemQuery) -> NumberedRow? { index(of: query, in: 0..<count).map(numbered) }

  /// The last row that matches and begins at or before an offset; those that match ascend.
  ///
  /// Halves as the search over blocks does: the first match behind the middle says on which side to go on.
  func last(_ query: ItemQuery, upTo offset: UInt64) -> NumberedRow? {
    var (found, low, high) = (Int?.none, 0, count)
    while low < high {
      let middle = low + (high - low) / 2
      if let match = index(of: query, in: middle..<high), row(match).offset <= offset {
        (found, low) = (match, match + 1)
      } else {
        high = middle
      }
    }
    return found.map(numbered)
  }

  private func index(of query: ItemQuery, in range: Range<Int>) -> Int? {
    range.first { query.matches(row($0), first + UInt64($0)) }
  }

  private func numbered(_ index: Int) -> NumberedRow {
    let next = index + 1 < count ? row(index + 1).logicalOffset : nil
    return NumberedRow(number: first + UInt64(index), row: row(index), next: next)
  }
}
