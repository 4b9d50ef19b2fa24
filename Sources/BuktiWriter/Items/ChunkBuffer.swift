import BuktiFormat

/// Memory for one chunk, used again and again; aligned as reads from a device want it.
@safe
final class ChunkBuffer {
  private let bytes: UnsafeMutableRawBufferPointer

  init(_ count: Int) {
    unsafe bytes = .allocate(byteCount: max(1, count), alignment: 4096)
  }

  deinit { unsafe bytes.deallocate() }

  var count: Int { unsafe bytes.count }

  /// The first `count` bytes, or as many as there are, to be filled.
  func room(_ count: Int) -> UnsafeMutableRawBufferPointer {
    unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[..<min(count, bytes.count)])
  }

  /// Some of the bytes; those that there are not are left out.
  func slice(_ range: Range<Int>) -> UnsafeMutableRawBufferPointer {
    unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[range.clamped(to: 0..<bytes.count)])
  }

  /// Lends the first `count` bytes.
  func withFilled<Result>(
    _ count: Int, _ body: (RawSpan) throws(BuktiError) -> Result
  ) throws(BuktiError) -> Result {
    let filled = unsafe UnsafeRawBufferPointer(room(count))
    return try body(unsafe filled.bytes)
  }
}
