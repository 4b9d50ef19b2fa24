import BuktiEngines
import BuktiFormat

/// Decodes bodies into memory that is used again.
@safe
final class PlainBody {
  private let engine = FastDeflate()
  private var buffer = unsafe UnsafeMutableRawBufferPointer(start: nil, count: 0)

  init() {}

  deinit {
    unsafe buffer.deallocate()
  }

  /// The plain bytes of a frame that is present and whose core is sound; a zero run gives none.
  ///
  /// They lie in the window or here, and are valid until either moves on.
  /// - Throws: `deflate-invalid`, `deflate-trailing` or `deflate-length`.
  @unsafe
  func decode(_ frame: Frame) throws(BuktiError) -> UnsafeRawBufferPointer {
    guard frame.core.codec == .deflate else { return unsafe frame.body }
    // Check 13 bounds the plain length by 16 MiB.
    let length = Int(frame.core.plainLength)
    if unsafe buffer.count < length {
      unsafe buffer.deallocate()
      unsafe buffer = .allocate(byteCount: max(length, 256 << 10), alignment: 64)
    }
    let target = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<length])
    var plain = unsafe OutputRawSpan(buffer: target, initializedCount: 0)
    try engine.inflate(unsafe frame.body.bytes, into: &plain)
    _ = unsafe plain.finalize(for: target)
    return UnsafeRawBufferPointer(target)
  }
}
