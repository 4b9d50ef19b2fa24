/// Ranges of record numbers that neither overlap nor touch, so that one search finds a record.
package struct MergedRanges: Sendable {
  private var ranges: [Range<UInt64>] = []

  package init(_ parts: [Range<UInt64>]) {
    for part in parts.sorted(by: { $0.lowerBound < $1.lowerBound }) where !part.isEmpty {
      if let last = ranges.last, part.lowerBound <= last.upperBound {
        ranges[ranges.count - 1] = last.lowerBound..<max(last.upperBound, part.upperBound)
      } else {
        ranges.append(part)
      }
    }
  }

  package var isEmpty: Bool { ranges.isEmpty }

  package func contains(_ record: UInt64) -> Bool {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound > record { high = middle } else { low = middle + 1 }
    }
    return low < ranges.count && ranges[low].contains(record)
  }
}
