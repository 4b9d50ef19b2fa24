import ArgumentParser
import BuktiFormat
import FoundationEssentials

/// A time that a person states, with its zone: `2026-01-31T09:30:00+07:00`, or `Z` for UTC.
struct LocalTime: ExpressibleByArgument {
  let timestamp: Timestamp

  init?(argument: String) {
    guard let offset = Self.offset(of: argument),
      let date = try? Date(argument, strategy: .iso8601),
      abs(date.timeIntervalSince1970) < 9_000_000_000
    else { return nil }
    timestamp = Timestamp(
      instant: Int64(date.timeIntervalSince1970.rounded()) * 1_000_000_000, localOffset: offset,
      source: "stated by hand")
  }

  /// Minutes east of UTC, from the end of the text.
  private static func offset(of text: String) -> Int64? {
    if text.hasSuffix("Z") { return 0 }
    guard let match = text.wholeMatch(of: /.*T.*([+-])([0-9]{2}):([0-9]{2})/),
      let hours = Int64(match.2), let minutes = Int64(match.3), minutes < 60
    else { return nil }
    let offset = (match.1 == "-" ? -1 : 1) * (hours * 60 + minutes)
    return Timestamp.localOffsets.contains(offset) ? offset : nil
  }
}
