import BuktiFormat
import Glibc

/// Bytes at one address, freed with their owner.
@safe
final class Memory {
  let bytes: UnsafeMutableRawBufferPointer

  init(_ count: Int) {
    unsafe bytes = .allocate(byteCount: count, alignment: 64)
    unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0)
  }

  deinit { unsafe bytes.deallocate() }

  var count: Int { unsafe bytes.count }

  /// Lends a part of it.
  func with<T>(_ range: Range<Int>, _ body: (RawSpan) throws -> T) rethrows -> T {
    try body(unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: bytes[range])))
  }
}

/// An open file.
struct File {
  let descriptor: Int32

  init(_ path: String, _ flags: Int32 = O_RDONLY) {
    descriptor = unsafe open(path, flags | O_CLOEXEC, 0o600)
    if descriptor < 0 { fail("\(path) cannot be opened") }
  }

  /// Reads into memory from a place in the file; the count that was read.
  func read(_ memory: Memory, at offset: Int, to range: Range<Int>) -> Int {
    let part = unsafe UnsafeMutableRawBufferPointer(rebasing: memory.bytes[range])
    return unsafe pread(descriptor, part.baseAddress, part.count, offset)
  }

  var size: Int {
    var state = stat()
    return unsafe fstat(descriptor, &state) == 0 ? state.st_size : 0
  }
}
