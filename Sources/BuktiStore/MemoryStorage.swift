public import BuktiFormat
internal import Glibc
internal import Synchronization

/// A volume in memory: for tests, and for bundles that are built to be sent.
public final class MemoryStorage: Storage {
  private let state: Mutex<[UInt8]>

  /// Starts with the bytes of an existing volume, or with none.
  public init(_ bytes: [UInt8] = []) { state = Mutex(bytes) }

  /// The bytes held now.
  public var bytes: [UInt8] { state.withLock { $0 } }

  public func append(_ pieces: [UnsafeRawBufferPointer]) throws(BuktiError) {
    let joined = unsafe join(pieces)
    state.withLock { $0 += joined }
  }

  public func sync() throws(BuktiError) {}

  public func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(BuktiError) -> Int {
    let bytes = self.bytes
    guard offset < UInt64(bytes.count) else { return 0 }
    let start = Int(offset)
    let count = min(buffer.count, bytes.count - start)
    unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
      .copyBytes(from: bytes[start..<start + count])
    return count
  }

  public func size() throws(BuktiError) -> UInt64 { state.withLock { UInt64($0.count) } }

  public func truncate(to size: UInt64) throws(BuktiError) {
    let isWithin = state.withLock { bytes in
      if size > UInt64(bytes.count) { return false }
      bytes.removeSubrange(Int(size)...)
      return true
    }
    if !isWithin { throw BuktiError.beyondEnd }
  }

  public func reserve(_ count: UInt64) throws(BuktiError) {}
}

func join(_ pieces: [UnsafeRawBufferPointer]) -> [UInt8] {
  var joined: [UInt8] = []
  for index in unsafe pieces.indices { unsafe joined.append(contentsOf: pieces[index]) }
  return joined
}

extension BuktiError {
  static let beyondEnd = BuktiError(
    .io, "truncate: the new size lies beyond the end", errno: EINVAL)
}
