/// A half of a hand-over that was made over a receipt, without the bundle: a value of an attest of kind custody, and a
/// file of its own until it is stored ([B-ATT-3]).
public struct DetachedHalf: Sendable, Hashable {
  /// The receipt that it is over, byte for byte.
  public let checkpoint: [UInt8]
  /// The body of the event, as it was signed.
  public let eventBytes: [UInt8]
  public let event: Event
  /// CMS by the party, over `content`.
  public let signature: [UInt8]

  /// What the party signs.
  public var content: [UInt8] { checkpoint + eventBytes }

  /// - Parameter sign: makes CMS over the bytes that it is given.
  /// - Throws: `schema-value` for an event that is no such half; what `sign` throws.
  public init(
    _ event: Event, over checkpoint: Checkpoint,
    signedBy sign: (_ content: [UInt8]) throws(BuktiError) -> [UInt8]
  ) throws(BuktiError) {
    let value = event.cbor
    self.event = try Event(ofHalf: value)
    eventBytes = try value.encoded()
    self.checkpoint = checkpoint.encoded()
    signature = try sign(self.checkpoint + eventBytes)
  }

  /// Reads a file, or a value of an attest.
  ///
  /// - Throws: the codes that begin with `cbor-` and `schema-`.
  public init(decoding bytes: Span<UInt8>) throws(BuktiError) {
    var map = try MapReader(CBORValue(decoding: bytes))
    let checkpoint = try map.take(1)?.bytes()
    let eventBytes = try map.take(2)?.bytes()
    let signature = try map.take(3)?.bytes()
    try map.end()
    guard let checkpoint, let eventBytes, let signature else { throw MapReader.missing }
    event = try Event(ofHalf: CBORValue(decoding: eventBytes.span))
    self.checkpoint = checkpoint
    self.eventBytes = eventBytes
    self.signature = signature
  }

  /// The bytes of the file.
  ///
  /// - Throws: nothing for what was decoded or made here.
  public func encode() throws(BuktiError) -> [UInt8] {
    try CBORValue.fields([1: checkpoint.cbor, 2: eventBytes.cbor, 3: signature.cbor]).encoded()
  }
}
