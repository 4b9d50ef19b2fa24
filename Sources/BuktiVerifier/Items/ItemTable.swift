import BuktiFormat

/// The items in use.
struct ItemTable {
  /// The lowest id not in use.
  private(set) var nextID: UInt64 = 1
  /// Ascending by id, at most `Limits.maxOpenItems`.
  private(set) var open: [ItemInProgress] = []
  private(set) var closed = ClosedItems()

  func isInUse(_ id: UInt64) -> Bool { 1..<nextID ~= id }

  /// Place of an open item.
  func find(_ id: UInt64) -> Int? {
    // The item written last is the likeliest.
    if let last = open.last, last.id == id { return open.count - 1 }
    return open.firstIndex { $0.id == id }
  }

  mutating func begin(_ item: ItemInProgress) {
    open.append(item)
    nextID = item.id + 1
  }

  mutating func close(_ id: UInt64, as kind: ClosedItems.Kind) {
    open.removeAll { $0.id == id }
    closed.close(id, kind)
    nextID = max(nextID, id + 1)
  }

  mutating func change(_ place: Int, _ body: (inout ItemInProgress) -> Void) { body(&open[place]) }

  /// The item's digests, for this state alone; nil where they cannot be checked any more.
  mutating func digests(
    _ place: Int, _ lanes: DigestLanes
  ) throws(BuktiError) -> RunningDigests? {
    guard open[place].unchecked == nil else { return nil }
    guard open[place].digests != nil else {
      let new = try RunningDigests(open[place].further, lanes)
      open[place].digests = new
      return new
    }
    if !isKnownUniquelyReferenced(&open[place].digests) {
      open[place].digests = open[place].digests?.copy()
    }
    return open[place].digests
  }
}

/// An item between its first record and its item record.
struct ItemInProgress {
  let id: UInt64
  /// Number of its first record.
  let first: UInt64
  /// Digests besides SHA-256, by the session in which it was first seen.
  let further: [FurtherDigest]
  /// Number of the session in which it was opened or resumed last; another one suspends it.
  var session: UInt64
  /// The end reached so far, in bytes.
  var end: UInt64 = 0
  var hasGap = false
  var opening = Opening.none
  /// Why its digests cannot be checked.
  var unchecked: UncheckedReason?
  var digests: RunningDigests?

  init(id: UInt64, first: UInt64, session: SessionFacts) {
    self.id = id
    self.first = first
    further = session.digests
    self.session = session.number
  }

  /// The item-open before.
  enum Opening {
    case none
    case unreadable
    case read(kind: ItemKind, name: [UInt8], supplements: UInt64?)
  }

  var supplements: UInt64? {
    if case .read(_, _, let supplements) = opening { supplements } else { nil }
  }

  mutating func leaveUnchecked(_ reason: UncheckedReason) {
    if unchecked == nil { unchecked = reason }
    digests = nil
  }
}
