/// A point in time with its doubts: what is not known is nil, and written as an explicit false.
public struct Timestamp: Sendable, Hashable {
  /// The offsets that a record can hold, in minutes.
  public static let localOffsets: ClosedRange<Int64> = -1080...1080

  /// UTC in ns since 1970-01-01T00:00Z.
  public var instant: Int64?
  /// Local offset from UTC, in minutes.
  public var localOffset: Int64?
  /// Where the clock gets its time from.
  public var source: String?
  /// Estimated error, in ns.
  public var error: UInt64?

  public init(
    instant: Int64? = nil, localOffset: Int64? = nil, source: String? = nil, error: UInt64? = nil
  ) {
    self.instant = instant
    self.localOffset = localOffset
    self.source = source
    self.error = error
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    let parts = try value.array(4...4)
    instant = try parts[0].orFalse()?.integer()
    localOffset = try parts[1].orFalse()?.integer(Self.localOffsets)
    source = try parts[2].orFalse()?.text()
    error = try parts[3].orFalse()?.number()
  }

  public var cbor: CBORValue {
    .array([
      (instant?.cbor).orFalse, (localOffset?.cbor).orFalse, (source?.cbor).orFalse,
      (error?.cbor).orFalse,
    ])
  }
}

/// Somebody who acts.
public struct Person: Sendable, Hashable {
  public var name: String
  public var role: String?
  public var agency: String?
  public var badge: String?
  /// SHA-256 of the DER of the person's certificate.
  public var certificate: Hash?

  public init(
    name: String, role: String? = nil, agency: String? = nil, badge: String? = nil,
    certificate: Hash? = nil
  ) {
    self.name = name
    self.role = role
    self.agency = agency
    self.badge = badge
    self.certificate = certificate
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    var map = try MapReader(value)
    let name = try map.take(1)?.text()
    role = try map.take(2)?.text()
    agency = try map.take(3)?.text()
    badge = try map.take(4)?.text()
    certificate = try map.take(5)?.hash()
    try map.end()
    guard let name else { throw MapReader.missing }
    self.name = name
  }

  public var cbor: CBORValue {
    .fields([
      1: name.cbor, 2: role?.cbor, 3: agency?.cbor, 4: badge?.cbor, 5: certificate?.cbor,
    ])
  }
}

/// The program that writes.
public struct Tool: Sendable, Hashable {
  public var name: String
  public var version: String

  public init(name: String, version: String) {
    self.name = name
    self.version = version
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    var map = try MapReader(value)
    let name = try map.take(1)?.text()
    let version = try map.take(2)?.text()
    try map.end()
    guard let name, let version else { throw MapReader.missing }
    self.init(name: name, version: version)
  }

  public var cbor: CBORValue { .fields([1: name.cbor, 2: version.cbor]) }
}

/// What allows somebody to act.
public struct Authority: Sendable, Hashable {
  /// Warrant, consent, order and so on.
  public var kind: String
  public var number: String
  public var scope: String?
  public var issuer: String?
  /// In ns since 1970.
  public var validFrom: Int64?
  /// In ns since 1970.
  public var validTo: Int64?

  public init(
    kind: String, number: String, scope: String? = nil, issuer: String? = nil,
    validFrom: Int64? = nil, validTo: Int64? = nil
  ) {
    self.kind = kind
    self.number = number
    self.scope = scope
    self.issuer = issuer
    self.validFrom = validFrom
    self.validTo = validTo
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    var map = try MapReader(value)
    let kind = try map.take(1)?.text()
    let number = try map.take(2)?.text()
    scope = try map.take(3)?.text()
    issuer = try map.take(4)?.text()
    validFrom = try map.take(5)?.integer()
    validTo = try map.take(6)?.integer()
    try map.end()
    guard let kind, let number else { throw MapReader.missing }
    self.kind = kind
    self.number = number
  }

  public var cbor: CBORValue {
    .fields([
      1: kind.cbor, 2: number.cbor, 3: scope?.cbor, 4: issuer?.cbor, 5: validFrom?.cbor,
      6: validTo?.cbor,
    ])
  }
}
