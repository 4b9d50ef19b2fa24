public import BuktiFormat

/// Why the digests of an item were not checked.
public enum UncheckedReason: String, Sendable {
  case withheld
  case damaged
  /// More plain bytes than the verifier was told to decode.
  case limit
  /// The verifier was told to read less.
  case notRead = "not read"
}

/// What the digests of an item came to.
public enum DigestVerdict: Sendable, Equatable {
  case holds
  case fails
  case notChecked(UncheckedReason)
  /// The item has no bytes and no digests.
  case none
}

/// An item that an item record closed and no session refused.
public struct ListedItem: Sendable, Equatable {
  public let id: UInt64
  /// Number of its item record.
  public let record: UInt64
  /// Number of the session that closed it.
  public let session: UInt64
  /// Raw bytes; nil where the item record is withheld or damaged, as are kind, size, state and SHA-256.
  public let name: [UInt8]?
  public let kind: ItemKind?
  /// In bytes.
  public let size: UInt64?
  public let state: ItemState?
  /// As the item record states it; nil also for an item without bytes.
  public let sha256: Hash?
  public let digests: DigestVerdict
  /// Number of the first seal over it that is neither refused nor adopted and states the right checkpoint; what
  /// its signatures are worth is for `Report.seals`.
  public let sealedBy: UInt64?
}
