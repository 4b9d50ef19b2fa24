/// Instants as text, in UTC, without a calendar library: civil-from-days over the Gregorian calendar.
package enum UTC {
  /// As in `2026-01-31 08:15:00 UTC`.
  package static func text(seconds: Int64) -> String {
    let days = seconds.quotientFloor(86_400)
    let rest = seconds - days * 86_400
    let (year, month, day) = civil(days: days)
    let clock = [rest / 3600, rest / 60 % 60, rest % 60].map { padded($0, 2) }
    return
      "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2)) \(clock.joined(separator: ":")) UTC"
  }

  /// The same from nanoseconds.
  package static func text(nanoseconds: Int64) -> String {
    text(seconds: nanoseconds.quotientFloor(1_000_000_000))
  }

  /// Year, month and day of a count of days since 1970-01-01: eras of 400 years begin on 1 March.
  private static func civil(days: Int64) -> (Int64, Int64, Int64) {
    let shifted = days + 719_468
    let era = shifted.quotientFloor(146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  private static func padded(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

extension Int64 {
  fileprivate func quotientFloor(_ divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
