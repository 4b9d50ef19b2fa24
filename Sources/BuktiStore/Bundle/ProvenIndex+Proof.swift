public import BuktiFormat

extension ProvenIndex {
  /// Proves that a record is in the tree that the seal signs, from the index blocks on its way alone.
  ///
  /// - Throws: as `row(_:)`.
  public func inclusionProof(of number: UInt64) throws(BuktiError) -> InclusionProof {
    _ = try row(number)
    var hashes: [Hash] = []
    var range = 0..<count
    while range.upperBound - range.lowerBound > 1 {
      let middle = range.treeMiddle
      let isLeft = number < middle
      hashes.append(try hash(of: isLeft ? middle..<range.upperBound : range.lowerBound..<middle))
      range = isLeft ? range.lowerBound..<middle : middle..<range.upperBound
    }
    return InclusionProof(hashes: hashes.reversed())
  }

  /// Proves that records are in the tree over the first `size` records, which a seal may have signed.
  ///
  /// - Parameter numbers: strictly ascending.
  /// - Throws: `not-found` for what the seal does not cover; as `row(_:)`.
  public func treeProof(of numbers: [UInt64], size: UInt64) throws(BuktiError) -> TreeProof {
    guard size <= count, (numbers.last ?? 0) < size else {
      throw BuktiError(.notFound, "The seal does not cover \(size) records.")
    }
    return try TreeProof(of: numbers, size: size) { (range) throws(BuktiError) in
      try hash(of: range)
    }
  }

  /// The root of the tree over the first `size` records.
  ///
  /// - Throws: as `treeProof(of:size:)`.
  public func root(size: UInt64) throws(BuktiError) -> Hash {
    guard 1...max(1, count) ~= size, count > 0 else {
      throw BuktiError(.notFound, "The seal does not cover \(size) records.")
    }
    return try hash(of: 0..<size)
  }

  /// The root over a run of records, folded as RFC 6962 section 2.1 splits it.
  private func hash(of range: Range<UInt64>) throws(BuktiError) -> Hash {
    if range.upperBound - range.lowerBound == 1 { return try row(range.lowerBound).hash }
    if let hash = try stated(range) { return hash }
    let left = try hash(of: range.lowerBound..<range.treeMiddle)
    let right = try hash(of: range.treeMiddle..<range.upperBound)
    return reader.sha256.nodeHash(left, right)
  }

  /// The hash of a run that is just what one block covers, or lies among single rows; nil for any other.
  private func stated(_ range: Range<UInt64>) throws(BuktiError) -> Hash? {
    if range.lowerBound >= folded.firstUncovered { return uncovered(range) }
    var blocks = folded.blocks
    while let block = blocks.first(where: { $0.records.contains(range.lowerBound) }) {
      if block.records == range { return block.row.hash }
      guard range.upperBound <= block.records.upperBound else { return nil }
      switch try contents(of: block) {
      case .blocks(let below): blocks = below
      case .rows(let rows):
        let run = Int(range.lowerBound - block.start)..<Int(range.upperBound - block.start)
        return reader.sha256.treeRoot(rows[run].map(\.hash)[...])
      }
    }
    return nil
  }

  private func uncovered(_ range: Range<UInt64>) -> Hash? {
    let end = folded.firstUncovered + UInt64(folded.rows.count)
    guard range.upperBound <= end else { return nil }
    let run =
      Int(range.lowerBound - folded.firstUncovered)..<Int(range.upperBound - folded.firstUncovered)
    return reader.sha256.treeRoot(run.map { folded.rows.hash($0) }[...])
  }
}

extension FoldedRows.Block {
  /// Numbers of the records that it covers.
  fileprivate var records: Range<UInt64> { start..<start + count }
}
