public import BuktiFormat
internal import Synchronization

/// Reads a volume from its beginning to its end.
public final class StorageSource: ByteSource {
  private let storage: any Storage
  private let offset = Mutex<UInt64>(0)

  public init(_ storage: any Storage) { self.storage = storage }

  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(BuktiError) -> Int {
    let start = offset.withLock { $0 }
    let count = unsafe try storage.read(into: buffer, at: start)
    offset.withLock { $0 = start + UInt64(count) }
    return count
  }
}
