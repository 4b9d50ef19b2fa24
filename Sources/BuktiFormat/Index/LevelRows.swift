/// A place in an item; places are ordered by item first.
public struct ItemPlace: Sendable, Hashable, Comparable {
  public var itemID: UInt64
  /// In bytes.
  public var offset: UInt64

  public init(itemID: UInt64, offset: UInt64) {
    self.itemID = itemID
    self.offset = offset
  }

  public static func < (a: ItemPlace, b: ItemPlace) -> Bool {
    (a.itemID, a.offset) < (b.itemID, b.offset)
  }
}

/// What an index block covers: one row of the level above it (section 9.2).
public struct LevelRow: Sendable, Hashable {
  /// The root over the records that the block covers.
  public var hash: Hash
  /// Record number of the index record.
  public var record: UInt64
  public var logicalOffset: UInt64
  /// The lowest and highest places among the records covered; both item 0 where none has an item.
  public var lowest: ItemPlace
  public var highest: ItemPlace

  public init(
    hash: Hash, record: UInt64, logicalOffset: UInt64, lowest: ItemPlace, highest: ItemPlace
  ) {
    self.hash = hash
    self.record = record
    self.logicalOffset = logicalOffset
    self.lowest = lowest
    self.highest = highest
  }
}

/// Rows of consecutive blocks of one level, stored as the seven columns of the file.
public struct LevelRows: Sendable, Hashable {
  private var table: ByteColumns

  public init() { table = ByteColumns(widths: [32, 8, 8, 8, 8, 8, 8]) }

  /// - Throws: the codes of [B-CBOR-9], and `schema-value` for columns that do not agree.
  public init(decoding value: CBORValue) throws(BuktiError) {
    table = try ByteColumns(decoding: value, widths: LevelRows().table.widths)
  }

  public var cbor: CBORValue { table.cbor }

  public var count: Int { table.count }

  /// The row at `index`, which the caller has compared with `count`.
  public subscript(index: Int) -> LevelRow {
    func integer(_ column: Int) -> UInt64 { table.integer(row: index, column: column) }
    return LevelRow(
      hash: hash(index), record: integer(1), logicalOffset: integer(2),
      lowest: ItemPlace(itemID: integer(3), offset: integer(4)),
      highest: ItemPlace(itemID: integer(5), offset: integer(6)))
  }

  /// The subtree hash alone.
  public func hash(_ index: Int) -> Hash { table.hash(row: index, column: 0) }

  public mutating func append(_ row: LevelRow) {
    table.append(row.hash, column: 0)
    table.append(row.record, column: 1)
    table.append(row.logicalOffset, column: 2)
    table.append(row.lowest.itemID, column: 3)
    table.append(row.lowest.offset, column: 4)
    table.append(row.highest.itemID, column: 5)
    table.append(row.highest.offset, column: 6)
    table.endRow()
  }

  public mutating func removeFirst(_ count: Int) { table.removeFirst(count) }

  public func extracting(_ range: Range<Int>) -> LevelRows {
    var part = LevelRows()
    part.table = table.extracting(range)
    return part
  }
}
