package import BuktiFormat

/// What the whole bundle says of a record by its number alone: whether it means anything, and who sealed it.
package struct RecordStanding: Sendable {
  /// What a session refused.
  package let refused: RecordRanges
  /// Numbers of the seals with the right checkpoint, ascending.
  private let seals: [UInt64]

  init(_ pass: Pass, _ seals: [SealEntry]) {
    refused = pass.state.refused
    self.seals = seals.filter(\.isRight).map(\.record)
  }

  /// The first seal over a record that is neither refused nor adopted and states the right checkpoint.
  package func seal(over record: UInt64) -> UInt64? {
    let place = seals.partitioningIndex { $0 >= record }
    return place < seals.count ? seals[place] : nil
  }
}
