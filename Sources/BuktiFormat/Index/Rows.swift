/// Where a record is and what proves it: one row of the index (section 9.1).
public struct Row: Sendable, Hashable {
  /// Where the frame begins in a bundle of one volume that withholds nothing.
  public var logicalOffset: UInt64
  public var hash: Hash
  /// 0 for none.
  public var itemID: UInt64
  /// In the item, in bytes.
  public var offset: UInt64
  /// In bytes, the low 32 bits: a length that does not fit into them was refused by its frame.
  public var plainLength: UInt64
  public var type: RecordType

  public init(
    logicalOffset: UInt64, hash: Hash, itemID: UInt64, offset: UInt64, plainLength: UInt64,
    type: RecordType
  ) {
    self.logicalOffset = logicalOffset
    self.hash = hash
    self.itemID = itemID
    self.offset = offset
    self.plainLength = plainLength & 0xFFFF_FFFF
    self.type = type
  }
}

/// Rows of consecutive records, stored as the six columns of the file.
public struct Rows: Sendable, Hashable {
  private var table: ByteColumns

  public init() { table = ByteColumns(widths: [8, 32, 8, 8, 4, 1]) }

  /// - Throws: the codes of [B-CBOR-9], and `schema-value` for columns that do not agree.
  public init(decoding value: CBORValue) throws(BuktiError) {
    table = try ByteColumns(decoding: value, widths: Rows().table.widths)
  }

  public var cbor: CBORValue { table.cbor }

  public var count: Int { table.count }

  /// The row at `index`, which the caller has compared with `count`.
  public subscript(index: Int) -> Row {
    Row(
      logicalOffset: table.integer(row: index, column: 0), hash: hash(index),
      itemID: table.integer(row: index, column: 2), offset: table.integer(row: index, column: 3),
      plainLength: table.integer(row: index, column: 4),
      type: type(index))
  }

  /// The record hash alone.
  public func hash(_ index: Int) -> Hash { table.hash(row: index, column: 1) }

  /// The record type alone.
  public func type(_ index: Int) -> RecordType {
    RecordType(rawValue: UInt8(truncatingIfNeeded: table.integer(row: index, column: 5)))
  }

  /// Item and offset alone.
  func place(_ index: Int) -> ItemPlace {
    ItemPlace(
      itemID: table.integer(row: index, column: 2), offset: table.integer(row: index, column: 3))
  }

  /// The lowest and highest places of the rows that have an item; nil where none has.
  package var places: ClosedRange<ItemPlace>? {
    let known = (0..<count).lazy.map(place).filter { $0.itemID > 0 }
    guard var low = known.first else { return nil }
    var high = low
    for place in known { (low, high) = (min(low, place), max(high, place)) }
    return low...high
  }

  public mutating func append(_ row: Row) {
    table.append(row.logicalOffset, column: 0)
    table.append(row.hash, column: 1)
    table.append(row.itemID, column: 2)
    table.append(row.offset, column: 3)
    table.append(row.plainLength, column: 4)
    table.append(UInt64(row.type.rawValue), column: 5)
    table.endRow()
  }

  public mutating func append(contentsOf other: Rows) { table.append(contentsOf: other.table) }

  public mutating func removeFirst(_ count: Int) { table.removeFirst(count) }

  public func extracting(_ range: Range<Int>) -> Rows {
    var part = Rows()
    part.table = table.extracting(range)
    return part
  }
}
