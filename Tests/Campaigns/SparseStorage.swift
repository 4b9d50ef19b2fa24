public import BuktiFormat
public import BuktiStore
import Synchronization

/// A volume of terabytes, of which only what is not zero is kept.
public final class SparseStorage: Storage {
  private struct Contents {
    /// Where each piece begins in the volume, ascending, and in `bytes`.
    var pieces: [(offset: UInt64, place: Int)] = []
    var bytes: [UInt8] = []
    var end: UInt64 = 0
  }

  private let contents = Mutex(Contents())

  public init() {}

  /// Bytes of memory that this volume takes itself.
  public var heldBytes: UInt64 {
    contents.withLock { UInt64($0.bytes.capacity + $0.pieces.capacity * 16) }
  }

  public func append(_ pieces: [UnsafeRawBufferPointer]) throws(BuktiError) {
    contents.withLock { contents in
      if contents.pieces.last.map({
        contents.end != $0.offset + UInt64(contents.bytes.count - $0.place)
      })
        ?? true
      {
        contents.pieces.append((contents.end, contents.bytes.count))
      }
      for index in unsafe pieces.indices {
        unsafe contents.bytes.append(contentsOf: pieces[index])
        unsafe contents.end += UInt64(pieces[index].count)
      }
    }
  }

  /// Appends zeros that take no memory.
  func appendZeros(_ count: UInt64) { contents.withLock { $0.end += count } }

  public func sync() throws(BuktiError) {}

  public func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(BuktiError) -> Int {
    contents.withLock { contents in
      guard offset < contents.end else { return 0 }
      let end = min(contents.end, offset + UInt64(buffer.count))
      unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(end - offset)])
        .initializeMemory(as: UInt8.self, repeating: 0)
      var index = Self.piece(at: offset, in: contents)
      while index < contents.pieces.count, contents.pieces[index].offset < end {
        let (start, place) = contents.pieces[index]
        index += 1
        let next =
          index < contents.pieces.count ? contents.pieces[index].place : contents.bytes.count
        let from = max(offset, start)
        let until = min(end, start + UInt64(next - place))
        guard from < until else { continue }
        let source = place + Int(from - start)..<place + Int(until - start)
        unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[Int(from - offset)...])
          .copyBytes(from: contents.bytes[source])
      }
      return Int(end - offset)
    }
  }

  /// The last piece that begins at or before an offset.
  private static func piece(at offset: UInt64, in contents: borrowing Contents) -> Int {
    var low = 0
    var high = contents.pieces.count
    while low < high {
      let middle = (low + high) / 2
      if contents.pieces[middle].offset > offset { high = middle } else { low = middle + 1 }
    }
    return max(0, low - 1)
  }

  public func size() throws(BuktiError) -> UInt64 { contents.withLock { $0.end } }

  public func truncate(to size: UInt64) throws(BuktiError) {
    throw BuktiError(.io, "A sparse volume only grows.")
  }

  public func reserve(_ count: UInt64) throws(BuktiError) {}
}
