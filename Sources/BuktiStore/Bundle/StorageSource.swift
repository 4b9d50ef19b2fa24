public import BuktiFormat
internal import Synchronization

/// Reads a volume from its beginning to its end, or to the size that it had at some time.
public final class StorageSource: ByteSource {
  private let storage: any Storage
  private let end: UInt64
  private let offset = Mutex<UInt64>(0)

  /// - Parameter end: where to stop even if the volume goes on: what is appended meanwhile is for a later reading.
  public init(_ storage: any Storage, end: UInt64 = .max) {
    self.storage = storage
    self.end = end
  }

  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(BuktiError) -> Int {
    let start = offset.withLock { $0 }
    let wanted = Int(min(UInt64(buffer.count), end - min(start, end)))
    let part = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted])
    let count = unsafe try storage.read(into: part, at: start)
    offset.withLock { $0 = start + UInt64(count) }
    return count
  }

  public func seek(to offset: UInt64) -> Bool {
    self.offset.withLock { $0 = offset }
    return true
  }
}
