/// A range of an item without data; the core's offset is its start ([B-ITM-9]).
public struct Gap: RecordContent {
  public static var type: RecordType { .gap }

  /// In bytes.
  public var length: UInt64
  public var kind: GapKind
  /// The system's error number, if unreadable.
  public var errno: UInt64?
  /// How often it was tried, if unreadable.
  public var attempts: UInt64?
  /// Why it was not attempted.
  public var reason: String?
  public var ext: CBORValue?

  /// A range that could not be read.
  public static func unreadable(length: UInt64, errno: UInt64, attempts: UInt64) -> Gap {
    Gap(length: length, kind: .unreadable, errno: errno, attempts: attempts)
  }

  /// A range that nobody tried to read.
  public static func notAttempted(length: UInt64, reason: String) -> Gap {
    Gap(length: length, kind: .notAttempted, reason: reason)
  }

  private init(
    length: UInt64, kind: GapKind, errno: UInt64? = nil, attempts: UInt64? = nil,
    reason: String? = nil
  ) {
    self.length = length
    self.kind = kind
    self.errno = errno
    self.attempts = attempts
    self.reason = reason
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    var map = try MapReader(value)
    let length = try map.take(1)?.count()
    let kind = try map.take(2).map(GapKind.init(decoding:))
    errno = try map.take(3)?.count()
    attempts = try map.take(4)?.count()
    reason = try map.take(5)?.text()
    ext = try map.ext()
    try map.end()
    guard let length, let kind else { throw MapReader.missing }
    self.length = length
    self.kind = kind
    try checkKind()
  }

  /// - Throws: `schema-value` where a key is there that the kind does not have, or the other way round.
  private func checkKind() throws(BuktiError) {
    let unreadable = kind == .unreadable
    guard (errno != nil) == unreadable, (attempts != nil) == unreadable,
      (reason == nil) == unreadable
    else { throw BuktiError(.schemaValue, "The keys 3 to 5 do not fit a gap that is \(kind).") }
  }

  public var cbor: CBORValue {
    .fields([
      1: length.cbor, 2: kind.cbor, 3: errno?.cbor, 4: attempts?.cbor, 5: reason?.cbor, 255: ext,
    ])
  }
}
