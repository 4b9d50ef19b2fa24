/// Something that others say about a seal, stored afterwards ([B-ATT-1]).
public struct Attest: RecordContent {
  public static var type: RecordType { .attest }

  /// Record number of the seal.
  public var seal: UInt64
  /// Record hash of the seal.
  public var sealHash: Hash
  public var kind: AttestKind
  /// SHA-256 of the very bytes attested ([B-ATT-2]).
  public var digest: Hash
  /// Tokens, signatures, proofs, certificates: as the kind says.
  public var values: [[UInt8]]
  /// Which signature of the seal, from 0; for kinds 1, 5, 6 and 7.
  public var signature: UInt64?
  public var ext: CBORValue?

  public init(
    seal: UInt64, sealHash: Hash, kind: AttestKind, digest: Hash, values: [[UInt8]],
    signature: UInt64? = nil, ext: CBORValue? = nil
  ) {
    self.seal = seal
    self.sealHash = sealHash
    self.kind = kind
    self.digest = digest
    self.values = values
    self.signature = signature
    self.ext = ext
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    var map = try MapReader(value)
    let seal = try map.take(1)?.number()
    let sealHash = try map.take(2)?.hash()
    let kind = try map.take(3).map(AttestKind.init(decoding:))
    let digest = try map.take(4)?.hash()
    let values = try map.take(5)?.array(CBORValue.some) { element throws(BuktiError) in
      try element.bytes()
    }
    signature = try map.take(6)?.number()
    ext = try map.ext()
    try map.end()
    guard let seal, let sealHash, let kind, let digest, let values else {
      throw MapReader.missing
    }
    self.seal = seal
    self.sealHash = sealHash
    self.kind = kind
    self.digest = digest
    self.values = values
  }

  public var cbor: CBORValue {
    .fields([
      1: seal.cbor, 2: sealHash.cbor, 3: kind.cbor, 4: digest.cbor,
      5: .array(values.map(\.cbor)), 6: signature?.cbor, 255: ext,
    ])
  }
}
