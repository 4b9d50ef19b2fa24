public import BuktiFormat
public import BuktiStore
import Synchronization

/// A volume that counts what is read of it.
public final class CountingStorage: Storage {
  private let inner: any Storage
  private let read = Mutex<UInt64>(0)

  public init(_ inner: any Storage) { self.inner = inner }

  public convenience init(_ bytes: [UInt8]) { self.init(MemoryStorage(bytes)) }

  public var bytesRead: UInt64 { read.withLock { $0 } }

  /// Counts from here on.
  public func reset() { read.withLock { $0 = 0 } }

  public func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(BuktiError) -> Int {
    let count = unsafe try inner.read(into: buffer, at: offset)
    read.withLock { $0 += UInt64(count) }
    return count
  }

  public func append(_ pieces: [UnsafeRawBufferPointer]) throws(BuktiError) {
    unsafe try inner.append(pieces)
  }
  public func sync() throws(BuktiError) { try inner.sync() }
  public func size() throws(BuktiError) -> UInt64 { try inner.size() }
  public func truncate(to size: UInt64) throws(BuktiError) { try inner.truncate(to: size) }
  public func reserve(_ count: UInt64) throws(BuktiError) { try inner.reserve(count) }
}
