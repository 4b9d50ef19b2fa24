import BuktiFormat
import BuktiStore
import Glibc
import Testing

@testable import BuktiWriter

/// A disk in memory that fails where and when it is told to, and counts what it is asked.
private final class FailingDisk: PlacedSource {
  let bytes: [UInt8]
  let sectorSize: Int
  /// Whether the k-th read fails, and with what.
  private let fails: @Sendable (_ read: Int, _ range: Range<UInt64>) -> Int32?
  private nonisolated(unsafe) var count = 0

  init(
    _ bytes: [UInt8], sector: Int = 512,
    fails: @escaping @Sendable (_ read: Int, _ range: Range<UInt64>) -> Int32?
  ) {
    self.bytes = bytes
    sectorSize = sector
    self.fails = fails
  }

  /// One whose sectors in a range always fail.
  convenience init(_ bytes: [UInt8], bad: [Range<UInt64>], sector: UInt64 = 512) {
    self.init(bytes, sector: Int(sector)) { _, range in
      bad.contains {
        $0.lowerBound * sector < range.upperBound && range.lowerBound < $0.upperBound * sector
      }
        ? EIO : nil
    }
  }

  var reads: Int { unsafe count }

  func unbuffered() -> FailingDisk? { self }

  func size() throws(BuktiError) -> UInt64 { UInt64(bytes.count) }

  func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(BuktiError) -> Int {
    unsafe count += 1
    let end = min(offset + UInt64(buffer.count), UInt64(bytes.count))
    guard offset < end else { return 0 }
    if let errno = fails(unsafe count, offset..<end) { throw BuktiError(.io, errno: errno) }
    unsafe buffer.copyBytes(from: bytes[Int(offset)..<Int(end)])
    return Int(end - offset)
  }

  func nextData(from offset: UInt64, below end: UInt64) throws(BuktiError) -> Range<UInt64>? {
    offset..<end
  }
}

/// What became of a copy: the item's bytes, its gaps, and how the reading ended.
private struct Copied {
  let audit: Audit
  let lost: LostRanges
  let reads: Int
  var bytes: [UInt8] { audit.bytes[1] ?? [] }
}

@Suite struct SectorTests {
  private func copy(
    _ disk: FailingDisk, map: RescueMap? = nil, asksOther: Bool = false,
    _ change: (inout WriterOptions) -> Void = { _ in }
  ) throws -> Copied {
    var options = Office.options
    options.chunkSize = 16 << 10
    options.attempts = 2
    change(&options)
    let storage = MemoryStorage()
    var writer = try Office.create(storage, options)
    let id = writer.log.ledger.nextItemID
    let stream = ItemStream(id: id, log: writer.log, digests: try DigestSet([]))
    let size = try map?.size(ofImage: disk.size()) ?? disk.size()
    let end = try writer.reader.copy(disk, size: size, map: map, to: stream)
    guard case .whole = end else { throw BuktiError(.io, "\(end)") }
    let digests = try stream.finish()
    var item = Item(
      kind: .disk, name: [65], size: stream.end, state: stream.lost.count > 0 ? .partial : .complete
    )
    item.digests = digests
    item.reason = stream.lost.count > 0 ? "lost" : nil
    _ = try writer.log.append(item, of: id)
    try writer.seal([Office.signer])
    #expect(stream.end == size)
    return Copied(
      audit: try Audit(storage, asksOther: asksOther), lost: stream.lost, reads: disk.reads)
  }

  /// Expects that what was read and what was lost make up the whole, and that nothing else is there.
  private func expectHonest(
    _ copied: Copied, _ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    var expected = bytes
    var lost: UInt64 = 0
    for range in copied.lost.ranges {
      lost += UInt64(range.range.count)
      for place in range.range where place < UInt64(bytes.count) { expected[Int(place)] = 0 }
    }
    let isEqual = copied.bytes == expected
    #expect(isEqual, sourceLocation: sourceLocation)
    #expect(lost == copied.lost.bytes, sourceLocation: sourceLocation)
    #expect(
      copied.audit.gaps.reduce(0) { $0 + $1.length } == lost, sourceLocation: sourceLocation)
  }

  @Test func onlyBadSectorsAreLost() throws {
    let bytes = noise(200 << 10)
    let bad: [Range<UInt64>] = [0..<1, 7..<9, 33..<34, 127..<129, 399..<400]
    let lost: [Range<UInt64>] = bad.map { $0.lowerBound * 512..<$0.upperBound * 512 }
    let copied = try copy(FailingDisk(bytes, bad: bad), asksOther: true)
    expectHonest(copied, bytes)
    #expect(copied.lost.ranges.map(\.range) == lost)
    #expect(copied.lost.ranges.allSatisfy { $0.errno == UInt64(EIO) && $0.attempts == 2 })
    let large = try copy(FailingDisk(bytes, bad: [9..<10], sector: 4096))
    expectHonest(large, bytes)
    #expect(large.lost.ranges.map(\.range) == [36_864..<40_960])
  }

  /// Every read of an acquisition fails once, or a few in a row, or from then on; large reads, and those sector by
  /// sector that come after the first has failed.
  @Test(arguments: [1, 3, Int.max / 2], [false, true])
  func everyReadFails(inARow: Int, firstFails: Bool) throws {
    let bytes = noise(24 << 10)
    var read = firstFails ? 2 : 1
    while true {
      let failing = read..<read + inARow
      let disk = FailingDisk(bytes) { number, _ in
        failing.contains(number) || firstFails && number == 1 ? EIO : nil
      }
      let copied = try copy(disk) { $0.skipAfter = read % 3 == 0 ? 4 : 0 }
      expectHonest(copied, bytes)
      if disk.reads < read { break }
      if inARow == 1 { #expect(copied.lost.count == 0) }
      if inARow > 1000 { #expect(copied.lost.count > 0) }
      read += 1
    }
    #expect(read > (firstFails ? 33 : 2))
  }

  @Test func aTryThatSucceedsIsNoLoss() throws {
    let bytes = noise(8 << 10)
    let disk = FailingDisk(bytes) { number, _ in 1...5 ~= number ? EIO : nil }
    let copied = try copy(disk) { $0.attempts = 5 }
    #expect(copied.lost.count == 0 && copied.bytes == bytes)
  }

  @Test func errorsOfOtherKindsAreOtherGaps() throws {
    let bytes = noise(8 << 10)
    let disk = FailingDisk(bytes) { _, range in
      range.upperBound <= 1024 || range.lowerBound >= 2048
        ? nil : range.lowerBound < 1536 ? EIO : EILSEQ
    }
    let copied = try copy(disk)
    expectHonest(copied, bytes)
    #expect(copied.lost.ranges.map(\.errno) == [UInt64(EIO), UInt64(EILSEQ)])
  }

  /// Skips over the middle of a bad place, and finds both its edges.
  @Test func skipsAheadAndComesBack() throws {
    let bytes = noise(4 << 20)
    let copied = try copy(FailingDisk(bytes, bad: [1000..<6000]), asksOther: true) {
      $0.skipAfter = 16
    }
    expectHonest(copied, bytes)
    let places: [UInt64] = [512_000, 520_192, 3_063_808, 3_072_000]
    #expect(copied.lost.ranges.map(\.range.lowerBound) == Array(places.dropLast()))
    #expect(copied.lost.ranges.map(\.range.upperBound) == Array(places.dropFirst()))
    #expect(copied.lost.ranges.map(\.errno) == [UInt64(EIO), nil, UInt64(EIO)])
    #expect(copied.lost.ranges[1].reason?.hasPrefix("skipped after 16 unreadable") == true)
    #expect(copied.lost.unreadable == 16_384)
    #expect(copied.lost.notAttempted == 2_543_616)
    let thorough = try copy(FailingDisk(bytes, bad: [1000..<6000]))
    #expect(copied.reads * 10 < thorough.reads)
    #expect(thorough.lost.ranges.map(\.range) == [512_000..<3_072_000])
  }

  @Test(arguments: [
    [0..<8192], [0..<5000], [5000..<8192], [1000..<1015], [1000..<1100, 1110..<1120, 1200..<3000],
    [0..<16, 17..<33, 34..<50], [8191..<8192],
  ])
  func skippedPlacesOfManyForms(bad: [Range<UInt64>]) throws {
    let bytes = noise(4 << 20)
    for skipAfter in [1, 3, 16, 100_000] {
      let copied = try copy(FailingDisk(bytes, bad: bad)) { $0.skipAfter = skipAfter }
      expectHonest(copied, bytes)
      let lost = copied.lost.bytes
      let least = bad.reduce(0) { $0 + UInt64($1.count) * 512 }
      #expect(lost >= least)
      if bad.count == 1 { #expect(lost == least, "both edges are found") }
    }
  }

  @Test func aDeviceThatGoesAwayIsNotAskedFurther() throws {
    let bytes = noise(1 << 20)
    let disk = FailingDisk(bytes) { _, range in range.upperBound > 300_000 ? ENODEV : nil }
    let copied = try copy(disk)
    expectHonest(copied, bytes)
    #expect(copied.lost.ranges.map(\.errno) == [UInt64(ENODEV), nil])
    #expect(copied.reads < 100)
  }

  @Test func whatDdrescueLostBecomesGaps() throws {
    let bytes = noise(64 << 10)
    let text = """
      # Mapfile. Created by GNU ddrescue version 1.27
      0x00004000     ?               1
      0x00000000  0x00002000  +
      0x00002000  0x00000200  -
      0x00002200  0x00000E00  *   # with a comment
      0x00003000  0x00001000  /
      0x00004000  0x0000C000  +
      0x00010000  0x00002000  ?
      """
    let map = try RescueMap(parsing: Array(text.utf8))
    let copied = try copy(FailingDisk(bytes, bad: []), map: map, asksOther: true)
    #expect(copied.bytes.count == 0x12000)
    let places: [Range<UInt64>] = [
      0x2000..<0x2200, 0x2200..<0x3000, 0x3000..<0x4000, 0x10000..<0x12000,
    ]
    #expect(copied.lost.ranges.map(\.range) == places)
    #expect(
      copied.lost.ranges.map(\.reason)
        == [
          "a bad sector", "not trimmed", "not scraped", "not tried",
        ].map { $0 + ", by ddrescue's map" })
    var expected = bytes + [UInt8](repeating: 0, count: 0x2000)
    for place in 0x2000..<0x4000 { expected[place] = 0 }
    let isEqual = copied.bytes == expected
    #expect(isEqual)
  }
}
