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
}

extension BundleWriter {
  /// The items that wait to be resumed or abandoned.
  public var suspendedItems: [SuspendedItem] {
    log.ledger.openItems.filter(\.isSuspended).map {
      SuspendedItem(id: $0.id, size: $0.end, kind: $0.open?.kind, name: $0.open?.name)
    }
  }

  /// Closes a suspended item as aborted, with the bytes that it has.
  ///
  /// - Parameter name: for an item whose name no record says.
  /// - Throws: `usage` where the item is not suspended, or lies before the last seal, whose bytes were not
  ///   read; `closed`, `disk-full`, `io`, `dead`.
  @discardableResult
  public mutating func abandon(
    _ id: UInt64, reason: String, name: [UInt8] = Array("interrupted".utf8)
  ) throws(BuktiError) -> AddedItem {
    let (suspended, digests) = try suspended(id)
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
}
