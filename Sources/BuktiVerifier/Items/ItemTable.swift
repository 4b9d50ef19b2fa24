import BuktiFormat

/// The items in use.
struct ItemTable {
  /// The lowest id not in use.
  private(set) var nextID: UInt64 = 1
  /// Ascending by id, at most `Limits.maxOpenItems`.
  private(set) var open = SharedList<ItemInProgress>()
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
    if let place = find(id) { open.remove(at: place) }
    closed.close(id, kind)
    nextID = max(nextID, id + 1)
  }

  mutating func change(_ place: Int, _ body: (inout ItemInProgress) -> Void) {
    open.change(place, body)
  }

  /// The item's digests, for this state alone; nil where they cannot be checked any more.
  mutating func digests(
    _ place: Int, _ lanes: DigestLanes
  ) throws(BuktiError) -> RunningDigests? {
    try open.change(place) { item throws(BuktiError) in try item.ownDigests(lanes) }
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
    case read(kind: ItemKind, name: KeptName, supplements: UInt64?)
  }

  var supplements: UInt64? {
    if case .read(_, _, let supplements) = opening { supplements } else { nil }
  }

  fileprivate mutating func ownDigests(
    _ lanes: DigestLanes
  ) throws(BuktiError) -> RunningDigests? {
    guard unchecked == nil else { return nil }
    if digests == nil {
      digests = try RunningDigests(further, lanes)
    } else if !isKnownUniquelyReferenced(&digests) {
      digests = digests?.copy()
    }
    return digests
  }

  mutating func leaveUnchecked(_ reason: UncheckedReason) {
    if unchecked == nil { unchecked = reason }
    digests = nil
  }
}
