public import BuktiFormat

/// Gets what a verifier has checked while it goes on, in the order of the records.
///
/// All that comes has passed the checks of frame, chain, payload, shape and order up to this record. It may
/// still be refused by a later session, and whether a seal over it holds is known at the end: whoever
/// acts on it waits for the report. After damage that loses the order nothing of items comes any more.
/// A method that throws ends the pass with its error.
public protocol BundleVisitor: AnyObject {
  func bundle(_ id: BundleID)
  func session(_ session: Session, record: UInt64) throws(BuktiError)
  /// An item begins, or goes on in a later session; `opening` is nil where no item-open says so or it cannot be read.
  func itemOpened(_ id: UInt64, _ opening: ItemOpen?, record: UInt64) throws(BuktiError)
  /// Bytes of an item, valid during the call only.
  func itemData(_ id: UInt64, offset: UInt64, _ bytes: RawSpan) throws(BuktiError)
  /// A run of zeros that is stored as such.
  func itemZeros(_ id: UInt64, offset: UInt64, count: UInt64) throws(BuktiError)
  /// A range without data.
  func itemGap(_ id: UInt64, offset: UInt64, _ gap: Gap) throws(BuktiError)
  /// A range whose bytes are in the original but not here.
  func itemMissing(
    _ id: UInt64, offset: UInt64, count: UInt64, _ reason: UncheckedReason
  ) throws(BuktiError)
  /// `item` is nil where the item record is withheld or damaged.
  func itemClosed(
    _ id: UInt64, _ item: Item?, record: UInt64, _ digests: DigestVerdict
  ) throws(BuktiError)
  /// A readable record of any type but data.
  func record(_ number: UInt64, type: RecordType, item: UInt64, _ body: RecordBody)
    throws(BuktiError)
  /// A session refuses earlier records: they mean nothing, and what they said of items is void.
  ///
  /// - Parameter state: what is left: ids from `nextItemID` on are free again, and the open items end where it says.
  /// - Parameter session: what the session says of itself.
  /// - Parameter count: how many there are.
  /// - Parameter first: the first record of the run.
  func refused(
    first: UInt64, count: UInt64, session: UInt64, back state: TailState
  ) throws(BuktiError)
  /// A seal that states the right checkpoint, as far as that is known.
  func seal(_ seal: Seal, record: UInt64) throws(BuktiError)
}

extension BundleVisitor {
  public func bundle(_ id: BundleID) {}
  public func session(_ session: Session, record: UInt64) throws(BuktiError) {}
  public func itemOpened(_ id: UInt64, _ opening: ItemOpen?, record: UInt64) throws(BuktiError) {}
  public func itemData(_ id: UInt64, offset: UInt64, _ bytes: RawSpan) throws(BuktiError) {}
  public func itemZeros(_ id: UInt64, offset: UInt64, count: UInt64) throws(BuktiError) {}
  public func itemGap(_ id: UInt64, offset: UInt64, _ gap: Gap) throws(BuktiError) {}
  public func itemMissing(
    _ id: UInt64, offset: UInt64, count: UInt64, _ reason: UncheckedReason
  ) throws(BuktiError) {}
  public func itemClosed(
    _ id: UInt64, _ item: Item?, record: UInt64, _ digests: DigestVerdict
  ) throws(BuktiError) {}
  public func record(
    _ number: UInt64, type: RecordType, item: UInt64, _ body: RecordBody
  ) throws(BuktiError) {}
  public func refused(
    first: UInt64, count: UInt64, session: UInt64, back state: TailState
  ) throws(BuktiError) {}
  public func seal(_ seal: Seal, record: UInt64) throws(BuktiError) {}
}
