import BuktiFormat
import BuktiStore
import Synchronization

/// What goes wrong while a bundle is written.
enum Trouble: CaseIterable {
  case none, interrupted, brokenStorage, fullStorage, brokenStream, shrinkingFile
}

/// A volume in memory that fails for good after so many bytes, or has room for no more.
final class FailingStorage: Storage {
  private let inner = MemoryStorage()
  private let failsAfter: UInt64
  private let room: UInt64

  init(failsAfter: UInt64 = .max, room: UInt64 = .max) {
    self.failsAfter = failsAfter
    self.room = room
  }

  func append(_ pieces: [UnsafeRawBufferPointer]) throws(BuktiError) {
    let count = unsafe pieces.reduce(0) { $0 + UInt64($1.count) }
    if try size() + count > failsAfter { throw BuktiError(.io, errno: 5) }
    try reserve(count)
    unsafe try inner.append(pieces)
  }

  func reserve(_ count: UInt64) throws(BuktiError) {
    if try size() + count > room { throw BuktiError(.diskFull) }
  }

  func sync() throws(BuktiError) {}
  func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(BuktiError) -> Int { unsafe try inner.read(into: buffer, at: offset) }
  func size() throws(BuktiError) -> UInt64 { try inner.size() }
  func truncate(to size: UInt64) throws(BuktiError) { try inner.truncate(to: size) }
}

/// A stream in pieces of odd sizes, which may break off with an error.
final class Stream: ByteSource {
  private let bytes: [UInt8]
  private let breaksAt: Int
  private let place = Mutex(0)

  init(_ bytes: [UInt8], breaksAt: Int = .max) {
    self.bytes = bytes
    self.breaksAt = breaksAt
  }

  func isReadable(within time: Duration) throws(BuktiError) -> Bool { true }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(BuktiError) -> Int {
    let from = place.withLock { $0 }
    if from >= breaksAt { throw BuktiError(.io, errno: 5) }
    let count = min(buffer.count, bytes.count - from, 7_001)
    let part = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
    unsafe part.copyBytes(from: bytes[from..<from + count])
    place.withLock { $0 = from + count }
    return count
  }
}

/// Says yes once it was asked so many times.
final class Patience: Sendable {
  private let asked = Mutex(0)
  private let most: Int

  init(_ most: Int) { self.most = most }

  func isOver() -> Bool {
    asked.withLock {
      $0 += 1
      return $0 > most
    }
  }
}
