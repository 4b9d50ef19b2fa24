import BuktiFormat
import BuktiStore

/// Memory that a window reads into, kept as long as somebody looks at what is there.
@safe
final class WindowBlock {
  fileprivate let bytes: UnsafeMutableRawBufferPointer
  /// How many look at it besides the window; counted on the thread of the window alone.
  fileprivate(set) var users = 0

  fileprivate init(_ count: Int) { unsafe bytes = .allocate(byteCount: count, alignment: 64) }

  deinit { unsafe bytes.deallocate() }

  fileprivate var capacity: Int { unsafe bytes.count }
}

/// The bytes of one volume that are looked at now: a run that slides over a source read once.
///
/// It grows as bytes come, never by what a length only declares, up to one longest frame.
@safe
final class Window {
  /// The longest frame, and room for a large read behind it.
  static let maximum = FrameHeader.overhead + FrameHeader.saltSize + 16 << 20 + 64 << 10
  /// A block holds whole frames up to this length, in bytes.
  static let first = 1 << 20

  private(set) var block = WindowBlock(Window.first)
  private var spare: [WindowBlock] = []
  private var start = 0
  private var end = 0
  private var source: (any ByteSource)?
  private var isEnded = false
  /// Physical offset in the volume of the first byte of the window.
  private(set) var offset: UInt64 = 0
  private var readsLittle = false
  /// Whether the source threw.
  private(set) var hasFailed = false
  /// Bytes of this volume read or passed over so far.
  private(set) var taken: UInt64 = 0

  private var capacity: Int { block.capacity }
  private var buffer: UnsafeMutableRawBufferPointer { unsafe block.bytes }

  /// Keeps what the block holds now until it is released.
  func keepBlock() -> WindowBlock {
    block.users += 1
    return block
  }

  func release(_ kept: WindowBlock) {
    kept.users -= 1
    if kept.users == 0, kept !== block, kept.capacity == Self.first { spare.append(kept) }
  }

  /// Begins a volume; the memory is kept, unless somebody still looks at what is there.
  func begin(_ source: any ByteSource) {
    if block.users > 0 { block = spare.popLast() ?? WindowBlock(Self.first) }
    self.source = source
    isEnded = false
    start = 0
    end = 0
    offset = 0
    taken = 0
    readsLittle = false
  }

  /// Bytes that are here now.
  var count: Int { end - start }

  /// Makes `wanted` bytes available unless the volume ends before; returns how many of them there are.
  func require(_ wanted: Int) throws(BuktiError) -> Int {
    while count < wanted, !isEnded, let source {
      makeRoom(wanted)
      let most = readsLittle ? max(wanted - count, Self.stride) : capacity
      let stop = min(capacity, end + most)
      let free = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[end..<stop])
      let got = unsafe try read(source, into: free)
      guard 0...free.count ~= got else { throw BuktiError(.io, "a source gave too much") }
      if got == 0 { isEnded = true }
      end += got
      taken += UInt64(got)
    }
    return min(count, wanted)
  }

  private func read(
    _ source: any ByteSource, into room: UnsafeMutableRawBufferPointer
  ) throws(BuktiError) -> Int {
    do throws(BuktiError) { return unsafe try source.read(into: room) } catch {
      hasFailed = true
      throw error
    }
  }

  /// Leaves room for at least one more byte behind the end.
  private func makeRoom(_ wanted: Int) {
    if capacity - start >= wanted, end < capacity { return }
    if block.users > 0 {
      move(to: count < Self.first ? spare.popLast() ?? WindowBlock(Self.first) : nil)
    } else if start > 0 {
      unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[start..<end]))
      end -= start
      start = 0
    }
    if end == capacity { move(to: nil) }
  }

  /// Goes on in another block: a larger one, if none is given.
  private func move(to other: WindowBlock?) {
    precondition(other != nil || count < Self.maximum, "no frame is longer than the window")
    let next = other ?? WindowBlock(min(max(count, Self.first) * 2, Self.maximum))
    unsafe next.bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[start..<end]))
    end -= start
    start = 0
    block = next
  }

  /// The bytes from `place` on, counted from the window's first; valid until the next `require`.
  @unsafe
  func bytes(at place: Int = 0, count wanted: Int) -> UnsafeRawBufferPointer {
    precondition(place >= 0 && wanted >= 0 && place <= count && wanted <= count - place)
    return unsafe UnsafeRawBufferPointer(
      rebasing: buffer[(start + place)..<(start + place + wanted)])
  }

  /// Bytes that are read at once where most are passed over.
  private static let stride = 4096

  /// Goes on at another place of the volume, if the source can; what is here now is given up, not overwritten.
  func move(to place: UInt64) -> Bool {
    guard let source, source.seek(to: place) else { return false }
    readsLittle = true
    isEnded = false
    start = end
    offset = place
    taken = place
    return true
  }

  /// Slides over bytes that are here.
  func skip(_ bytes: Int) {
    precondition(0...count ~= bytes)
    start += bytes
    offset += UInt64(bytes)
  }
}
