/// The machine that writes.
public struct Host: Sendable, Hashable {
  public var name: String
  public var system: String?

  public init(name: String, system: String? = nil) {
    self.name = name
    self.system = system
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    var map = try MapReader(value)
    let name = try map.take(1)?.text()
    let system = try map.take(2)?.text()
    try map.end()
    guard let name else { throw MapReader.missing }
    self.init(name: name, system: system)
  }

  public var cbor: CBORValue { .fields([1: name.cbor, 2: system?.cbor]) }
}

/// The seal that a session goes on from ([B-SES-1]).
public struct Extends: Sendable, Hashable {
  /// Records that the seal covers, which is its record number.
  public var size: UInt64
  /// The root of the tree over them.
  public var root: Hash
  /// The SHA-256 of the certificates of those who signed it.
  public var signers: [Hash]
  public var because: AcceptedBecause

  public init(size: UInt64, root: Hash, signers: [Hash], because: AcceptedBecause) {
    self.size = size
    self.root = root
    self.signers = signers
    self.because = because
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    var map = try MapReader(value)
    let size = try map.take(1)?.count()
    let root = try map.take(2)?.hash()
    let signers = try map.take(3)?.array(CBORValue.some) { signer throws(BuktiError) in
      try signer.hash()
    }
    let because = try map.take(4).map(AcceptedBecause.init(decoding:))
    try map.end()
    guard let size, let root, let signers, let because else { throw MapReader.missing }
    self.init(size: size, root: root, signers: signers, because: because)
  }

  public var cbor: CBORValue {
    .fields([
      1: size.cbor, 2: root.cbor, 3: .array(signers.map(\.cbor)), 4: because.cbor,
    ])
  }
}

/// Records without a seal of their own that the session answers for ([B-SES-5]).
public struct Adopts: Sendable, Hashable {
  public var first: UInt64
  public var count: UInt64
  public var reason: String
  /// What was read again and compared.
  public var compared: String?

  public init(first: UInt64, count: UInt64, reason: String, compared: String? = nil) {
    self.first = first
    self.count = count
    self.reason = reason
    self.compared = compared
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    var map = try MapReader(value)
    let first = try map.take(1)?.count()
    let count = try map.take(2)?.count()
    let reason = try map.take(3)?.text()
    let compared = try map.take(4)?.text()
    try map.end()
    guard let first, let count, let reason else { throw MapReader.missing }
    self.init(first: first, count: count, reason: reason, compared: compared)
  }

  public var cbor: CBORValue {
    .fields([1: first.cbor, 2: count.cbor, 3: reason.cbor, 4: compared?.cbor])
  }
}

/// Records that mean nothing from this session on ([B-SES-4]).
public struct Refuses: Sendable, Hashable {
  public var first: UInt64
  public var count: UInt64
  public var reason: String

  public init(first: UInt64, count: UInt64, reason: String) {
    self.first = first
    self.count = count
    self.reason = reason
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    var map = try MapReader(value)
    let first = try map.take(1)?.count()
    let count = try map.take(2)?.count()
    let reason = try map.take(3)?.text()
    try map.end()
    guard let first, let count, let reason else { throw MapReader.missing }
    self.init(first: first, count: count, reason: reason)
  }

  public var cbor: CBORValue { .fields([1: first.cbor, 2: count.cbor, 3: reason.cbor]) }
}

/// Bytes without frames at the end of a volume ([B-SES-7]).
public struct Torn: Sendable, Hashable {
  public var count: UInt64
  public var sha256: Hash
  /// The volume that still ends in them; nil where they were cut off.
  public var volume: UInt64?

  public init(count: UInt64, sha256: Hash, volume: UInt64? = nil) {
    self.count = count
    self.sha256 = sha256
    self.volume = volume
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    var map = try MapReader(value)
    let count = try map.take(1)?.count()
    let sha256 = try map.take(2)?.hash()
    let volume = try map.take(3)?.number()
    try map.end()
    guard let count, let sha256 else { throw MapReader.missing }
    self.init(count: count, sha256: sha256, volume: volume)
  }

  public var cbor: CBORValue { .fields([1: count.cbor, 2: sha256.cbor, 3: volume?.cbor]) }
}

/// Who must sign the seals of a session ([B-SES-6]).
public struct Policy: Sendable, Hashable {
  /// The SHA-256 of each certificate that counts, ascending.
  public var certificates: [Hash]
  /// How many of them must sign.
  public var needed: UInt64
  public var timestamp: TimestampPolicy
  /// A certificate that seals alone once a seal of the session met the policy.
  public var run: Hash?

  public init(
    certificates: [Hash], needed: UInt64, timestamp: TimestampPolicy = .none, run: Hash? = nil
  ) {
    self.certificates = certificates
    self.needed = needed
    self.timestamp = timestamp
    self.run = run
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    var map = try MapReader(value)
    let certificates = try map.take(1)?.array(CBORValue.some) { element throws(BuktiError) in
      try element.hash()
    }
    let needed = try map.take(2)?.count()
    let timestamp = try map.take(3).map(TimestampPolicy.init(decoding:))
    let run = try map.take(4)?.hash()
    try map.end()
    guard let certificates, let needed, let timestamp else { throw MapReader.missing }
    self.init(certificates: certificates, needed: needed, timestamp: timestamp, run: run)
  }

  public var cbor: CBORValue {
    .fields([
      1: .array(certificates.map(\.cbor)), 2: needed.cbor, 3: timestamp.cbor, 4: run?.cbor,
    ])
  }
}
