/// Appends big-endian integers and runs of bytes to a buffer that can be used again.
public struct ByteWriter: Sendable {
  public private(set) var bytes: [UInt8] = []

  public init() {}

  public var count: Int { bytes.count }

  /// Empties the buffer and keeps its memory.
  public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  public mutating func append(_ value: UInt8) { bytes.append(value) }

  public mutating func append(_ value: UInt16) { appendInteger(value) }

  public mutating func append(_ value: UInt32) { appendInteger(value) }

  public mutating func append(_ value: UInt64) { appendInteger(value) }

  public mutating func append(_ hash: Hash) {
    append(hash.words.0)
    append(hash.words.1)
    append(hash.words.2)
    append(hash.words.3)
  }

  public mutating func append(_ run: some Collection<UInt8>) { bytes.append(contentsOf: run) }

  public mutating func append(_ run: Span<UInt8>) { bytes.append(copying: run) }

  private mutating func appendInteger(_ value: some FixedWidthInteger & UnsignedInteger) {
    unsafe withUnsafeBytes(of: value.bigEndian) { unsafe bytes.append(contentsOf: $0) }
  }
}
