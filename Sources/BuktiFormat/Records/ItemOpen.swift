/// Begins an item, or takes up one that an earlier session left open ([B-ITM-4]).
public struct ItemOpen: RecordContent {
  public static var type: RecordType { .itemOpen }

  public var kind: ItemKind
  /// Raw bytes; "/" separates the parts of a path in a folder tree.
  public var name: [UInt8]
  /// In bytes.
  public var expectedSize: UInt64?
  public var time: Timestamp?
  public var resume: Resume?
  /// The item that this one supplements.
  public var supplements: UInt64?
  public var ext: CBORValue?

  public init(
    kind: ItemKind, name: [UInt8], expectedSize: UInt64? = nil, time: Timestamp? = nil,
    resume: Resume? = nil, supplements: UInt64? = nil, ext: CBORValue? = nil
  ) {
    self.kind = kind
    self.name = name
    self.expectedSize = expectedSize
    self.time = time
    self.resume = resume
    self.supplements = supplements
    self.ext = ext
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    var map = try MapReader(value)
    let kind = try map.take(1).map(ItemKind.init(decoding:))
    let name = try map.take(2)?.name()
    expectedSize = try map.take(3)?.number()
    time = try map.take(4).map(Timestamp.init(decoding:))
    resume = try map.take(5).map(Resume.init(decoding:))
    supplements = try map.take(6)?.count()
    ext = try map.ext()
    try map.end()
    guard let kind, let name else { throw MapReader.missing }
    self.kind = kind
    self.name = name
  }

  public var cbor: CBORValue {
    .fields([
      1: kind.cbor, 2: name.cbor, 3: expectedSize?.cbor, 4: time?.cbor, 5: resume?.cbor,
      6: supplements?.cbor, 255: ext,
    ])
  }
}

/// Where and how an item was taken up again.
public struct Resume: Sendable, Hashable {
  /// The offset reached before, in bytes.
  public var offset: UInt64
  /// Bytes before it that were read again.
  public var overlap: UInt64
  /// Whether they were equal.
  public var equal: Bool
  /// How it is known that the source is the same.
  public var evidence: String

  public init(offset: UInt64, overlap: UInt64, equal: Bool, evidence: String) {
    self.offset = offset
    self.overlap = overlap
    self.equal = equal
    self.evidence = evidence
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    var map = try MapReader(value)
    let offset = try map.take(1)?.number()
    let overlap = try map.take(2)?.number()
    let equal = try map.take(3)?.bool()
    let evidence = try map.take(4)?.text()
    try map.end()
    guard let offset, let overlap, let equal, let evidence else { throw MapReader.missing }
    self.init(offset: offset, overlap: overlap, equal: equal, evidence: evidence)
  }

  public var cbor: CBORValue {
    .fields([1: offset.cbor, 2: overlap.cbor, 3: equal.cbor, 4: evidence.cbor])
  }
}
