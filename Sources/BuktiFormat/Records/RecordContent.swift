/// The decoded body of a record: a value that `bukti.cddl` gives a shape.
///
/// Two contents are equal as Swift compares their text, that is in whatever normalisation; whoever
/// needs the very bytes compares the encodings.
public protocol RecordContent: Sendable, Hashable {
  /// The type of the record that holds it.
  static var type: RecordType { get }

  /// Takes a value that fits the shape.
  ///
  /// - Throws: `schema-key`, `schema-type`, `schema-value` or `schema-missing`: the first violation
  ///   depth first in the order of the bytes ([B-CBOR-9]).
  init(decoding value: CBORValue) throws(BuktiError)

  /// The value that decodes to the same content.
  var cbor: CBORValue { get }
}

extension RecordContent {
  /// Decodes a plain body.
  ///
  /// - Throws: the codes that begin with `cbor-`, then those that begin with `schema-`.
  public init(plain: Span<UInt8>) throws(BuktiError) {
    try self.init(decoding: CBORValue(decoding: plain))
  }

  /// The plain body.
  ///
  /// - Throws: `cbor-integer`, `cbor-key-order` or `cbor-depth` for a value that no reader takes.
  public func encode() throws(BuktiError) -> [UInt8] { try cbor.encoded() }
}
