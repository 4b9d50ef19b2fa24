import BuktiConsole
import BuktiFormat
import BuktiStore

/// The machine's clock as records state it: with its zone, its source and its error.
enum Clock {
  static func now() -> Timestamp {
    guard let reading = try? SystemClock().now() else { return Timestamp() }
    return Timestamp(
      instant: reading.instant.sinceEpoch,
      localOffset: localOffset(at: reading.instant.seconds),
      source: reading.isSynchronised
        ? "system clock, synchronised" : "system clock, not synchronised",
      error: reading.maximumError.flatMap { $0 < 1 << 50 ? $0 * 1000 : nil })
  }

  /// Minutes east of UTC; nil for a zone that TZ makes up and no record has room for.
  private static func localOffset(at seconds: Int64) -> Int64? {
    guard let offset = LocalZone.offset(at: seconds).map({ $0 / 60 }),
      Timestamp.localOffsets.contains(offset)
    else { return nil }
    return offset
  }
}
