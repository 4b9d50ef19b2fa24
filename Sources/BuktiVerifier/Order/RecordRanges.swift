/// Ranges of records in ascending order, each with the session that spoke of it.
struct RecordRanges: Sendable {
  struct Run: Sendable {
    let first: UInt64
    let count: UInt64
    let session: UInt64
    var end: UInt64 { first + count }
  }

  private(set) var runs: [Run] = []

  mutating func add(first: UInt64, count: UInt64, session: UInt64) {
    runs.append(Run(first: first, count: count, session: session))
  }

  func contains(_ record: UInt64) -> Bool {
    // The last to begin at or before the record; ranges of one list come in the order of sessions.
    runs.reversed().contains { $0.first <= record && record < $0.end }
  }
}
