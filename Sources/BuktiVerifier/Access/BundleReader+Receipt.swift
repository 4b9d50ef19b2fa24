import BuktiEngines
public import BuktiFormat
import BuktiStore

extension BundleReader {
  /// Holds a receipt against the last seal (spec section 11.2).
  ///
  /// The root over the receipt's records is folded from the index, which the seal proves: kilobytes are
  /// read. Records behind the last seal count for nothing here, while the verifier reads them.
  /// - Throws: `index-mismatch`, `damaged`, the codes of frames and bodies, `io`.
  public func judge(_ receipt: Checkpoint) throws(BuktiError) -> ReceiptReport {
    ReceiptReport(receipt, try finding(receipt))
  }

  private func finding(_ receipt: Checkpoint) throws(BuktiError) -> ErrorCode? {
    guard receipt.bundleID == checkpoint.bundleID else { return .receiptOther }
    guard receipt.size <= checkpoint.size else {
      return receipt.branch == checkpoint.branch ? .receiptRollback : .receiptBranch
    }
    let engine = LibcryptoSHA256()
    let root = receipt.size == 0 ? engine.emptyRoot : try index.root(size: receipt.size)
    if root == receipt.root { return nil }
    return receipt.branch == (try branch(at: receipt.size)) ? .receiptFork : .receiptBranch
  }

  /// The branch in force once so many records were read: what was refused by then means nothing, whatever was
  /// refused later counts.
  private func branch(at size: UInt64) throws(BuktiError) -> BranchID? {
    // Only a session behind the one looked at can have refused it.
    var refusedFrom = size
    for number in try index.sessions(newestFirstIn: 0..<size) where number < refusedFrom {
      let session = try index.content(Session.self, of: number)
      guard session.accounts(upTo: number) else { continue }
      if let branch = session.branch { return branch }
      if let refuses = session.refuses { refusedFrom = refuses.first }
    }
    return nil
  }
}
