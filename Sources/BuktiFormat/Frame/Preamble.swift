/// The first 32 bytes of a volume.
public struct Preamble: Sendable, Hashable {
  /// Position in the bundle, 0 first.
  public let volume: UInt32
  public let bundleID: BundleID
  /// Format version below the major one: a reader of major 1 takes any.
  public let minor: UInt8

  public init(volume: UInt32, bundleID: BundleID, minor: UInt8 = Preamble.minor) {
    self.volume = volume
    self.bundleID = bundleID
    self.minor = minor
  }
}

extension Preamble {
  /// Bytes of a preamble.
  public static let size = 32
  public static let magic: [UInt8] = [0x89, 0x42, 0x55, 0x4B, 0x54, 0x49, 0x0D, 0x0A, 0x1A, 0x0A]
  /// The format version that this module writes; the major one fixes the hash of the chain.
  public static let major: UInt8 = 1
  public static let minor: UInt8 = 0

  /// Decodes the preamble at the start of `bytes`.
  ///
  /// - Throws: `preamble-truncated`, `preamble-magic` or `preamble-version`, checked in this order.
  public init(decoding bytes: Span<UInt8>) throws(BuktiError) {
    var reader = ByteReader(bytes, shortage: .preambleTruncated)
    guard reader.remaining >= Self.size else { throw BuktiError(.preambleTruncated) }
    guard try reader.array(Self.magic.count) == Self.magic else {
      throw BuktiError(.preambleMagic)
    }
    guard try reader.u8() == Self.major else { throw BuktiError(.preambleVersion) }
    minor = try reader.u8()
    volume = try reader.u32()
    bundleID = try reader.bundleID()
  }

  /// Appends the 32 bytes.
  public func encode(into writer: inout ByteWriter) {
    writer.append(Self.magic)
    writer.append(Self.major)
    writer.append(minor)
    writer.append(volume)
    writer.append(bundleID)
  }

  /// The hash that record 0 names as its previous one; meant for the preamble of volume 0.
  public func hash(using engine: some SHA256Engine) -> Hash {
    var writer = ByteWriter()
    encode(into: &writer)
    return engine.hash(writer.bytes.span.raw)
  }
}

extension ByteReader {
  @_lifetime(self: copy self)
  public mutating func bundleID() throws(BuktiError) -> BundleID {
    let high = try u64()
    return BundleID(UInt128(high) << 64 | UInt128(try u64()))
  }
}

extension ByteWriter {
  public mutating func append(_ id: BundleID) {
    append(UInt64(truncatingIfNeeded: id.value >> 64))
    append(UInt64(truncatingIfNeeded: id.value))
  }
}
