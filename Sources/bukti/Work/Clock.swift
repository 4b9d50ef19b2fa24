import BuktiConsole
import BuktiFormat
import BuktiStore

/// The machine's clock as records state it: with its zone, its source and its error.
enum Clock {
  static func now() -> Timestamp {
    guard let reading = try? SystemClock().now() else { return Timestamp() }
    return Timestamp(
      instant: reading.instant.sinceEpoch,
      localOffset: LocalZone.offset(at: reading.instant.seconds).map { $0 / 60 },
      source: reading.isSynchronised
        ? "system clock, synchronised" : "system clock, not synchronised",
      error: reading.maximumError.flatMap { $0 < 1 << 50 ? $0 * 1000 : nil })
  }
}
