/// A range of an item whose bytes are missing.
public struct LostRange: Sendable, Hashable {
  /// Offsets in the item.
  public let range: Range<UInt64>
  /// The system's error number; nil for what was not attempted.
  public let errno: UInt64?
  /// How often it was tried; nil for what was not attempted.
  public let attempts: UInt64?
  /// Why it was not attempted.
  public let reason: String?
}

/// What is missing of an item, in ascending order.
public struct LostRanges: Sendable, Hashable {
  /// So many ranges are kept; the others are only counted.
  public static let kept = 1 << 20
  public private(set) var ranges: [LostRange] = []
  public private(set) var count: UInt64 = 0
  /// Bytes that could not be read.
  public private(set) var unreadable: UInt64 = 0
  /// Bytes that were not attempted.
  public private(set) var notAttempted: UInt64 = 0

  public init() {}

  /// Bytes that are missing.
  public var bytes: UInt64 { unreadable + notAttempted }
  /// Whether every range is kept.
  public var isWhole: Bool { UInt64(ranges.count) == count }

  mutating func add(_ range: LostRange) {
    count += 1
    let size = UInt64(range.range.count)
    if range.errno == nil { notAttempted += size } else { unreadable += size }
    if ranges.count < Self.kept { ranges.append(range) }
  }

  /// Words for the reason of an item.
  var problems: [String] {
    var words: [String] = []
    if unreadable > 0 { words.append("\(unreadable) bytes could not be read") }
    if notAttempted > 0 { words.append("\(notAttempted) bytes were not attempted") }
    return words
  }

  /// The same numbers with fewer ranges.
  func prefix(_ most: Int) -> LostRanges {
    var shorter = self
    shorter.ranges = Array(ranges.prefix(most))
    return shorter
  }
}
