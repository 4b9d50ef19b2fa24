/// Memory for plain bytes that is used again.
@safe
final class PlainRoom {
  private var buffer = unsafe UnsafeMutableRawBufferPointer(start: nil, count: 0)

  init() {}

  deinit { unsafe buffer.deallocate() }

  /// Memory for `count` bytes, in which nothing that was lent before stays.
  @unsafe
  func room(_ count: Int) -> UnsafeMutableRawBufferPointer {
    if unsafe buffer.count < count {
      unsafe buffer.deallocate()
      unsafe buffer = .allocate(byteCount: max(count, 256 << 10), alignment: 64)
    }
    return unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
  }
}
