/// A directory of the items closed since the names record before (section 8.1).
public struct Names: RecordContent {
  public static var type: RecordType { .names }

  /// In the order of closing.
  public var rows: [NameRow]
  /// Record number of the names record before.
  public var previous: UInt64?
  public var restated: [RestatedNames]?

  public init(rows: [NameRow], previous: UInt64? = nil, restated: [RestatedNames]? = nil) {
    self.rows = rows
    self.previous = previous
    self.restated = restated
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    var map = try MapReader(value)
    let rows = try map.take(1)?.array(0...Limits.maxNames, of: NameRow.init(decoding:))
    previous = try map.take(2)?.number()
    restated = try map.take(3)?.array(CBORValue.some, of: RestatedNames.init(decoding:))
    try map.end()
    guard let rows else { throw MapReader.missing }
    self.rows = rows
  }

  public var cbor: CBORValue {
    .fields([
      1: .array(rows.map(\.cbor)), 2: previous?.cbor,
      3: restated.map { .array($0.map(\.cbor)) },
    ])
  }
}

/// One item as a names record lists it.
public struct NameRow: Sendable, Hashable {
  /// Item id.
  public var item: UInt64
  /// Record number of the item record.
  public var record: UInt64
  public var name: [UInt8]
  public var kind: ItemKind
  /// In bytes.
  public var size: UInt64

  public init(item: UInt64, record: UInt64, name: [UInt8], kind: ItemKind, size: UInt64) {
    self.item = item
    self.record = record
    self.name = name
    self.kind = kind
    self.size = size
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    let parts = try value.array(5...5)
    item = try parts[0].count()
    record = try parts[1].number()
    name = try parts[2].name()
    kind = try ItemKind(decoding: parts[3])
    size = try parts[4].number()
  }

  public var cbor: CBORValue {
    .array([item.cbor, record.cbor, name.cbor, kind.cbor, size.cbor])
  }
}

/// What stays of a names record that is withheld in some copy ([B-NAM-4]).
public struct RestatedNames: Sendable, Hashable {
  /// Number of the names record.
  public var record: UInt64
  public var rows: [NameRow]

  public init(record: UInt64, rows: [NameRow]) {
    self.record = record
    self.rows = rows
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    let parts = try value.array(2...2)
    record = try parts[0].number()
    rows = try parts[1].array(0...Limits.maxNames, of: NameRow.init(decoding:))
  }

  public var cbor: CBORValue { .array([record.cbor, .array(rows.map(\.cbor))]) }
}
