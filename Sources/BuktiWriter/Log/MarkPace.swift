import BuktiFormat

/// How often a mark leaves a tail behind, so that work of any length without a seal keeps below the limit of [B-ORD-6].
///
/// Behind the first 60,000, each 256 tails are twice as far apart as those before: whatever is lost with what
/// follows the last of them is less than a hundredth of the time since. The last ones are for sessions and for the tails of seals.
enum MarkPace {
  /// Marks without a seal up to which each has its tail: three weeks, one every 30 seconds.
  static let dense = 60_000
  /// Marks at which no tail is left but those of seals, so that a bundle can be gone on with a thousand times.
  static let last = Limits.maxMarks - 1_024
  private static let step = 256

  /// Whether a mark has a tail.
  ///
  /// - Parameters:
  ///   - marks: tails and sessions since the last seal.
  ///   - leftOut: marks without one since the last that had one.
  static func isDue(after marks: Int, leftOut: UInt64) -> Bool {
    if marks < dense { return true }
    guard marks < last else { return false }
    return leftOut + 1 >= 1 << UInt64((marks - dense) / step)
  }
}
