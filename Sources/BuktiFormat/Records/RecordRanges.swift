/// Ranges of record numbers that neither overlap nor touch, so that one search finds a record.
public struct RecordRanges: Sendable, Hashable {
  /// Ascending.
  public private(set) var ranges: [Range<UInt64>] = []

  public init() {}

  public init(_ parts: some Sequence<Range<UInt64>>) {
    for part in parts { insert(part) }
  }

  public var isEmpty: Bool { ranges.isEmpty }

  public func contains(_ record: UInt64) -> Bool {
    let place = ranges.partitioningIndex { $0.upperBound > record }
    return place < ranges.count && ranges[place].contains(record)
  }

  public mutating func insert(_ part: Range<UInt64>) {
    guard !part.isEmpty else { return }
    let first = ranges.partitioningIndex { $0.upperBound >= part.lowerBound }
    let end = ranges.partitioningIndex { $0.lowerBound > part.upperBound }
    var merged = part
    if first < end {
      merged =
        min(
          part.lowerBound, ranges[first].lowerBound)..<max(
          part.upperBound, ranges[end - 1].upperBound)
    }
    ranges.replaceSubrange(first..<end, with: CollectionOfOne(merged))
  }
}

extension RandomAccessCollection {
  /// Index of the first element that the predicate holds for, where it then holds for all later ones.
  package func partitioningIndex(where belongsBehind: (Element) -> Bool) -> Index {
    var low = startIndex
    var count = self.count
    while count > 0 {
      let half = count / 2
      let middle = index(low, offsetBy: half)
      if belongsBehind(self[middle]) {
        count = half
      } else {
        low = index(after: middle)
        count -= half + 1
      }
    }
    return low
  }
}
