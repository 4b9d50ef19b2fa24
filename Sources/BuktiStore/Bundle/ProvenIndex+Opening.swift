internal import BuktiFormat

extension ProvenIndex {
  /// Reads the tails that the last one leans on: the first row of each is that of the one before it.
  ///
  /// - Parameter map: that of what lies behind all withheld records; of the whole copy afterwards, if a tail
  ///   lies among them.
  static func earlierRows(
    _ reader: RecordReader, _ end: SealedEnd, _ map: inout PlaceMap?
  ) throws(BuktiError) -> Rows {
    let behind = PlaceMap(dropping: end.dropped)
    var parts: [Rows] = []
    var later = end.tail
    var count = 0
    for (place, number) in end.tail.tails.enumerated().reversed() {
      guard later.rows.count > 0, later.firstRow == number else {
        throw BuktiError(.tailMismatch, record: number)
      }
      if map == nil, isAmongWithheld(number, end) {
        map = try Self.map(reader, end, decision: row(of: end.tail.state.withhold, in: later))
      }
      let row = later.rows[0]
      guard
        let address = (map ?? behind).address(of: number, logicalOffset: row.logicalOffset)
      else { throw BuktiError(.tailMismatch, record: number) }
      let record = try reader.record(at: address)
      guard record.hash == row.hash else { throw BuktiError(.tailMismatch, record: number) }
      let tail = try reader.content(Tail.self, of: record)
      guard tail.tails == Array(end.tail.tails[..<place]) else {
        throw BuktiError(.tailMismatch, record: number)
      }
      parts.append(tail.rows)
      count += tail.rows.count
      guard count <= Limits.maxUncovered else {
        throw BuktiError(.indexDue, "Too many records without an index block.", record: number)
      }
      later = tail
    }
    var rows = Rows()
    for part in parts.reversed() { rows.append(contentsOf: part) }
    return rows
  }

  /// Whether withheld records may lie behind a record: all that a decision names lies before it.
  private static func isAmongWithheld(_ number: UInt64, _ end: SealedEnd) -> Bool {
    guard end.dropped > 0 else { return false }
    return end.tail.state.withhold.map { number < $0 } ?? true
  }

  private static func row(of number: UInt64?, in tail: Tail) -> Row? {
    guard let number, number >= tail.firstRow else { return nil }
    let index = number - tail.firstRow
    return index < UInt64(tail.rows.count) ? tail.rows[Int(index)] : nil
  }

  /// Finds which payloads this copy lacks: by the last decision, else by looking at every frame.
  ///
  /// - Parameter decision: the row of the last decision, which lies where everything dropped is dropped.
  static func map(
    _ reader: RecordReader, _ end: SealedEnd, decision: Row?
  ) throws(BuktiError) -> PlaceMap {
    if let decision, let list = try? list(reader, end, decision) {
      var map = PlaceMap()
      let fits = list.runs.allSatisfy { run in
        map.append(first: run.first, count: run.count, start: run.start, end: run.end)
      }
      if fits, map.dropped == end.dropped { return map }
    }
    return try walk(reader, to: end)
  }

  /// Finds the same once the rows are known.
  static func map(
    _ reader: RecordReader, _ end: SealedEnd, _ folded: FoldedRows
  ) throws(BuktiError) -> PlaceMap {
    // The index over the decision lies behind it, where everything dropped is dropped.
    let behind = ProvenIndex(reader, end, folded, PlaceMap(dropping: end.dropped))
    let decision = end.tail.state.withhold.flatMap { try? behind.row($0) }
    return try map(reader, end, decision: decision)
  }

  private static func list(
    _ reader: RecordReader, _ end: SealedEnd, _ decision: Row
  ) throws(BuktiError) -> Withhold {
    let record = try reader.record(
      at: decision.logicalOffset - min(end.dropped, decision.logicalOffset))
    guard record.hash == decision.hash else { throw BuktiError(.damaged) }
    return try reader.content(Withhold.self, of: record)
  }

  /// Looks at every header from the first frame on.
  private static func walk(
    _ reader: RecordReader, to end: SealedEnd
  ) throws(BuktiError) -> PlaceMap {
    var map = PlaceMap()
    var address = UInt64(Preamble.size)
    while address < end.tailRecord.address {
      let record = try reader.record(at: address)
      if record.header.state == .withheld {
        let start = address + map.dropped
        let length = UInt64(FrameHeader.overhead) + record.core.storedLength
        _ = map.append(first: record.core.number, count: 1, start: start, end: start + length)
      }
      address = record.end
    }
    return map
  }
}
