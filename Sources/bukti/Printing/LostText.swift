import BuktiWriter

/// What is missing of an item, for people.
enum LostText {
  private static let shown = 20

  /// A line for the sum, and one for each range.
  static func lines(_ lost: LostRanges) -> [String] {
    if lost.count == 0 { return [] }
    let ranges = lost.count == 1 ? "range" : "ranges"
    var lines = ["missing: \(lost.bytes) bytes in \(lost.count) \(ranges)"]
    lines += lost.ranges.prefix(shown).map(line)
    if lost.count > UInt64(shown) { lines.append("  and \(lost.count - UInt64(shown)) more") }
    return lines
  }

  private static func line(_ lost: LostRange) -> String {
    let place =
      "  \(lost.range.lowerBound) to \(lost.range.upperBound - 1), \(lost.range.count) bytes: "
    guard let errno = lost.errno else { return place + (lost.reason ?? "not attempted") }
    let attempts = lost.attempts ?? 0
    return place + "errno \(errno), tried \(attempts) time\(attempts == 1 ? "" : "s")"
  }
}
