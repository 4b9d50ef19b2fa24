/// A step in the custody of the evidence (section 11.5).
public struct Event: RecordContent {
  public static var type: RecordType { .event }

  public var kind: EventKind
  public var time: Timestamp
  public var persons: [Person]
  public var place: String?
  public var purpose: String?
  public var authority: Authority?
  /// The number on the physical seal or bag.
  public var bag: String?
  public var storage: String?
  public var condition: String?
  public var reverified: Reverified?
  /// The SHA-256 of the certificate of the party whose half this is; for released, received and rejected.
  public var party: Hash?
  /// The seal over what was released; for received and rejected.
  public var covers: Covers?
  /// Ids of the items concerned.
  public var items: [UInt64]?
  public var exhibit: String?
  public var ext: CBORValue?

  /// Begins with what every event has; the rest is set afterwards.
  public init(kind: EventKind, time: Timestamp, persons: [Person]) {
    self.kind = kind
    self.time = time
    self.persons = persons
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    try self.init(shaped: value)
    try checkParty()
  }

  /// Takes the event of a detached half: of kind released, received or rejected, with a party, and without what it
  /// covers ([B-ATT-3]).
  ///
  /// - Throws: `schema-key`, `schema-type`, `schema-value` or `schema-missing`.
  public init(ofHalf value: CBORValue) throws(BuktiError) {
    try self.init(shaped: value)
    guard [.released, .received, .rejected].contains(kind), party != nil, covers == nil else {
      throw BuktiError(.schemaValue, "A detached half is released, received or rejected.")
    }
  }

  private init(shaped value: CBORValue) throws(BuktiError) {
    var map = try MapReader(value)
    let kind = try map.take(1).map(EventKind.init(decoding:))
    let time = try map.take(2).map(Timestamp.init(decoding:))
    let persons = try map.take(3)?.array(CBORValue.some, of: Person.init(decoding:))
    place = try map.take(4)?.text()
    purpose = try map.take(5)?.text()
    authority = try map.take(6).map(Authority.init(decoding:))
    bag = try map.take(7)?.text()
    storage = try map.take(8)?.text()
    condition = try map.take(9)?.text()
    reverified = try map.take(10).map(Reverified.init(decoding:))
    party = try map.take(11)?.hash()
    covers = try map.take(12).map(Covers.init(decoding:))
    items = try map.take(13)?.array(CBORValue.some) { id throws(BuktiError) in try id.count() }
    exhibit = try map.take(14)?.text()
    ext = try map.ext()
    try map.end()
    guard let kind, let time, let persons else { throw MapReader.missing }
    self.kind = kind
    self.time = time
    self.persons = persons
  }

  /// - Throws: `schema-value` where party or covers is there and the kind has none, or the other way
  ///   round ([B-EVT-1]).
  private func checkParty() throws(BuktiError) {
    let answers = kind == .received || kind == .rejected
    let half = answers || kind == .released
    guard (party != nil) == half, (covers != nil) == answers else {
      throw BuktiError(.schemaValue, "Party and covers do not fit an event that is \(kind).")
    }
  }

  public var cbor: CBORValue {
    .fields([
      1: kind.cbor, 2: time.cbor, 3: .array(persons.map(\.cbor)), 4: place?.cbor,
      5: purpose?.cbor, 6: authority?.cbor, 7: bag?.cbor, 8: storage?.cbor, 9: condition?.cbor,
      10: reverified?.cbor, 11: party?.cbor, 12: covers?.cbor,
      13: items.map { .array($0.map(\.cbor)) },
      14: exhibit?.cbor, 255: ext,
    ])
  }
}

/// The seal that an answer to a hand-over names.
public struct Covers: Sendable, Hashable {
  public var size: UInt64
  public var root: Hash
  /// The record hash of the seal.
  public var record: Hash

  public init(size: UInt64, root: Hash, record: Hash) {
    self.size = size
    self.root = root
    self.record = record
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    var map = try MapReader(value)
    let size = try map.take(1)?.count()
    let root = try map.take(2)?.hash()
    let record = try map.take(3)?.hash()
    try map.end()
    guard let size, let root, let record else { throw MapReader.missing }
    self.init(size: size, root: root, record: record)
  }

  public var cbor: CBORValue { .fields([1: size.cbor, 2: root.cbor, 3: record.cbor]) }
}
