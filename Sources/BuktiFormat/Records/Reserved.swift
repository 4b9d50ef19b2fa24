/// Reserved for a new hash over what is there ([B-RSV-1]): only the shape is known.
public struct Renew: RecordContent {
  public static var type: RecordType { .renew }

  public var suite: String
  /// Number of the first record.
  public var first: UInt64
  public var count: UInt64
  public var hash: [UInt8]
  public var ext: CBORValue?

  public init(
    suite: String, first: UInt64, count: UInt64, hash: [UInt8], ext: CBORValue? = nil
  ) {
    self.suite = suite
    self.first = first
    self.count = count
    self.hash = hash
    self.ext = ext
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    var map = try MapReader(value)
    let suite = try map.take(1)?.text()
    let first = try map.take(2)?.number()
    let count = try map.take(3)?.count()
    let hash = try map.take(4)?.bytes()
    let ext = try map.ext()
    try map.end()
    guard let suite, let first, let count, let hash else { throw MapReader.missing }
    self.init(suite: suite, first: first, count: count, hash: hash, ext: ext)
  }

  public var cbor: CBORValue {
    .fields([1: suite.cbor, 2: first.cbor, 3: count.cbor, 4: hash.cbor, 255: ext])
  }
}

/// Reserved for encryption ([B-RSV-1]): only the shape is known.
public struct Keys: RecordContent {
  public static var type: RecordType { .keys }

  public var scheme: String
  public var recipients: [[UInt8]]
  public var ext: CBORValue?

  public init(scheme: String, recipients: [[UInt8]], ext: CBORValue? = nil) {
    self.scheme = scheme
    self.recipients = recipients
    self.ext = ext
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    var map = try MapReader(value)
    let scheme = try map.take(1)?.text()
    let recipients = try map.take(2)?.array { element throws(BuktiError) in try element.bytes() }
    let ext = try map.ext()
    try map.end()
    guard let scheme, let recipients else { throw MapReader.missing }
    self.init(scheme: scheme, recipients: recipients, ext: ext)
  }

  public var cbor: CBORValue {
    .fields([1: scheme.cbor, 2: .array(recipients.map(\.cbor)), 255: ext])
  }
}
