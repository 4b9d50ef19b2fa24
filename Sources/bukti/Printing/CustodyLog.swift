import BuktiFormat
import BuktiVerifier

/// The chain of custody as text, JSON and CSV.
struct CustodyLog {
  struct Entry {
    let record: UInt64
    let event: Event
    /// What the verifier found about it; nil where it counts.
    let finding: ErrorCode?
    /// The other half of the hand-over, by its record.
    var otherHalf: (record: UInt64, kind: EventKind)?
  }

  private(set) var entries: [Entry]
  private let outcome: Outcome?

  init(_ events: [CustodyEvent], _ report: Report) {
    let codes = report.findings.filter { $0.claim == .custody }.compactMap { finding in
      finding.record.map { ($0, finding.code) }
    }
    let found = Dictionary(codes, uniquingKeysWith: { first, _ in first })
    entries = events.map {
      Entry(record: $0.record, event: $0.event, finding: found[$0.record])
    }
    outcome = report.claims[.custody]
    pair()
  }

  /// Leads the halves that count to each other, as the verifier does (spec section 11.5).
  private mutating func pair() {
    var open: [Int] = []
    for place in entries.indices {
      let isBad = entries[place].finding != nil && entries[place].finding != .custodyPending
      if isBad { continue }
      switch entries[place].event.kind {
      case .released: open.append(place)
      case .received, .rejected:
        guard let released = open.popLast() else { continue }
        entries[place].otherHalf = (entries[released].record, .released)
        entries[released].otherHalf = (entries[place].record, entries[place].event.kind)
      default: break
      }
    }
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
          "other-half": .optional(entry.otherHalf?.record),
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
    if finding == nil, let otherHalf {
      return otherHalf.kind == .released
        ? "answers the release in record \(otherHalf.record)"
        : "answered in record \(otherHalf.record): \(otherHalf.kind)"
    }
    switch finding {
    case .custodyPending?: return "pending: no answer to it is recorded"
    case .custodyUnsigned?:
      return "counts for nothing: its party did not sign the first seal over it"
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
    var lines = ["  \(event.time.local)  \(event.kind) (record \(record))"]
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
      String(record), event.kind.description, status, otherHalf.map { String($0.record) } ?? "",
      event.time.local, event.time.instant.map { UTC.text(nanoseconds: $0) } ?? "not known",
    ] + optional.map { $0.map { printable($0) } ?? "" }
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
