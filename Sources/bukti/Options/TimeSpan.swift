/// A time as people write it: `90s`, `15m`, `2h`, `7d`.
struct TimeSpan: Equatable {
  let seconds: UInt64

  private static let units: [(suffix: String, factor: UInt64)] = [
    ("min", 60), ("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400),
  ]

  /// Nil for what is no time.
  init?(_ text: String) {
    guard let unit = Self.units.first(where: { text.hasSuffix($0.suffix) }),
      let number = UInt64(text.dropLast(unit.suffix.count)), number < 1 << 30
    else { return nil }
    seconds = number * unit.factor
  }
}
