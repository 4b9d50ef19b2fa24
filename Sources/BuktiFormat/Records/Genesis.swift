/// Record 0: which case, by whom, with what ([B-ORD-1]).
public struct Genesis: RecordContent {
  public static var type: RecordType { .genesis }

  public var `case`: Case
  public var creator: Person
  public var tool: Tool
  /// The hash of chain and tree: `sha256` for format major 1.
  public var suite: String
  public var time: Timestamp
  public var ext: CBORValue?

  public init(
    case: Case, creator: Person, tool: Tool, suite: String = Genesis.sha256, time: Timestamp,
    ext: CBORValue? = nil
  ) {
    self.case = `case`
    self.creator = creator
    self.tool = tool
    self.suite = suite
    self.time = time
    self.ext = ext
  }

  /// The only suite of format major 1.
  public static let sha256 = "sha256"

  public init(decoding value: CBORValue) throws(BuktiError) {
    var map = try MapReader(value)
    let `case` = try map.take(1).map(Case.init(decoding:))
    let creator = try map.take(2).map(Person.init(decoding:))
    let tool = try map.take(3).map(Tool.init(decoding:))
    let suite = try map.take(4)?.text()
    let time = try map.take(5).map(Timestamp.init(decoding:))
    let ext = try map.ext()
    try map.end()
    guard let `case`, let creator, let tool, let suite, let time else { throw MapReader.missing }
    self.init(case: `case`, creator: creator, tool: tool, suite: suite, time: time, ext: ext)
  }

  public var cbor: CBORValue {
    .fields([
      1: self.case.cbor, 2: creator.cbor, 3: tool.cbor, 4: suite.cbor, 5: time.cbor, 255: ext,
    ])
  }
}

extension Genesis {
  /// The matter that the evidence belongs to.
  public struct Case: Sendable, Hashable {
    public var number: String
    public var title: String?
    public var agency: String?

    public init(number: String, title: String? = nil, agency: String? = nil) {
      self.number = number
      self.title = title
      self.agency = agency
    }

    public init(decoding value: CBORValue) throws(BuktiError) {
      var map = try MapReader(value)
      let number = try map.take(1)?.text()
      title = try map.take(2)?.text()
      agency = try map.take(3)?.text()
      try map.end()
      guard let number else { throw MapReader.missing }
      self.number = number
    }

    public var cbor: CBORValue {
      .fields([1: number.cbor, 2: title?.cbor, 3: agency?.cbor])
    }
  }
}
