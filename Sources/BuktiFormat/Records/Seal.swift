/// Signatures over the tree of all records before it (section 10).
public struct Seal: RecordContent {
  public static var type: RecordType { .seal }

  /// The checkpoint's very bytes; made anew and compared, never parsed for meaning ([B-SEA-1]).
  public var checkpoint: [UInt8]
  /// CMS SignedData, detached, in DER or BER ([B-SEA-2]).
  public var signatures: [[UInt8]]

  public init(checkpoint: [UInt8], signatures: [[UInt8]]) {
    self.checkpoint = checkpoint
    self.signatures = signatures
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    var map = try MapReader(value)
    let checkpoint = try map.take(1)?.bytes()
    let signatures = try map.take(2)?.array(0...Limits.maxSignatures) {
      element throws(BuktiError) in try element.bytes()
    }
    try map.end()
    guard let checkpoint, let signatures else { throw MapReader.missing }
    self.init(checkpoint: checkpoint, signatures: signatures)
  }

  public var cbor: CBORValue {
    .fields([1: checkpoint.cbor, 2: .array(signatures.map(\.cbor))])
  }
}
