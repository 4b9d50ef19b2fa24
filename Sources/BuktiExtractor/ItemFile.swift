import BuktiFormat
import BuktiStore

/// One item that is being written: what is zero or not there becomes a hole.
///
/// An item's bytes come in ascending order. Where one comes again, a session refused what was there, and
/// all from that place on is forgotten. A small item waits in memory until its path is known, so that its file
/// is made in its own folder: that costs the system less than moving it there.
final class ItemFile {
  private static let block = 4096
  /// Most bytes that wait, of each of the items that are open at once.
  private static let smallSize = 64 << 10

  private let directory: ConfinedDirectory
  private let name: [UInt8]
  /// Nil as long as all bytes wait.
  private var file: ConfinedFile?
  private var waiting: [UInt8] = []
  /// The size that the file has, in bytes, which holes at its end do not count for.
  private var size: UInt64 = 0
  /// The end of what came so far, in bytes.
  private(set) var end: UInt64 = 0
  /// Bytes that came, zeros among them.
  private(set) var received: UInt64 = 0
  /// Ranges that are not in this copy, or damaged.
  private(set) var missing: [Range<UInt64>] = []
  private(set) var gaps: [Range<UInt64>] = []

  init(_ directory: ConfinedDirectory, id: UInt64) {
    self.directory = directory
    name = Array("bukti-item-\(id)".utf8)
  }

  /// Writes all blocks that are not zero.
  func write(_ bytes: RawSpan, at offset: UInt64) throws(BuktiError) {
    try goBack(to: offset)
    let fits = bytes.byteCount <= Self.smallSize - waiting.count
    try unsafe bytes.withUnsafeBytes { (bytes) throws(BuktiError) in
      if file == nil, offset == waiting.count, fits {
        unsafe waiting += bytes
      } else {
        unsafe try writeBlocks(bytes, to: try begun(), at: offset)
      }
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
    if let file {
      if size != self.size { try file.setSize(size) }
      return try file.publish(as: path, mode: mode, modified: modified)
    }
    let file = try directory.createFile(path, expectsFreeName: true)
    try writeWaiting(to: file)
    if size != self.size { try file.setSize(size) }
    try file.publish(mode: mode, modified: modified)
  }

  /// The file, which is made now if all bytes waited so far.
  private func begun() throws(BuktiError) -> ConfinedFile {
    if let file { return file }
    let file = try directory.createUnnamedFile(for: name)
    self.file = file
    try writeWaiting(to: file)
    return file
  }

  private func writeWaiting(to file: ConfinedFile) throws(BuktiError) {
    let whole = waiting
    waiting = []
    unsafe try whole.span.bytes.withUnsafeBytes { (bytes) throws(BuktiError) in
      unsafe try writeBlocks(bytes, to: file, at: 0)
    }
  }

  private func goBack(to offset: UInt64) throws(BuktiError) {
    if offset >= end { return }
    try begun().setSize(offset)
    size = offset
    received = min(received, offset)
    missing = Self.before(offset, missing)
    gaps = Self.before(offset, gaps)
    end = offset
  }

  private static func before(_ end: UInt64, _ ranges: [Range<UInt64>]) -> [Range<UInt64>] {
    ranges.filter { $0.lowerBound < end }.map { $0.lowerBound..<min($0.upperBound, end) }
  }

  private func writeBlocks(
    _ bytes: UnsafeRawBufferPointer, to file: ConfinedFile, at offset: UInt64
  ) throws(BuktiError) {
    var start = 0
    var place = 0
    while place < bytes.count {
      // Blocks of the file, not of the buffer, so that whole ones stay holes.
      let rest = Self.block - Int((offset + UInt64(place)) % UInt64(Self.block))
      let next = min(place + rest, bytes.count)
      if unsafe Self.isZero(UnsafeRawBufferPointer(rebasing: bytes[place..<next])) {
        unsafe try write(bytes, start..<place, to: file, at: offset)
        start = next
      }
      place = next
    }
    unsafe try write(bytes, start..<bytes.count, to: file, at: offset)
  }

  private func write(
    _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, to file: ConfinedFile, at offset: UInt64
  ) throws(BuktiError) {
    if range.isEmpty { return }
    unsafe try file.write(
      UnsafeRawBufferPointer(rebasing: bytes[range]), at: offset + UInt64(range.lowerBound))
    size = max(size, offset + UInt64(range.upperBound))
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
