internal import BuktiFormat

/// Where records stand in a copy that lacks some payloads: logical offsets to addresses.
struct PlaceMap: Sendable {
  /// A run of withheld frames, each of which is a bare 152 bytes here.
  struct Run: Sendable {
    var first: UInt64
    var count: UInt64
    /// Logical offsets of its first frame and of the end of its last.
    var start: UInt64
    var end: UInt64
    /// Bytes that all runs before it drop.
    var before: UInt64

    var droppedThrough: UInt64 { before + (end - start) - count * UInt64(FrameHeader.overhead) }
  }

  private(set) var runs: [Run] = []
  /// Subtracted everywhere; for what lies behind all runs while these are not known yet.
  private let constant: UInt64

  init(dropping constant: UInt64 = 0) { self.constant = constant }

  /// Bytes that the runs drop.
  var dropped: UInt64 { runs.last?.droppedThrough ?? constant }

  /// Adds a run; false where it does not follow the runs before it, or is shorter than bare frames.
  mutating func append(first: UInt64, count: UInt64, start: UInt64, end: UInt64) -> Bool {
    let least = count.multipliedReportingOverflow(by: UInt64(FrameHeader.overhead))
    let follows = runs.last.map { $0.end <= start && $0.first + $0.count <= first } ?? true
    guard follows, start <= end, !least.overflow, least.partialValue <= end - start,
      end < Limits.integer, first < Limits.integer, count < Limits.integer
    else { return false }
    runs.append(Run(first: first, count: count, start: start, end: end, before: dropped))
    return true
  }

  /// Address of a record; nil where the map leads nowhere.
  func address(of number: UInt64, logicalOffset: UInt64) -> UInt64? {
    let index = runs.partitioningIndex { $0.start > logicalOffset }
    guard index > 0 else { return logicalOffset >= constant ? logicalOffset - constant : nil }
    let run = runs[index - 1]
    guard logicalOffset < run.end else { return logicalOffset - run.droppedThrough }
    guard number >= run.first, number - run.first < run.count else { return nil }
    return run.start - run.before + (number - run.first) * UInt64(FrameHeader.overhead)
  }
}
