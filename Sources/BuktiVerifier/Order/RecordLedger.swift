import BuktiFormat

/// Four bytes for each record: enough to judge a list of withheld records ([B-WTH-1]).
struct RecordLedger {
  private static let withholdable: UInt32 = 1 << 31
  private static let names: UInt32 = 1 << 30
  private static let chunk = 256
  private static let page = 1 << 16

  /// Stored length and two bits of each record, in pages: one array would be copied as it grows.
  private var pages: [[UInt32]] = []
  private var rowCount = 0
  /// Logical offset and number of withholdable records before each chunk.
  private var chunks: [(offset: UInt64, withholdable: UInt64)] = []
  private var offset = UInt64(Preamble.size)
  private var withholdableCount: UInt64 = 0

  mutating func append(_ core: Core) {
    if rowCount.isMultiple(of: Self.chunk) { chunks.append((offset, withholdableCount)) }
    // A frame that has an end has a stored length below 2^25.
    var row = UInt32(truncatingIfNeeded: core.storedLength)
    if core.type.isWithholdable {
      row |= Self.withholdable
      withholdableCount += 1
    }
    if core.type == .names { row |= Self.names }
    if rowCount.isMultiple(of: Self.page) {
      pages.append([])
      pages[pages.count - 1].reserveCapacity(Self.page)
    }
    pages[pages.count - 1].append(row)
    rowCount += 1
    offset += UInt64(FrameHeader.overhead) + core.storedLength
  }

  var count: UInt64 { UInt64(rowCount) }

  private func row(_ index: Int) -> UInt32 { pages[index / Self.page][index % Self.page] }

  /// Where record `number` begins; for the next record, where it will begin.
  func logicalOffset(_ number: UInt64) -> UInt64? { before(number)?.offset }

  func isNames(_ number: UInt64) -> Bool {
    number < count && row(Int(number)) & Self.names != 0
  }

  /// Whether records from `first` to before `end` can all be withheld.
  func areWithholdable(_ first: UInt64, _ end: UInt64) -> Bool {
    guard first <= end, let a = before(first), let b = before(end) else { return false }
    return b.withholdable - a.withholdable == end - first
  }

  private func before(_ number: UInt64) -> (offset: UInt64, withholdable: UInt64)? {
    guard number < count else { return number == count ? (offset, withholdableCount) : nil }
    let start = Int(number) / Self.chunk
    var (offset, withholdable) = chunks[start]
    for index in (start * Self.chunk)..<Int(number) {
      let row = row(index)
      offset += UInt64(FrameHeader.overhead) + UInt64(row & (Self.names - 1))
      if row & Self.withholdable != 0 { withholdable += 1 }
    }
    return (offset, withholdable)
  }
}
