/// The first 16 bytes of a proof of a part ([B-PRF-1]).
public struct ProofHeader: Sendable, Hashable {
  public static let size = 16
  public static let magic: [UInt8] = [0x89, 0x42, 0x55, 0x4B, 0x50, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
  public static let major: UInt8 = 1

  /// Bytes of the body.
  public let length: UInt32

  public init(length: UInt32) { self.length = length }

  /// - Throws: `proof-truncated`, `proof-magic`, `proof-version` or `proof-length`.
  public init(decoding bytes: Span<UInt8>) throws(BuktiError) {
    var reader = ByteReader(bytes, shortage: .proofTruncated)
    guard reader.remaining >= Self.size else { throw BuktiError(.proofTruncated) }
    guard try reader.array(Self.magic.count) == Self.magic else { throw BuktiError(.proofMagic) }
    guard try reader.u8() == Self.major else { throw BuktiError(.proofVersion) }
    _ = try reader.u8()  // any minor is read
    length = try reader.u32()
    guard length <= Limits.maxProofBody else { throw BuktiError(.proofLength) }
  }

  /// Appends the 16 bytes.
  public func encode(into writer: inout ByteWriter) {
    writer.append(Self.magic)
    writer.append(Self.major)
    writer.append(UInt8(0))
    writer.append(length)
  }
}

/// The body of a proof of a part: all of it but the frames of a range.
public struct ProofBody: Sendable, Hashable {
  /// The checkpoint's very bytes, as the seal signs them.
  public var checkpoint: [UInt8]
  /// CMS SignedData, as in the seal.
  public var signatures: [[UInt8]]
  /// Ascending by their numbers.
  public var shown: [ShownRecord]
  public var tree: TreeProof
  public var range: ProofRange?

  public init(
    checkpoint: [UInt8], signatures: [[UInt8]], shown: [ShownRecord], tree: TreeProof,
    range: ProofRange? = nil
  ) {
    self.checkpoint = checkpoint
    self.signatures = signatures
    self.shown = shown
    self.tree = tree
    self.range = range
  }

  /// Decodes the whole body.
  ///
  /// - Throws: the codes that begin with `cbor-`, then those that begin with `schema-`; `proof-length`.
  public init(decoding bytes: Span<UInt8>) throws(BuktiError) {
    var map = try MapReader(CBORValue(decoding: bytes))
    let checkpoint = try map.take(1)?.bytes()
    let signatures = try map.take(2)?.array(0...Limits.maxSignatures) {
      element throws(BuktiError) in try element.bytes()
    }
    let shown = try map.take(3)?.array(
      0...Limits.maxProofRecords, of: ShownRecord.init(decoding:))
    let hashes = try map.take(4)?.array { element throws(BuktiError) in try element.hash() }
    range = try map.take(5).map(ProofRange.init(decoding:))
    try map.end()
    guard let checkpoint, let signatures, let shown, let hashes else { throw MapReader.missing }
    self.checkpoint = checkpoint
    self.signatures = signatures
    self.shown = shown
    tree = TreeProof(hashes: hashes)
    guard (range?.frames ?? 0) <= Limits.maxProofFrames,
      (range?.length ?? 0) <= Limits.maxProofRange
    else { throw BuktiError(.proofLength) }
  }

  /// The bytes of header and body, behind which the frames follow.
  ///
  /// - Throws: `proof-length` for a body that no reader takes.
  public func encoded() throws(BuktiError) -> [UInt8] {
    let body = try CBORValue.fields([
      1: checkpoint.cbor, 2: .array(signatures.map(\.cbor)), 3: .array(shown.map(\.cbor)),
      4: .array(tree.hashes.map(\.cbor)), 5: range?.cbor,
    ]).encoded()
    guard body.count <= Limits.maxProofBody, let length = UInt32(exactly: body.count) else {
      throw BuktiError(.proofLength)
    }
    var writer = ByteWriter()
    ProofHeader(length: length).encode(into: &writer)
    writer.append(body)
    return writer.bytes
  }
}

/// A record without the rest of its frame.
public struct ShownRecord: Sendable, Hashable {
  /// The 128 bytes of the core.
  public var core: [UInt8]
  /// Salt and body; nil where they are withheld.
  public var payload: [UInt8]?

  public init(core: [UInt8], payload: [UInt8]?) {
    self.core = core
    self.payload = payload
  }

  init(decoding value: CBORValue) throws(BuktiError) {
    let parts = try value.array(2...2)
    core = try parts[0].bytes(Core.size...Core.size)
    payload = try parts[1].orFalse()?.bytes()
  }

  var cbor: CBORValue { .array([core.cbor, (payload?.cbor).orFalse]) }
}

/// A range of the item's bytes, and how many frames behind the body hold it.
public struct ProofRange: Sendable, Hashable {
  /// In the item, in bytes.
  public var offset: UInt64
  /// In bytes, at least 1.
  public var length: UInt64
  public var frames: UInt64

  public init(offset: UInt64, length: UInt64, frames: UInt64) {
    self.offset = offset
    self.length = length
    self.frames = frames
  }

  init(decoding value: CBORValue) throws(BuktiError) {
    let parts = try value.array(3...3)
    self.init(
      offset: try parts[0].number(), length: try parts[1].count(), frames: try parts[2].count())
  }

  var cbor: CBORValue { .array([offset.cbor, length.cbor, frames.cbor]) }
}
