/// The index as it grows (section 9): which block is due, and what the next block or tail must hold.
///
/// Writer and verifier tell it every record and ask it the same questions, so that they cannot
/// disagree. It keeps the rows that no block covers yet and nothing else; a copy shares its memory
/// until one of the two goes on.
public struct IndexState<Engine: SHA256Engine>: Sendable {
  private let engine: Engine
  /// The tree over all records so far.
  public private(set) var frontier = Frontier()
  /// Where the next record begins.
  public private(set) var logicalOffset = UInt64(Preamble.size)
  /// The records that no block of level 0 covers, the first one first.
  private var rows = Rows()
  /// The blocks of level k that none of level k + 1 covers, for k from 0.
  private var levels: [LevelRows] = []
  /// Blocks written of each level, as far as there are any.
  private var written: [UInt64] = []
  /// The tails that share out the rows among them ([B-TAI-2]).
  private var tails: [UInt64] = []

  /// The state before the first record.
  public init(engine: Engine) { self.engine = engine }

  /// Records so far, which is the number of the next.
  public var count: UInt64 { frontier.count }

  /// Records that no block of level 0 covers, at most `Limits.maxUncovered` ([B-IDX-5]).
  public var uncovered: Int { rows.count }

  /// Takes the next record.
  ///
  /// - Parameters:
  ///   - hash: its record hash.
  ///   - isRight: whether an index block or tail is the one that belongs here; only then it counts
  ///     as written ([B-DMG-8]).
  public mutating func append(_ core: Core, hash: Hash, isRight: Bool = true) {
    if isRight, core.type == .index { cover(by: count) }
    if isRight, core.type == .tail { tails = tailsToLeanOn + [count] }
    rows.append(
      Row(
        logicalOffset: logicalOffset, hash: hash, itemID: core.itemID, offset: core.offset,
        plainLength: core.plainLength, type: core.type))
    frontier.append(hash, using: engine)
    logicalOffset &+= UInt64(FrameHeader.overhead) &+ core.storedLength
  }
}

// Blocks.
extension IndexState {
  /// Level and number of the block that must be written first; nil where none is due ([B-IDX-3]).
  public var due: (level: Int, number: UInt64)? {
    // levels[k] has the rows of level k + 1; those of the highest level have no block above them.
    for (below, rows) in levels.enumerated() where rows.count >= Int(Limits.fanOut) {
      return (below + 1, blocks(below + 1))
    }
    return rows.count >= Int(Limits.run) ? (0, blocks(0)) : nil
  }

  /// The block that must be written first; nil where none is due.
  public var dueBlock: IndexBlock? {
    guard let (level, number) = due else { return nil }
    guard level > 0 else {
      return IndexBlock(number: number, records: rows.extracting(0..<Int(Limits.run)))
    }
    let blocks = levels[level - 1].extracting(0..<Int(Limits.fanOut))
    return IndexBlock(level: UInt64(level), number: number, blocks: blocks)
  }

  private func blocks(_ level: Int) -> UInt64 { level < written.count ? written[level] : 0 }

  /// Number of the first record that no block covers.
  private var firstUncovered: UInt64 { Limits.run * blocks(0) }

  /// Notes that the due block is written as record `number`, which begins at the logical offset.
  private mutating func cover(by number: UInt64) {
    guard let (level, _) = due else { return }
    let row = level == 0 ? coverRecords() : coverBlocks(below: level)
    while written.count <= level { written.append(0) }
    written[level] += 1
    guard level < Limits.maxIndexLevel else { return }
    if levels.count == level { levels.append(LevelRows()) }
    levels[level].append(
      LevelRow(
        hash: row.hash, record: number, logicalOffset: logicalOffset, lowest: row.places.lowest,
        highest: row.places.highest))
  }

  private mutating func coverRecords() -> (hash: Hash, places: Places) {
    let run = Int(Limits.run)
    var places = Places()
    for index in 0..<run {
      let place = rows.place(index)
      if place.itemID > 0 { places.add(place, place) }
    }
    let hash = engine.treeRoot((0..<run).map { rows.hash($0) }[...])
    rows.removeFirst(run)
    tails = []
    return (hash, places)
  }

  private mutating func coverBlocks(below level: Int) -> (hash: Hash, places: Places) {
    let fanOut = Int(Limits.fanOut)
    let covered = levels[level - 1].extracting(0..<fanOut)
    var places = Places()
    for index in 0..<fanOut {
      let row = covered[index]
      if row.highest.itemID > 0 { places.add(row.lowest, row.highest) }
    }
    levels[level - 1].removeFirst(fanOut)
    return (engine.treeRoot((0..<fanOut).map { covered.hash($0) }[...]), places)
  }
}

/// The lowest and highest place met so far, both item 0 before any.
private struct Places {
  var lowest = ItemPlace(itemID: 0, offset: 0)
  var highest = ItemPlace(itemID: 0, offset: 0)

  mutating func add(_ low: ItemPlace, _ high: ItemPlace) {
    lowest = highest.itemID == 0 ? low : min(lowest, low)
    highest = max(highest, high)
  }
}

// Tails.
extension IndexState {
  /// The tail that belongs here, with the state that the caller keeps.
  public func tail(state: TailState) -> Tail {
    let first = tailsToLeanOn.last ?? firstUncovered
    let missing = Int(first - firstUncovered)
    return Tail(
      logicalOffset: logicalOffset, frontier: frontier.hashes, firstRow: first,
      rows: rows.extracting(missing..<rows.count), tails: tailsToLeanOn, levels: levels,
      state: state)
  }

  /// The tails whose rows the next one need not repeat; none when that would be too many.
  private var tailsToLeanOn: [UInt64] { tails.count < Limits.maxTails ? tails : [] }

  /// Goes on after a tail, without the records before it.
  ///
  /// - Parameters:
  ///   - core: the core of the tail's record.
  ///   - hash: its record hash.
  ///   - earlierRows: the rows of the tails that it leans on (`tail.tails`), in their order.
  /// - Throws: `tail-mismatch` where its parts cannot belong together.
  public init(
    resumingFrom tail: Tail, core: Core, hash: Hash, earlierRows: Rows = Rows(), engine: Engine
  ) throws(BuktiError) {
    func refuse(_ message: String) -> BuktiError {
      BuktiError(.tailMismatch, message, record: core.number)
    }
    guard let frontier = Frontier(count: core.number, hashes: tail.frontier) else {
      throw refuse("The frontier is not that of \(core.number) records.")
    }
    self.engine = engine
    self.frontier = frontier
    logicalOffset = tail.logicalOffset
    levels = tail.levels
    tails = tail.tails
    written = Self.written(below: tail.levels)
    rows = earlierRows
    rows.append(contentsOf: tail.rows)
    guard tail.firstRow == tail.tails.last ?? firstUncovered, firstUncovered <= tail.firstRow,
      UInt64(earlierRows.count) == tail.firstRow - firstUncovered,
      UInt64(rows.count) == core.number.subtractingReportingOverflow(firstUncovered).partialValue
    else { throw refuse("The rows do not reach from the last block to the tail.") }
    append(core, hash: hash)
  }

  /// How many blocks of each level there are: those with a row, and those that blocks above cover.
  private static func written(below levels: [LevelRows]) -> [UInt64] {
    var counts: [UInt64] = []
    var above: UInt64 = 0
    for rows in levels.reversed() {
      above = above &* Limits.fanOut &+ UInt64(rows.count)
      counts.append(above)
    }
    return counts.reversed()
  }
}
