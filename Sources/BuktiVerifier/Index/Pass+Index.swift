import BuktiFormat

extension Pass {
  /// [B-IDX-4].
  func checkIndex(_ record: Record) -> ErrorCode? {
    guard let due = index.dueBlock else { return .indexUnexpected }
    guard case .index(let block) = record.body else { return nil }
    return block == due ? nil : .indexMismatch
  }

  /// [B-IDX-3] for a record that may not come before a block that is due.
  func checkDue() -> ErrorCode? { index.due == nil ? nil : .indexDue }

  /// [B-ORD-6] and [B-TAI-1].
  func checkTail(_ record: Record) -> ErrorCode? {
    if let code = checkMark() { return code }
    guard case .tail(let tail) = record.body else { return nil }
    return tail == index.tail(state: state.tailState) ? nil : .tailMismatch
  }

  /// Whether a record is the block or tail that belongs here, while what it means is not judged.
  ///
  /// The state in a tail is taken as it is then, since nothing can be said of it ([B-DMG-8]).
  func isIndexRight(_ record: Record) -> Bool {
    guard !isLostForGood else { return false }
    switch record.type {
    case .index:
      guard case .index(let block) = record.body else { return false }
      return block == index.dueBlock
    case .tail:
      guard case .tail(let tail) = record.body else { return false }
      return tail == index.tail(state: tail.state)
    default: return true
    }
  }

  /// [B-IDX-5]: bounds what a reader must keep.
  func checkUncovered(_ record: Record, isRight: Bool) {
    guard !isLostForGood, index.uncovered >= Limits.maxUncovered,
      !(isRight && record.type == .index && index.due?.level == 0)
    else { return }
    if !state.isLost {
      let item = record.core.itemID > 0 ? record.core.itemID : nil
      findings.add(Finding(.indexDue, record: record.number, at: record.place, item: item))
    }
    loseForGood()
  }
}
