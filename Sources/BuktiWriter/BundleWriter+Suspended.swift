import BuktiEngines
public import BuktiFormat
import BuktiStore

/// An item that an earlier session began and did not close.
public struct SuspendedItem: Sendable, Hashable {
  public let id: UInt64
  /// The end reached, in bytes.
  public let size: UInt64
  /// Nil where no item-open says it.
  public let kind: ItemKind?
  /// Nil where no item-open says it.
  public let name: [UInt8]?
  /// In bytes; nil where no item-open says it.
  public let expectedSize: UInt64?
  /// What its source looked like when it was begun.
  public let source: SourceMarks?

  init(_ item: Ledger.OpenedItem) {
    id = item.id
    size = item.end
    kind = item.open?.kind
    name = item.open?.name
    expectedSize = item.open?.expectedSize
    source = SourceMarks(ext: item.open?.ext)
  }
}

extension BundleWriter {
  /// The items that wait to be resumed or abandoned.
  public var suspendedItems: [SuspendedItem] {
    log.ledger.openItems.filter(\.isSuspended).map { SuspendedItem($0) }
  }

  /// The items that no record closes yet: those that are left suspended if the work ends here.
  public var openItems: [SuspendedItem] { log.ledger.openItems.map { SuspendedItem($0) } }

  /// Closes a suspended item as aborted, with the bytes that it has.
  ///
  /// Its stored bytes are read again, once, for their digests.
  /// - Parameter name: for an item whose name no record says.
  /// - Parameter reason: in words that are recorded.
  /// - Parameter id: of the item.
  /// - Throws: `usage` where the item is not suspended; `interrupted`, nothing having been written; `withheld` in
  ///   a copy that lacks some of its bytes; `closed`, `damaged`, `disk-full`, `io`, `dead`.
  @discardableResult
  public mutating func abandon(
    _ id: UInt64, reason: String, name: [UInt8] = Array("interrupted".utf8)
  ) throws(BuktiError) -> AddedItem {
    try log.requireNotClosed()
    let suspended = try suspended(id)
    let digests = try state(of: suspended).digests
    let kind = suspended.open?.kind ?? .file
    let name = suspended.open?.name ?? name
    let resume = Resume(
      offset: suspended.end, overlap: 0, equal: false, evidence: "the source was not read again")
    try log.resume(
      id, ItemOpen(kind: kind, name: name, resume: resume, supplements: suspended.open?.supplements)
    )
    var item = Item(kind: kind, name: name, size: suspended.end, state: .aborted)
    item.digests = digests.values()
    item.reason = reason
    item.supplements = suspended.open?.supplements
    let record = try log.append(item, of: id)
    return AddedItem(
      id: id, record: record, size: item.size, state: item.state, reason: reason,
      digests: item.digests)
  }

  /// - Throws: `usage` where the item is not suspended.
  func suspended(_ id: UInt64) throws(BuktiError) -> Ledger.OpenedItem {
    guard let place = log.ledger.place(of: id), log.ledger.openItems[place].isSuspended else {
      throw BuktiError(.usage, "Item \(id) is not suspended.")
    }
    return log.ledger.openItems[place]
  }

  /// Digests and missing ranges of what an item has so far, ready to go on.
  ///
  /// The digests of what begins behind the last seal are known from the opening; else its frames are read
  /// once, one in memory at a time, and each is proven by the seal.
  func state(
    of item: Ledger.OpenedItem
  ) throws(BuktiError) -> (digests: DigestSet, lost: LostRanges) {
    let stored = try storedItem(item.id)
    var lost = LostRanges()
    if let known = item.digests {
      try stored.forEachUnsealed { (record) throws(BuktiError) in
        try stored.note(record, in: &lost)
      }
      return (known.copy(), lost)
    }
    guard let further = try stored.furtherDigests() else {
      throw BuktiError(
        .damaged, "The bytes of item \(item.id) that are stored cannot be read: it cannot go on.")
    }
    let digests = try DigestSet(further)
    let skipsGaps = item.open?.supplements != nil
    var end: UInt64 = 0
    let options = options
    let take: (StoredRecord) throws(BuktiError) -> Void = { (record) throws(BuktiError) in
      if options.isInterrupted() {
        throw BuktiError(.interrupted, "Item \(item.id) stays suspended.")
      }
      guard record.core.offset == end else { throw BuktiError(.itemTiling) }
      try stored.update(digests, with: record, skipsGaps: skipsGaps)
      try stored.note(record, in: &lost)
      end += try stored.length(of: record)
      options.rereading?(end)
    }
    try stored.forEachSealed(take)
    try stored.forEachUnsealed(take)
    guard end == item.end else {
      throw BuktiError(.damaged, "Item \(item.id) has \(end) bytes where \(item.end) are stated.")
    }
    return (digests, lost)
  }

  func storedItem(_ id: UInt64) throws(BuktiError) -> StoredItem {
    guard let stored else { throw BuktiError(.usage, "Item \(id) is not suspended.") }
    return try StoredItem(id, stored, refused: log.ledger.refused)
  }
}
