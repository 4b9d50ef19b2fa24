import BuktiFormat

/// What a receipt of some size is held against.
struct ReceiptState {
  /// Nil where the tree is not known.
  let root: Hash?
  let branch: BranchID?
}

extension Pass {
  /// Keeps root and branch where a receipt asks for them.
  func noteReceipts() {
    guard !options.receipts.isEmpty, options.receipts.contains(where: { $0.size == next }) else {
      return
    }
    receiptStates[next] = ReceiptState(root: root, branch: state.branch)
  }

  /// What a receipt says about the bundle: nil where it holds (spec section 11.2).
  func judge(_ receipt: Checkpoint) -> ErrorCode? {
    guard receipt.bundleID == bundleID else { return .receiptOther }
    guard receipt.size <= next else {
      return receipt.branch == state.branch ? .receiptRollback : .receiptBranch
    }
    guard let known = receiptStates[receipt.size], let root = known.root else {
      return .receiptLost
    }
    if root == receipt.root { return nil }
    return receipt.branch == known.branch ? .receiptFork : .receiptBranch
  }
}
