public import BuktiFormat
public import BuktiVerifier

/// What became of one item.
public struct ExtractedItem: Sendable {
  public enum Status: String, Sendable {
    /// Sealed, whole, and with the digest that the item record states.
    case extracted
    /// Written beneath `UNPROVEN/`: its digest is wrong or could not be checked.
    case unproven
    /// Left out, or written beneath `UNSEALED/` where that was asked for: no seal covers it.
    case unsealed
    /// Not written, for the reason given.
    case skipped
  }

  public let id: UInt64
  /// Number of the item record; nil for an item that none closes.
  public let record: UInt64?
  /// Raw bytes; nil where they are withheld or damaged.
  public let name: [UInt8]?
  /// Beneath the target; nil where nothing was written.
  public let path: [UInt8]?
  /// As the item record states it.
  public let sha256: Hash?
  public let status: Status
  /// In the words of this program.
  public internal(set) var reason: String?
  /// Whether that it is not there as it should be is an error: damage, or a wrong digest.
  public internal(set) var isFailure = false
  /// Ranges that are not in this copy, or damaged; holes in the file.
  public internal(set) var missing: [Range<UInt64>] = []
  /// Ranges that were not read from the source; holes in the file.
  public internal(set) var gaps: [Range<UInt64>] = []
}

/// What an extraction came to.
public struct ExtractionResult: Sendable {
  /// In the order in which they were dealt with.
  public let items: ExtractedItems
  /// What the verifier said on the way, with a listing if its options ask for one; nil where chosen items were
  /// read at random.
  public let report: Report?
  /// The list of all items that was written beneath the target.
  public let list: [UInt8]

  /// All of one status; `items` counts them and gives them one by one.
  public func items(_ status: ExtractedItem.Status) -> [ExtractedItem] {
    items.filter { $0.status == status }
  }

  /// 0 where every item was extracted, 1 where one failed, 3 where one was left out or skipped.
  public var exitCode: Int32 {
    if items.hasFailure { return 1 }
    return items.count(.extracted) == items.count ? 0 : 3
  }
}
