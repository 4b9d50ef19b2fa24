public import BuktiFormat

extension ProvenIndex {
  /// Proves that a record is in the tree that the seal signs, from the index blocks on its way alone.
  ///
  /// - Throws: as `row(_:)`.
  public func inclusionProof(of number: UInt64) throws(BuktiError) -> InclusionProof {
    _ = try row(number)
    let known = try subtrees(beside: number)
    var hashes: [Hash] = []
    var range = 0..<count
    while range.upperBound - range.lowerBound > 1 {
      let middle = range.treeMiddle
      let isLeft = number < middle
      let sibling = isLeft ? middle..<range.upperBound : range.lowerBound..<middle
      hashes.append(try hash(of: sibling, known))
      range = isLeft ? range.lowerBound..<middle : middle..<range.upperBound
    }
    return InclusionProof(hashes: hashes.reversed())
  }

  /// The subtrees whose hashes tail and blocks state, down to single records around one.
  private func subtrees(
    beside number: UInt64
  ) throws(BuktiError) -> [Range<UInt64>: Hash] {
    var known: [Range<UInt64>: Hash] = [:]
    for index in 0..<folded.rows.count {
      let record = folded.firstUncovered + UInt64(index)
      known[record..<record + 1] = folded.rows.hash(index)
    }
    known[count - 1..<count] = end.tailRecord.hash
    var blocks = folded.blocks
    while !blocks.isEmpty {
      for block in blocks { known[block.records] = block.row.hash }
      guard let next = blocks.first(where: { $0.records.contains(number) }) else { break }
      switch try contents(of: next) {
      case .blocks(let below): blocks = below
      case .rows(let rows):
        for (place, row) in rows.enumerated() {
          let record = next.start + UInt64(place)
          known[record..<record + 1] = row.hash
        }
        blocks = []
      }
    }
    return known
  }

  /// The root over a run of records, folded as RFC 6962 section 2.1 splits it.
  private func hash(
    of range: Range<UInt64>, _ known: [Range<UInt64>: Hash]
  ) throws(BuktiError) -> Hash {
    if let hash = known[range] { return hash }
    guard range.upperBound - range.lowerBound > 1 else {
      throw BuktiError(.indexMismatch, record: range.lowerBound)
    }
    let left = try hash(of: range.lowerBound..<range.treeMiddle, known)
    let right = try hash(of: range.treeMiddle..<range.upperBound, known)
    return reader.sha256.nodeHash(left, right)
  }
}

extension FoldedRows.Block {
  /// Numbers of the records that it covers.
  fileprivate var records: Range<UInt64> { start..<start + count }
}
