import BuktiFormat

/// The withheld frames of the copy that is read.
struct WithheldFrames {
  /// Runs of consecutive numbers: first and end.
  private(set) var runs: [Range<UInt64>] = []
  /// What the copy lacks, in bytes.
  private(set) var bytes: UInt64 = 0

  mutating func add(_ core: Core) {
    bytes += core.storedLength
    if let last = runs.last, last.upperBound == core.number {
      runs[runs.count - 1] = last.lowerBound..<(core.number + 1)
    } else {
      runs.append(core.number..<(core.number + 1))
    }
  }
}

/// A decision to withhold, as a copy may stand under it.
struct WithholdEntry {
  let record: UInt64
  /// What a copy made by it lacks, in bytes; nil where the list contradicts itself.
  let drops: UInt64?
  /// The records named, ascending and joined.
  let named: [Range<UInt64>]

  init(_ withhold: Withhold, number: UInt64) {
    record = number
    var drops: UInt64? = 0
    for run in withhold.runs {
      let frames = run.count.multipliedReportingOverflow(by: UInt64(FrameHeader.overhead))
      let bytes = run.end.subtractingReportingOverflow(run.start)
      let lost = bytes.partialValue.subtractingReportingOverflow(frames.partialValue)
      guard let sum = drops, !frames.overflow, !bytes.overflow, !lost.overflow else {
        drops = nil
        break
      }
      let total = sum.addingReportingOverflow(lost.partialValue)
      drops = total.overflow ? nil : total.partialValue
    }
    self.drops = drops
    named = Self.join(withhold.runs)
  }

  private static func join(_ runs: [WithheldRun]) -> [Range<UInt64>] {
    var joined: [Range<UInt64>] = []
    for run in runs.sorted(by: { $0.first < $1.first }) {
      let range = run.first..<(run.first + run.count)
      if let last = joined.last, range.lowerBound <= last.upperBound {
        joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        joined.append(range)
      }
    }
    return joined
  }

  /// Splits a run of withheld records into parts that are named, and parts that are not.
  func split(_ run: Range<UInt64>) -> [(range: Range<UInt64>, isNamed: Bool)] {
    var parts: [(range: Range<UInt64>, isNamed: Bool)] = []
    var place = run.lowerBound
    let first = named.partitioningIndex { $0.upperBound > place }
    for range in named[first...] where place < run.upperBound {
      let first = min(max(range.lowerBound, place), run.upperBound)
      let end = min(range.upperBound, run.upperBound)
      if place < first { parts.append((place..<first, false)) }
      if first < end { parts.append((first..<end, true)) }
      place = max(end, first)
    }
    if place < run.upperBound { parts.append((place..<run.upperBound, false)) }
    return parts
  }
}
