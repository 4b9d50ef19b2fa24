/// What the whole bundle says of a record by its number alone: whether it means anything, and who sealed it.
package struct RecordStanding: Sendable {
  /// What a session refused.
  package let refused: MergedRanges
  /// Numbers of the seals that count, ascending.
  private let seals: [UInt64]

  init(_ pass: Pass, _ seals: [SealEntry]) {
    refused = MergedRanges(pass.state.refused.runs.map { $0.first..<$0.end })
    self.seals = seals.filter { $0.content == .usable }.map(\.record)
  }

  /// The first seal over a record that is neither refused nor adopted and states the right checkpoint.
  package func seal(over record: UInt64) -> UInt64? {
    var low = 0
    var high = seals.count
    while low < high {
      let middle = (low + high) / 2
      if seals[middle] >= record { high = middle } else { low = middle + 1 }
    }
    return low < seals.count ? seals[low] : nil
  }
}
