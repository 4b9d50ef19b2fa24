import BuktiFormat

/// What is kept of a custody event.
struct EventEntry {
  let record: UInt64
  /// The half of a hand-over that it is, if it is one that can be read.
  let half: Half?

  enum Half {
    case released(by: Hash)
    case received(by: Hash, Covers)
    case rejected(by: Hash, Covers)

    var party: Hash {
      switch self {
      case .released(let party), .received(let party, _), .rejected(let party, _): party
      }
    }
  }

  init(_ event: Event, number: UInt64) {
    record = number
    guard let party = event.party else {
      half = nil
      return
    }
    half =
      switch (event.kind, event.covers) {
      case (.released, _): .released(by: party)
      case (.received, let covers?): .received(by: party, covers)
      case (.rejected, let covers?): .rejected(by: party, covers)
      default: nil
      }
  }
}
