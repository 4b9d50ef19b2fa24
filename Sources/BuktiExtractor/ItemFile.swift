import BuktiFormat
import BuktiStore

/// One item that is being written: what is zero or not there becomes a hole.
///
/// An item's bytes come in ascending order. Where one comes again, a session refused what was there, and
/// all from that place on is forgotten.
final class ItemFile {
  private static let block = 4096

  private let file: ConfinedFile
  /// The end of what came so far, in bytes.
  private(set) var end: UInt64 = 0
  /// Bytes that came, zeros among them.
  private(set) var received: UInt64 = 0
  /// Ranges that are not in this copy, or damaged.
  private(set) var missing: [Range<UInt64>] = []
  private(set) var gaps: [Range<UInt64>] = []

  init(_ directory: ConfinedDirectory, id: UInt64) throws(BuktiError) {
    file = try directory.createFile(Array("bukti-item-\(id)".utf8))
  }

  /// Writes all blocks that are not zero.
  func write(_ bytes: RawSpan, at offset: UInt64) throws(BuktiError) {
    try goBack(to: offset)
    unsafe try bytes.withUnsafeBytes { (bytes) throws(BuktiError) in
      unsafe try writeBlocks(bytes, at: offset)
    }
    received += UInt64(bytes.byteCount)
    end = max(end, offset + UInt64(bytes.byteCount))
  }

  func skipZeros(_ count: UInt64, at offset: UInt64) throws(BuktiError) {
    try goBack(to: offset)
    received += count
    end = max(end, offset + count)
  }

  func skipGap(_ count: UInt64, at offset: UInt64) throws(BuktiError) {
    try goBack(to: offset)
    gaps.append(offset..<(offset + count))
    end = max(end, offset + count)
  }

  func skipMissing(_ count: UInt64, at offset: UInt64) throws(BuktiError) {
    try goBack(to: offset)
    if let last = missing.last, last.upperBound == offset {
      missing[missing.count - 1] = last.lowerBound..<(offset + count)
    } else {
      missing.append(offset..<(offset + count))
    }
    end = max(end, offset + count)
  }

  /// Gives the file its size, permissions, time and path.
  func publish(
    as path: [UInt8], size: UInt64, mode: UInt32, modified: FileTime
  ) throws(BuktiError) {
    try goBack(to: size)
    try file.setSize(size)
    try file.publish(as: path, mode: mode, modified: modified)
  }

  private func goBack(to offset: UInt64) throws(BuktiError) {
    if offset >= end { return }
    try file.setSize(offset)
    received = min(received, offset)
    missing = Self.before(offset, missing)
    gaps = Self.before(offset, gaps)
    end = offset
  }

  private static func before(_ end: UInt64, _ ranges: [Range<UInt64>]) -> [Range<UInt64>] {
    ranges.filter { $0.lowerBound < end }.map { $0.lowerBound..<min($0.upperBound, end) }
  }

  private func writeBlocks(
    _ bytes: UnsafeRawBufferPointer, at offset: UInt64
  ) throws(BuktiError) {
    var start = 0
    var place = 0
    while place < bytes.count {
      // Blocks of the file, not of the buffer, so that whole ones stay holes.
      let rest = Self.block - Int((offset + UInt64(place)) % UInt64(Self.block))
      let next = min(place + rest, bytes.count)
      if unsafe Self.isZero(UnsafeRawBufferPointer(rebasing: bytes[place..<next])) {
        unsafe try write(bytes, start..<place, at: offset)
        start = next
      }
      place = next
    }
    unsafe try write(bytes, start..<bytes.count, at: offset)
  }

  private func write(
    _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, at offset: UInt64
  ) throws(BuktiError) {
    if range.isEmpty { return }
    unsafe try file.write(
      UnsafeRawBufferPointer(rebasing: bytes[range]), at: offset + UInt64(range.lowerBound))
  }

  private static func isZero(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var place = 0
    while bytes.count - place >= 8 {
      if unsafe bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self) != 0 { return false }
      place += 8
    }
    while place < bytes.count {
      if unsafe bytes[place] != 0 { return false }
      place += 1
    }
    return true
  }
}
