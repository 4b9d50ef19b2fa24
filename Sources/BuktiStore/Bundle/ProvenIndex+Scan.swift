public import BuktiFormat

extension ProvenIndex {
  /// Numbers of all records of a type, ascending; reads every block of the index once.
  ///
  /// - Throws: as `row(_:)`.
  public func records(of type: RecordType) throws(BuktiError) -> [UInt64] {
    var numbers: [UInt64] = []
    for block in folded.blocks { try collect(type, in: block, &numbers) }
    for index in 0..<folded.rows.count where folded.rows.type(index) == type {
      numbers.append(folded.firstUncovered + UInt64(index))
    }
    if type == .tail { numbers.append(end.tailRecord.core.number) }
    return numbers
  }

  private func collect(
    _ type: RecordType, in block: FoldedRows.Block, _ numbers: inout [UInt64]
  ) throws(BuktiError) {
    let read = try read(block)
    switch read.content {
    case .records(let rows):
      for index in 0..<rows.count where rows.type(index) == type {
        numbers.append(block.start + UInt64(index))
      }
    case .blocks:
      guard case .blocks(let below) = BlockContents(read, of: block) else { return }
      for part in below { try collect(type, in: part, &numbers) }
    }
  }
}
