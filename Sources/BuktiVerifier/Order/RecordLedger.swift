import BuktiFormat

/// Four bytes for each record: enough to judge a list of withheld records ([B-WTH-1]).
struct RecordLedger {
  private static let withholdable: UInt32 = 1 << 31
  private static let names: UInt32 = 1 << 30
  private static let chunk = 256

  /// Stored length and two bits of each record.
  private var rows: [UInt32] = []
  /// Logical offset and number of withholdable records before each chunk.
  private var chunks: [(offset: UInt64, withholdable: UInt64)] = []
  private var offset = UInt64(Preamble.size)
  private var withholdableCount: UInt64 = 0

  mutating func append(_ core: Core) {
    if rows.count.isMultiple(of: Self.chunk) { chunks.append((offset, withholdableCount)) }
    // A frame that has an end has a stored length below 2^25.
    var row = UInt32(truncatingIfNeeded: core.storedLength)
    if core.type.isWithholdable {
      row |= Self.withholdable
      withholdableCount += 1
    }
    if core.type == .names { row |= Self.names }
    rows.append(row)
    offset += UInt64(FrameHeader.overhead) + core.storedLength
  }

  var count: UInt64 { UInt64(rows.count) }

  /// Where record `number` begins; for the next record, where it will begin.
  func logicalOffset(_ number: UInt64) -> UInt64? { before(number)?.offset }

  func isNames(_ number: UInt64) -> Bool {
    number < count && rows[Int(number)] & Self.names != 0
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
    for row in rows[(start * Self.chunk)..<Int(number)] {
      offset += UInt64(FrameHeader.overhead) + UInt64(row & (Self.names - 1))
      if row & Self.withholdable != 0 { withholdable += 1 }
    }
    return (offset, withholdable)
  }
}
