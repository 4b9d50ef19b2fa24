import BuktiFormat
import BuktiVerifier

/// The chain of custody as text, JSON and CSV.
struct CustodyLog {
  struct Entry {
    let record: UInt64
    let event: Event
    /// Record number of the seal that a detached half is over; nil for what is a record itself.
    let seal: UInt64?
    /// What the verifier found about it; nil where it counts.
    let finding: ErrorCode?
    /// The other half of the hand-over, by its record.
    let otherHalf: UInt64?
    let otherKind: EventKind?
  }

  private(set) var entries: [Entry] = []
  /// Attests with a half that counts for nothing, once for each.
  private let void: [UInt64]
  private let outcome: Outcome?

  init(_ events: [CustodyEvent], _ report: Report) {
    outcome = report.claims[.custody]
    void = report.halves.filter { $0.seal != nil && $0.detached == nil }.map(\.record)
    let own = Dictionary(
      report.halves.filter { $0.seal == nil }.map { ($0.record, $0) },
      uniquingKeysWith: { first, _ in first })
    var steps: [(place: UInt64, entry: Entry)] = events.map { event in
      let half = own[event.record]
      return (
        2 * event.record + 1,
        Entry(
          record: event.record, event: event.event, seal: nil, finding: half?.finding,
          otherHalf: half?.other, otherKind: half?.otherKind)
      )
    }
    for half in report.halves {
      guard let seal = half.seal, let event = half.detached else { continue }
      let entry = Entry(
        record: half.record, event: event, seal: seal, finding: half.finding,
        otherHalf: half.other, otherKind: half.otherKind)
      // Halves over one seal are in order already, and nothing else stands where they do.
      let place = steps.firstIndex { $0.place > 2 * seal } ?? steps.count
      steps.insert((2 * seal, entry), at: place)
    }
    entries = steps.map(\.entry)
  }

  // MARK: Text

  var text: String {
    var parts: [String] = []
    for (subject, entries) in groups {
      parts.append(subject)
      parts += entries.map(\.text)
      parts.append("")
    }
    if entries.isEmpty { parts = ["No event of custody is recorded.", ""] }
    for record in void {
      parts.append(
        "Record \(record) holds a half that counts for nothing: its party did not sign it over that seal.\n"
      )
    }
    return parts.joined(separator: "\n") + "custody: \(outcome?.rawValue ?? "not established")"
  }

  /// By exhibit, in the order of their first events.
  private var groups: [(subject: String, entries: [Entry])] {
    var places: [String: Int] = [:]
    var groups: [(subject: String, entries: [Entry])] = []
    for entry in entries {
      let subject = entry.subject
      if let place = places[subject] {
        groups[place].entries.append(entry)
      } else {
        places[subject] = groups.count
        groups.append((subject, [entry]))
      }
    }
    return groups
  }

  // MARK: For programs

  var json: JSON {
    .array(
      entries.map { entry in
        .object([
          "record": .integer(entry.record),
          "status": .string(entry.status),
          "other-half": .optional(entry.otherHalf),
          "over-seal": .optional(entry.seal),
          "local-time": .string(entry.event.time.local),
          "event": RecordFields.value(of: entry.event),
        ])
      })
  }

  /// RFC 4180, with a header.
  var csv: String {
    let header = [
      "record", "event", "status", "other half", "local time", "UTC", "exhibit", "items", "persons",
      "place", "purpose", "authority", "bag", "storage", "condition", "reverified",
      "over seal",
    ]
    return ([header] + entries.map(\.cells)).map { row in
      row.map(Self.cell).joined(separator: ",") + "\r\n"
    }.joined()
  }

  /// Quoted where it must be; what a spreadsheet would run as a formula is made text.
  private static func cell(_ text: String) -> String {
    var text = text
    if let first = text.first, "=+-@\t\r".contains(first) { text = "'" + text }
    guard text.contains(where: { "\",\r\n".contains($0) || $0.isNewline }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}

extension CustodyLog.Entry {
  var status: String {
    if let otherHalf {
      let answer =
        otherKind == .released
        ? "answers the release in record \(otherHalf)"
        : "answered in record \(otherHalf): \(otherKind.map { $0.description } ?? "not known")"
      return finding == nil
        ? answer : answer + "; its party leads to no fingerprint or root that you gave"
    }
    switch finding {
    case .custodyPending?: return "pending: no answer to it is recorded"
    case .custodyUnsigned?:
      return "counts for nothing: its party did not sign the first seal over it"
    case .custodyUntrusted?:
      return event.kind == .released
        ? "pending, and its party leads to no fingerprint or root that you gave"
        : "counts for nothing: its party leads to no fingerprint or root that you gave"
    case .custodyCovers?:
      return "counts for nothing: it names a sealed state that this bundle never had"
    case .custodyUnmatched?: return "counts for nothing: it answers no open release"
    case let code?: return code.rawValue
    case nil: return "recorded"
    }
  }

  var subject: String {
    if let exhibit = event.exhibit { return "Exhibit \(printable(exhibit))" }
    if let items = event.items { return "Items " + items.map { "#\($0)" }.joined(separator: ", ") }
    return "All evidence in the bundle"
  }

  var text: String {
    let apart = seal.map { ", made apart over the receipt of seal \($0)" } ?? ""
    var lines = ["  \(event.time.local)  \(event.kind) (record \(record)\(apart))"]
    lines.append("    " + status)
    lines.append(
      "    persons: " + event.persons.map { printable($0.words) }.joined(separator: "; "))
    for (label, value) in details { lines.append("    \(label): \(printable(value))") }
    return lines.joined(separator: "\n")
  }

  private var details: [(String, String)] {
    let items = event.exhibit == nil ? nil : event.items?.map { "#\($0)" }.joined(separator: ", ")
    let all: [(String, String?)] = [
      ("items", items), ("place", event.place), ("purpose", event.purpose),
      ("authority", event.authority?.words), ("bag", event.bag), ("storage", event.storage),
      ("condition", event.condition), ("re-verified", event.reverified?.description),
    ]
    return all.compactMap { label, value in value.map { (label, $0) } }
  }

  var cells: [String] {
    let items = event.items?.map(String.init).joined(separator: " ")
    let optional: [String?] = [
      event.exhibit, items, event.persons.map(\.words).joined(separator: "; "), event.place,
      event.purpose, event.authority?.words, event.bag, event.storage, event.condition,
      event.reverified?.description,
    ]
    return [
      String(record), event.kind.description, status, otherHalf.map { String($0) } ?? "",
      event.time.local, event.time.instant.map { UTC.text(nanoseconds: $0) } ?? "not known",
    ] + optional.map { $0.map { printable($0) } ?? "" } + [seal.map { String($0) } ?? ""]
  }
}

extension Person {
  /// As in `Example Examiner, analyst, Example Police, badge 12`.
  fileprivate var words: String {
    ([name] + [role, agency, badge.map { "badge \($0)" }].compactMap(\.self))
      .joined(separator: ", ")
  }
}

extension Authority {
  fileprivate var words: String {
    ([kind + " " + number] + [scope, issuer].compactMap(\.self)).joined(separator: ", ")
  }
}

extension Timestamp {
  /// The local time with its zone, as in `2026-01-31 09:30:00 +07:00`; in UTC where no zone is known.
  var local: String {
    guard let instant else { return "time not known" }
    guard let localOffset else { return UTC.text(nanoseconds: instant) }
    let (shifted, overflow) = instant.addingReportingOverflow(localOffset * 60_000_000_000)
    if overflow { return UTC.text(nanoseconds: instant) }
    let sign = localOffset < 0 ? "-" : "+"
    let parts = [abs(localOffset) / 60, abs(localOffset) % 60].map {
      String(repeating: "0", count: $0 < 10 ? 1 : 0) + String($0)
    }
    return UTC.text(nanoseconds: shifted).dropLast(4) + " \(sign)\(parts.joined(separator: ":"))"
  }
}
