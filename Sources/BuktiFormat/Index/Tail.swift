/// All that is needed to go on, or to read at random, from the end of the bundle ([B-TAI-1]).
public struct Tail: RecordContent {
  public static var type: RecordType { .tail }

  /// Where the tail itself begins.
  public var logicalOffset: UInt64
  /// The roots of the maximal perfect subtrees over the records before it, largest first.
  public var frontier: [Hash]
  /// Number of the record that the first row describes.
  public var firstRow: UInt64
  public var rows: Rows
  /// Numbers of the tails that hold the rows before the first, ascending.
  public var tails: [UInt64]
  /// The unfinished rows of level 1, 2 and so on.
  public var levels: [LevelRows]
  public var state: TailState

  public init(
    logicalOffset: UInt64, frontier: [Hash], firstRow: UInt64, rows: Rows, tails: [UInt64],
    levels: [LevelRows], state: TailState
  ) {
    self.logicalOffset = logicalOffset
    self.frontier = frontier
    self.firstRow = firstRow
    self.rows = rows
    self.tails = tails
    self.levels = levels
    self.state = state
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    var map = try MapReader(value)
    let logicalOffset = try map.take(1)?.number()
    let frontier = try map.take(2)?.array { element throws(BuktiError) in try element.hash() }
    let firstRow = try map.take(3)?.number()
    let rows = try map.take(4).map(Rows.init(decoding:))
    let tails = try map.take(5)?.array(0...Limits.maxTails - 1) { element throws(BuktiError) in
      try element.number()
    }
    let levels = try map.take(6)?.array(0...Limits.maxIndexLevel, of: LevelRows.init(decoding:))
    let state = try map.take(7).map(TailState.init(decoding:))
    try map.end()
    guard let logicalOffset, let frontier, let firstRow, let rows, let tails, let levels, let state
    else { throw MapReader.missing }
    self.init(
      logicalOffset: logicalOffset, frontier: frontier, firstRow: firstRow, rows: rows,
      tails: tails, levels: levels, state: state)
  }

  public var cbor: CBORValue {
    .fields([
      1: logicalOffset.cbor, 2: .array(frontier.map(\.cbor)), 3: firstRow.cbor, 4: rows.cbor,
      5: .array(tails.map(\.cbor)), 6: .array(levels.map(\.cbor)), 7: state.cbor,
    ])
  }
}
