/// The beginning of a part: who opens the bundle, why, and on what it stands (section 5.1).
public struct Session: RecordContent {
  public static var type: RecordType { .session }

  public var who: Person
  public var why: String
  public var authority: Authority?
  public var host: Host
  public var tool: Tool
  public var options: [String]?
  public var time: Timestamp
  /// The seal accepted; nil when none came before.
  public var extends: Extends?
  public var adopts: Adopts?
  public var refuses: Refuses?
  public var torn: Torn?
  public var policy: Policy
  /// Starts a branch.
  public var branch: BranchID?
  /// What items first seen in this session carry besides SHA-256, ascending.
  public var digests: [FurtherDigest]?
  public var ext: CBORValue?

  /// Begins with what every session has; the rest is set afterwards.
  public init(
    who: Person, why: String, host: Host, tool: Tool, time: Timestamp, policy: Policy
  ) {
    self.who = who
    self.why = why
    self.host = host
    self.tool = tool
    self.time = time
    self.policy = policy
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    var map = try MapReader(value)
    let who = try map.take(1).map(Person.init(decoding:))
    let why = try map.take(2)?.text()
    authority = try map.take(3).map(Authority.init(decoding:))
    let host = try map.take(4).map(Host.init(decoding:))
    let tool = try map.take(5).map(Tool.init(decoding:))
    options = try map.take(6)?.array { element throws(BuktiError) in try element.text() }
    let time = try map.take(7).map(Timestamp.init(decoding:))
    extends = try map.take(8).map(Extends.init(decoding:))
    adopts = try map.take(9).map(Adopts.init(decoding:))
    refuses = try map.take(10).map(Refuses.init(decoding:))
    torn = try map.take(11).map(Torn.init(decoding:))
    let policy = try map.take(12).map(Policy.init(decoding:))
    branch = try map.take(13)?.branch()
    digests = try map.take(14)?.array(CBORValue.some, of: FurtherDigest.init(decoding:))
    ext = try map.ext()
    try map.end()
    guard let who, let why, let host, let tool, let time, let policy else {
      throw MapReader.missing
    }
    self.who = who
    self.why = why
    self.host = host
    self.tool = tool
    self.time = time
    self.policy = policy
    try checkDigests()
  }

  /// - Throws: `schema-value` where digests do not ascend strictly ([B-SES-9]).
  private func checkDigests() throws(BuktiError) {
    guard let digests else { return }
    guard zip(digests, digests.dropFirst()).allSatisfy({ $0.rawValue < $1.rawValue }) else {
      throw BuktiError(.schemaValue, "The digests do not ascend.")
    }
  }

  public var cbor: CBORValue {
    .fields([
      1: who.cbor, 2: why.cbor, 3: authority?.cbor, 4: host.cbor, 5: tool.cbor,
      6: options.map { .array($0.map(\.cbor)) },
      7: time.cbor, 8: extends?.cbor, 9: adopts?.cbor, 10: refuses?.cbor, 11: torn?.cbor,
      12: policy.cbor, 13: branch?.cbor,
      14: digests.map { .array($0.map(\.cbor)) },
      255: ext,
    ])
  }
}
