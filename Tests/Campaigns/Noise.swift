import BuktiFormat
import BuktiStore
import Synchronization

/// Bytes that do not shrink, as fast as they can be made; any place can be asked for again.
final class Noise: ByteSource {
  private let count: UInt64
  private let place = Mutex<UInt64>(0)

  init(_ count: UInt64) { self.count = count }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(BuktiError) -> Int {
    let from = place.withLock { $0 }
    let wanted = Int(min(UInt64(buffer.count), count - from)) & ~7
    let part = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted])
    unsafe Self.fill(part, from)
    place.withLock { $0 = from + UInt64(wanted) }
    return wanted
  }

  /// What stands from a place on; both are multiples of eight.
  static func bytes(_ count: Int, at place: UInt64) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      unsafe fill(UnsafeMutableRawBufferPointer(buffer), place)
      filled = count
    }
  }

  private static func fill(_ buffer: UnsafeMutableRawBufferPointer, _ place: UInt64) {
    for index in 0..<(buffer.count / 8) {
      // SplitMix64, which any place can be asked of.
      var word = (place / 8 &+ UInt64(index)) &* 0x9E37_79B9_7F4A_7C15
      word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
      word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
      unsafe buffer.storeBytes(of: word ^ word >> 31, toByteOffset: index * 8, as: UInt64.self)
    }
  }
}
