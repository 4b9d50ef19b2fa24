/// The random identity of a bundle, 16 bytes, shown as a UUID.
public struct BundleID: Sendable, Hashable {
  /// The 16 bytes as one big-endian number.
  public let value: UInt128

  public init(_ value: UInt128) { self.value = value }
}

extension BundleID {
  /// Takes exactly 16 bytes; nil for any other count.
  public init?(bytes: some Collection<UInt8>) {
    guard let value = UInt128(bigEndianBytes: bytes) else { return nil }
    self.init(value)
  }

  /// The 16 bytes, first one first.
  public var bytes: [UInt8] { value.bigEndianBytes }

  /// Takes lower-case hexadecimal in groups of 8-4-4-4-12 (RFC 9562 section 4); nil for any other text.
  public init?(uuid text: some Collection<UInt8>) {
    let text = Array(text)
    guard text.count == 36 else { return nil }
    let dashes = text.indices.filter { text[$0] == UInt8(ascii: "-") }
    guard dashes == [8, 13, 18, 23] else { return nil }
    guard let bytes = Hex.decode(text.filter { $0 != UInt8(ascii: "-") }) else { return nil }
    self.init(bytes: bytes)
  }

  /// Lower-case hexadecimal in groups of 8-4-4-4-12.
  public var uuid: String {
    let bytes = bytes
    return [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { Hex.encode(bytes[$0]) }
      .joined(separator: "-")
  }
}

extension BundleID: CustomStringConvertible {
  public var description: String { uuid }
}

extension UInt128 {
  /// Takes exactly 16 bytes; nil for any other count.
  init?(bigEndianBytes bytes: some Collection<UInt8>) {
    guard bytes.count == 16 else { return nil }
    self = bytes.reduce(0) { $0 << 8 | UInt128($1) }
  }

  var bigEndianBytes: [UInt8] {
    stride(from: 120, through: 0, by: -8).map { UInt8(truncatingIfNeeded: self >> $0) }
  }
}
