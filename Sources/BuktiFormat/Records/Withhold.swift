/// The decision to withhold records in one copy, with the whole list of them (section 8.2).
public struct Withhold: RecordContent {
  public static var type: RecordType { .withhold }

  public var reason: String
  public var authority: Authority
  public var decidedBy: Person
  /// For whom the copy is made.
  public var recipient: String
  /// What stays public.
  public var staysPublic: String
  /// Ascending, without touching or overlapping.
  public var runs: [WithheldRun]
  public var time: Timestamp
  public var ext: CBORValue?

  public init(
    reason: String, authority: Authority, decidedBy: Person, recipient: String, staysPublic: String,
    runs: [WithheldRun], time: Timestamp, ext: CBORValue? = nil
  ) {
    self.reason = reason
    self.authority = authority
    self.decidedBy = decidedBy
    self.recipient = recipient
    self.staysPublic = staysPublic
    self.runs = runs
    self.time = time
    self.ext = ext
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    var map = try MapReader(value)
    let reason = try map.take(1)?.text()
    let authority = try map.take(2).map(Authority.init(decoding:))
    let decidedBy = try map.take(3).map(Person.init(decoding:))
    let recipient = try map.take(4)?.text()
    let staysPublic = try map.take(5)?.text()
    let runs = try map.take(6)?.array(CBORValue.some, of: WithheldRun.init(decoding:))
    let time = try map.take(7).map(Timestamp.init(decoding:))
    let ext = try map.ext()
    try map.end()
    guard let reason, let authority, let decidedBy, let recipient, let staysPublic, let runs,
      let time
    else { throw MapReader.missing }
    self.init(
      reason: reason, authority: authority, decidedBy: decidedBy, recipient: recipient,
      staysPublic: staysPublic, runs: runs, time: time, ext: ext)
  }

  public var cbor: CBORValue {
    .fields([
      1: reason.cbor, 2: authority.cbor, 3: decidedBy.cbor, 4: recipient.cbor, 5: staysPublic.cbor,
      6: .array(runs.map(\.cbor)), 7: time.cbor, 255: ext,
    ])
  }
}

/// Consecutive records that a copy lacks.
public struct WithheldRun: Sendable, Hashable {
  /// Number of the first record.
  public var first: UInt64
  public var count: UInt64
  /// Logical offset of the first frame.
  public var start: UInt64
  /// Logical offset of the end of the last frame.
  public var end: UInt64

  public init(first: UInt64, count: UInt64, start: UInt64, end: UInt64) {
    self.first = first
    self.count = count
    self.start = start
    self.end = end
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    let parts = try value.array(4...4)
    first = try parts[0].number()
    count = try parts[1].count()
    start = try parts[2].number()
    end = try parts[3].number()
  }

  public var cbor: CBORValue { .array([first.cbor, count.cbor, start.cbor, end.cbor]) }
}
