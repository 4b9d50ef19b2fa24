/// A block of the index: random access to an aligned run of records, or of blocks below.
public struct IndexBlock: RecordContent {
  public static var type: RecordType { .index }

  /// What a block holds: level 0 has rows of records, the others rows of blocks.
  public enum Content: Sendable, Hashable {
    case records(Rows)
    case blocks(LevelRows)
  }

  /// From 0 to 7.
  public var level: UInt64
  /// Number of the block in its level, from 0.
  public var number: UInt64
  public var content: Content

  /// A block of level 0.
  public init(number: UInt64, records: Rows) {
    level = 0
    self.number = number
    content = .records(records)
  }

  /// A block of a level from 1 to 7.
  public init(level: UInt64, number: UInt64, blocks: LevelRows) {
    precondition(1...UInt64(Limits.maxIndexLevel) ~= level)
    self.level = level
    self.number = number
    content = .blocks(blocks)
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    var map = try MapReader(value)
    let level = try map.take(1)?.number(0...UInt64(Limits.maxIndexLevel))
    let number = try map.take(2)?.number()
    let content = try map.take(3).map { rows throws(BuktiError) in
      try Content(decoding: rows, level: level ?? 0)
    }
    try map.end()
    guard let level, let number, let content else { throw MapReader.missing }
    self.level = level
    self.number = number
    self.content = content
  }

  public var cbor: CBORValue {
    .fields([1: level.cbor, 2: number.cbor, 3: content.cbor])
  }
}

extension IndexBlock.Content {
  init(decoding value: CBORValue, level: UInt64) throws(BuktiError) {
    self =
      level == 0
      ? .records(try Rows(decoding: value)) : .blocks(try LevelRows(decoding: value))
  }

  var cbor: CBORValue {
    switch self {
    case .records(let rows): rows.cbor
    case .blocks(let rows): rows.cbor
    }
  }
}
