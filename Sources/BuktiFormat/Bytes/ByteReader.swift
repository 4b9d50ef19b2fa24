/// Reads big-endian integers and runs of bytes from the front of a borrowed buffer.
///
/// Nothing is copied unless the caller asks for an array, and nothing past the end is ever touched.
public struct ByteReader: ~Escapable {
  private let bytes: Span<UInt8>
  private let shortage: ErrorCode
  /// Bytes read so far, which is the offset of the next one.
  public private(set) var offset = 0

  /// Reads `bytes` from the start; `shortage` is the code thrown where they end too early.
  @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>, shortage: ErrorCode) {
    self.bytes = bytes
    self.shortage = shortage
  }

  /// Bytes not read yet.
  public var remaining: Int { bytes.count - offset }

  @_lifetime(self: copy self)
  public mutating func u8() throws(BuktiError) -> UInt8 { try integer() }

  @_lifetime(self: copy self)
  public mutating func u16() throws(BuktiError) -> UInt16 { try integer() }

  @_lifetime(self: copy self)
  public mutating func u32() throws(BuktiError) -> UInt32 { try integer() }

  @_lifetime(self: copy self)
  public mutating func u64() throws(BuktiError) -> UInt64 { try integer() }

  /// Reads 32 bytes as a hash.
  @_lifetime(self: copy self)
  public mutating func hash() throws(BuktiError) -> Hash {
    try Hash(words: u64(), u64(), u64(), u64())
  }

  /// Reads `count` bytes without copying them.
  @_lifetime(copy self)
  public mutating func run(_ count: Int) throws(BuktiError) -> Span<UInt8> {
    guard count >= 0, count <= remaining else { throw BuktiError(shortage) }
    defer { offset += count }
    return bytes.extracting(offset..<(offset + count))
  }

  /// Reads `count` bytes into an array of their own.
  @_lifetime(self: copy self)
  public mutating func array(_ count: Int) throws(BuktiError) -> [UInt8] {
    [UInt8](copying: try run(count))
  }

  @_lifetime(self: copy self)
  private mutating func integer<T: FixedWidthInteger & BitwiseCopyable>() throws(BuktiError) -> T {
    let size = T.bitWidth / 8
    guard size <= remaining else { throw BuktiError(shortage) }
    let value = unsafe bytes.raw.unsafeLoadUnaligned(fromByteOffset: offset, as: T.self)
    offset += size
    return T(bigEndian: value)
  }
}

extension [UInt8] {
  /// Copies borrowed bytes.
  public init(copying bytes: Span<UInt8>) {
    self = unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) }
  }

  /// Appends a copy of borrowed bytes.
  public mutating func append(copying bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }
}

extension Span<UInt8> {
  /// The same bytes untyped, as engines take them; safe because a byte has no padding.
  public var raw: RawSpan {
    @_lifetime(copy self)
    get { unsafe bytes }
  }
}
