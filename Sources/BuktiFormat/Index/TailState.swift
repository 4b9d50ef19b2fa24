/// What a writer must know to go on, beside the index ([B-TAI-3]).
public struct TailState: Sendable, Hashable {
  /// The lowest item id not in use.
  public var nextItemID: UInt64
  /// Ascending by id.
  public var openItems: [OpenItem]
  /// Whether a close came.
  public var closed: Bool
  /// Items closed and not yet named, in the order of closing.
  public var unnamed: [UnnamedItem]
  /// Record number of the session in force.
  public var session: UInt64
  /// Record number of the last names record.
  public var names: UInt64?
  /// Record number of the last withhold record.
  public var withhold: UInt64?
  /// The branch in force.
  public var branch: BranchID?

  public init(
    nextItemID: UInt64, openItems: [OpenItem] = [], closed: Bool = false,
    unnamed: [UnnamedItem] = [], session: UInt64, names: UInt64? = nil, withhold: UInt64? = nil,
    branch: BranchID? = nil
  ) {
    self.nextItemID = nextItemID
    self.openItems = openItems
    self.closed = closed
    self.unnamed = unnamed
    self.session = session
    self.names = names
    self.withhold = withhold
    self.branch = branch
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    var map = try MapReader(value)
    let nextItemID = try map.take(1)?.count()
    let openItems = try map.take(2)?.array(0...Limits.maxOpenItems, of: OpenItem.init(decoding:))
    let closed = try map.take(3)?.bool()
    let unnamed = try map.take(4)?.array(0...Limits.maxNames, of: UnnamedItem.init(decoding:))
    let session = try map.take(5)?.number()
    // Two layers of optional: the key that must be there, and the false that says "none".
    let names = try map.take(6).map { v throws(BuktiError) in try v.orFalse()?.number() }
    let withhold = try map.take(7).map { v throws(BuktiError) in try v.orFalse()?.number() }
    let branch = try map.take(8).map { v throws(BuktiError) in try v.orFalse()?.branch() }
    try map.end()
    guard let nextItemID, let openItems, let closed, let unnamed, let session, let names,
      let withhold, let branch
    else { throw MapReader.missing }
    self.init(
      nextItemID: nextItemID, openItems: openItems, closed: closed, unnamed: unnamed,
      session: session, names: names, withhold: withhold, branch: branch)
  }

  public var cbor: CBORValue {
    .fields([
      1: nextItemID.cbor, 2: .array(openItems.map(\.cbor)), 3: closed.cbor,
      4: .array(unnamed.map(\.cbor)), 5: session.cbor, 6: (names?.cbor).orFalse,
      7: (withhold?.cbor).orFalse, 8: (branch?.cbor).orFalse,
    ])
  }
}

/// An item that no item record has closed yet.
public struct OpenItem: Sendable, Hashable {
  public var id: UInt64
  /// The end reached so far, in bytes.
  public var offset: UInt64

  public init(id: UInt64, offset: UInt64) {
    self.id = id
    self.offset = offset
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    let parts = try value.array(2...2)
    self.init(id: try parts[0].count(), offset: try parts[1].number())
  }

  public var cbor: CBORValue { .array([id.cbor, offset.cbor]) }
}

/// An item that is closed and that no names record lists yet.
public struct UnnamedItem: Sendable, Hashable {
  public var id: UInt64
  /// Record number of its item record.
  public var record: UInt64

  public init(id: UInt64, record: UInt64) {
    self.id = id
    self.record = record
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    let parts = try value.array(2...2)
    self.init(id: try parts[0].count(), record: try parts[1].number())
  }

  public var cbor: CBORValue { .array([id.cbor, record.cbor]) }
}
