import BuktiFormat
import Testing

struct RecordRangesTests {
  @Test func rangesMerge() {
    let parts: [Range<UInt64>] = [20..<30, 1..<3, 3..<5, 25..<26, 40..<40, 29..<33, 0..<1]
    let merged = RecordRanges(parts)
    #expect(merged.ranges == [0..<5, 20..<33])
    for record in UInt64(0)..<60 {
      #expect(merged.contains(record) == parts.contains { $0.contains(record) })
    }
    #expect(!merged.isEmpty && RecordRanges().isEmpty && RecordRanges([7..<7]).isEmpty)
    #expect(!RecordRanges().contains(0))
  }

  @Test(arguments: 0..<200)
  func anyOrderGivesTheUnion(seed: UInt64) {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    func random(_ bound: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % bound
    }
    var wanted = Set<UInt64>()
    var ranges = RecordRanges()
    for _ in 0..<12 {
      let first = random(60)
      let part = first..<first + random(9)
      wanted.formUnion(part)
      ranges.insert(part)
      let neighbours = zip(ranges.ranges, ranges.ranges.dropFirst())
      #expect(neighbours.allSatisfy { $0.upperBound < $1.lowerBound })
    }
    for record in UInt64(0)..<80 { #expect(ranges.contains(record) == wanted.contains(record)) }
  }
}
