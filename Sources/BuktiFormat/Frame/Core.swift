/// The part of a frame that the record hash covers, 128 bytes.
public struct Core: Sendable, Hashable {
  public var bundleID: BundleID
  public var type: RecordType
  public var codec: Codec
  /// No flag is defined; bit 0 is reserved for encryption.
  public var flags: UInt16
  /// Zero in every valid core; kept so that the record hash of an invalid one covers its very bytes.
  public var reserved: UInt32
  /// Record number, from 0.
  public var number: UInt64
  /// The item that the record concerns, 0 for none.
  public var itemID: UInt64
  /// Where data or gap begins in the item, in bytes.
  public var offset: UInt64
  /// Decoded length of the body, in bytes.
  public var plainLength: UInt64
  /// Salt and body as they are stored, in bytes.
  public var storedLength: UInt64
  public var payloadDigest: Hash
  /// Record hash of the record before; for record 0 the hash of volume 0's preamble.
  public var previous: Hash

  public init(
    bundleID: BundleID, type: RecordType, codec: Codec = .stored, flags: UInt16 = 0,
    reserved: UInt32 = 0, number: UInt64, itemID: UInt64 = 0, offset: UInt64 = 0,
    plainLength: UInt64,
    storedLength: UInt64, payloadDigest: Hash, previous: Hash
  ) {
    self.bundleID = bundleID
    self.type = type
    self.codec = codec
    self.flags = flags
    self.reserved = reserved
    self.number = number
    self.itemID = itemID
    self.offset = offset
    self.plainLength = plainLength
    self.storedLength = storedLength
    self.payloadDigest = payloadDigest
    self.previous = previous
  }
}

extension Core {
  /// Bytes of a core.
  public static let size = 128

  /// Decodes the 128 bytes as they are; `check()` judges the values.
  ///
  /// - Throws: `frame-truncated` for fewer bytes.
  public init(decoding bytes: Span<UInt8>) throws(BuktiError) {
    var reader = ByteReader(bytes, shortage: .frameTruncated)
    guard reader.remaining >= Self.size else { throw BuktiError(.frameTruncated) }
    bundleID = try reader.bundleID()
    type = RecordType(rawValue: try reader.u8())
    codec = Codec(rawValue: try reader.u8())
    flags = try reader.u16()
    reserved = try reader.u32()
    number = try reader.u64()
    itemID = try reader.u64()
    offset = try reader.u64()
    plainLength = try reader.u64()
    storedLength = try reader.u64()
    payloadDigest = try reader.hash()
    previous = try reader.hash()
  }

  /// Appends the 128 bytes.
  public func encode(into writer: inout ByteWriter) {
    writer.append(bundleID)
    writer.append(type.rawValue)
    writer.append(codec.rawValue)
    writer.append(flags)
    writer.append(reserved)
    writer.append(number)
    writer.append(itemID)
    writer.append(offset)
    writer.append(plainLength)
    writer.append(storedLength)
    writer.append(payloadDigest)
    writer.append(previous)
  }
}
