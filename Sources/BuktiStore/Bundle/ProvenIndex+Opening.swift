internal import BuktiFormat

extension ProvenIndex {
  /// Reads the tails that the last one leans on: the first row of each is that of the one before it.
  static func earlierRows(
    _ reader: RecordReader, _ end: SealedEnd, _ map: PlaceMap
  ) throws(BuktiError) -> Rows {
    var parts: [Rows] = []
    var later = end.tail
    var count = 0
    for (place, number) in end.tail.tails.enumerated().reversed() {
      guard later.rows.count > 0, later.firstRow == number else {
        throw BuktiError(.tailMismatch, record: number)
      }
      let row = later.rows[0]
      guard let address = map.address(of: number, logicalOffset: row.logicalOffset) else {
        throw BuktiError(.tailMismatch, record: number)
      }
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

  /// Finds which payloads this copy lacks: by the last decision, else by looking at every frame.
  static func map(
    _ reader: RecordReader, _ end: SealedEnd, _ folded: FoldedRows
  ) throws(BuktiError) -> PlaceMap {
    // All that the last decision withholds lies before it, so that the decision itself, and the index
    // over it, lie where everything dropped is dropped.
    let behind = ProvenIndex(reader, end, folded, PlaceMap(dropping: end.dropped))
    if let number = end.tail.state.withhold,
      let list = try? behind.content(Withhold.self, of: number)
    {
      var map = PlaceMap()
      let fits = list.runs.allSatisfy { run in
        map.append(first: run.first, count: run.count, start: run.start, end: run.end)
      }
      if fits, map.dropped == end.dropped { return map }
    }
    return try walk(reader, to: end)
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
