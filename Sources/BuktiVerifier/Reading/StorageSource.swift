public import BuktiFormat
public import BuktiStore
import Synchronization

/// Reads a storage from its start to the size that it has when the reading is prepared.
///
/// What is appended meanwhile belongs to a later verification.
public final class StorageSource: ByteSource {
  private let storage: any Storage
  /// Bytes that will be read.
  public let size: UInt64
  private let place = Mutex<UInt64>(0)

  /// - Throws: `io`, `dead`.
  public init(_ storage: any Storage) throws(BuktiError) {
    self.storage = storage
    size = try storage.size()
  }

  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(BuktiError) -> Int {
    let offset = place.withLock { $0 }
    let wanted = Int(min(UInt64(buffer.count), size - offset))
    guard wanted > 0 else { return 0 }
    let part = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted])
    let count = unsafe try storage.read(into: part, at: offset)
    place.withLock { $0 += UInt64(count) }
    return count
  }
}
