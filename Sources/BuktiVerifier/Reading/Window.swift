import BuktiFormat
import BuktiStore

/// The bytes of one volume that are looked at now: a run that slides over a source read once.
///
/// It grows as bytes come, never by what a length only declares, up to one longest frame.
@safe
final class Window {
  /// The longest frame, and room for a large read behind it.
  static let maximum = FrameHeader.overhead + FrameHeader.saltSize + 16 << 20 + 64 << 10
  private static let first = 1 << 20

  private var buffer: UnsafeMutableRawBufferPointer
  private var capacity = Window.first
  private var start = 0
  private var end = 0
  private var source: (any ByteSource)?
  /// Physical offset in the volume of the first byte of the window.
  private(set) var offset: UInt64 = 0
  /// Bytes of this volume read so far.
  private(set) var taken: UInt64 = 0

  init() {
    unsafe buffer = .allocate(byteCount: Self.first, alignment: 64)
  }

  deinit {
    unsafe buffer.deallocate()
  }

  /// Begins a volume; the memory is kept.
  func begin(_ source: any ByteSource) {
    self.source = source
    start = 0
    end = 0
    offset = 0
    taken = 0
  }

  /// Bytes that are here now.
  var count: Int { end - start }

  /// Makes `wanted` bytes available unless the volume ends before; returns how many of them there are.
  func require(_ wanted: Int) throws(BuktiError) -> Int {
    while count < wanted, let source {
      makeRoom(wanted)
      let free = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[end...])
      let got = unsafe try source.read(into: free)
      guard 0...free.count ~= got else { throw BuktiError(.io, "a source gave too much") }
      if got == 0 { self.source = nil }
      end += got
      taken += UInt64(got)
    }
    return min(count, wanted)
  }

  /// Leaves room for at least one more byte behind the end.
  private func makeRoom(_ wanted: Int) {
    if capacity - start >= wanted, end < capacity { return }
    if start > 0 {
      unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[start..<end]))
      end -= start
      start = 0
    }
    guard end == capacity else { return }
    precondition(capacity < Self.maximum, "no frame is longer than the window")
    capacity = min(capacity * 2, Self.maximum)
    let grown = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 64)
    unsafe grown.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[..<end]))
    unsafe buffer.deallocate()
    unsafe buffer = grown
  }

  /// The bytes from `place` on, counted from the window's first; valid until the next `require`.
  @unsafe
  func bytes(at place: Int = 0, count wanted: Int) -> UnsafeRawBufferPointer {
    precondition(place >= 0 && wanted >= 0 && place <= count && wanted <= count - place)
    return unsafe UnsafeRawBufferPointer(
      rebasing: buffer[(start + place)..<(start + place + wanted)])
  }

  /// Slides over bytes that are here.
  func skip(_ bytes: Int) {
    precondition(0...count ~= bytes)
    start += bytes
    offset += UInt64(bytes)
  }
}
