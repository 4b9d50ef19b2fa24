public import BuktiFormat

extension ProvenIndex {
  /// Numbers of all records of some types, ascending; reads every block of the index once.
  ///
  /// - Throws: as `row(_:)`.
  public func records(
    of types: Set<RecordType>
  ) throws(BuktiError) -> [RecordType: [UInt64]] {
    var found: [RecordType: [UInt64]] = [:]
    for block in folded.blocks { try collect(types, in: block, &found) }
    for index in 0..<folded.rows.count where types.contains(folded.rows.type(index)) {
      found[folded.rows.type(index), default: []].append(folded.firstUncovered + UInt64(index))
    }
    if types.contains(.tail) { found[.tail, default: []].append(end.tailRecord.core.number) }
    return found
  }

  private func collect(
    _ types: Set<RecordType>, in block: FoldedRows.Block, _ found: inout [RecordType: [UInt64]]
  ) throws(BuktiError) {
    let read = try read(block)
    switch read.content {
    case .records(let rows):
      for index in 0..<rows.count where types.contains(rows.type(index)) {
        found[rows.type(index), default: []].append(block.start + UInt64(index))
      }
    case .blocks:
      guard case .blocks(let below) = BlockContents(read, of: block) else { return }
      for part in below { try collect(types, in: part, &found) }
    }
  }
}
