import BuktiFormat
import BuktiStore

/// Records that a seal proves, read for what they mean for the next one.
extension ProvenIndex {
  /// The state of the index after the seal, from the tails alone.
  func indexState<Engine: SHA256Engine>(
    using engine: Engine
  ) throws(BuktiError) -> IndexState<Engine> {
    var index = try IndexState(
      resumingFrom: end.tail, core: end.tailRecord.core, hash: end.tailRecord.hash,
      earlierRows: earlierRows, engine: engine)
    index.append(end.sealRecord.core, hash: end.sealRecord.hash)
    return index
  }

  /// What the records up to the seal mean for the next.
  ///
  /// - Throws: as `content(_:of:)` for item records that are yet to be named.
  func ledger() throws(BuktiError) -> Ledger {
    let state = end.tail.state
    var ledger = Ledger()
    ledger.nextItemID = state.nextItemID
    ledger.openItems = state.openItems.map {
      Ledger.OpenedItem(id: $0.id, end: $0.offset)
    }
    ledger.isClosed = state.closed
    ledger.session = state.session
    // A wish of that session, which nothing depends on.
    ledger.volumeSize = (try? content(Session.self, of: state.session))?.volumeSize
    ledger.names = state.names
    ledger.withhold = state.withhold
    ledger.branch = state.branch
    if !state.openItems.isEmpty { try readOpens(&ledger) }
    for unnamed in state.unnamed {
      let item = try content(Item.self, of: unnamed.record)
      ledger.unnamedBytes += item.name.count
      ledger.unnamed.append(
        NameRow(
          item: unnamed.id, record: unnamed.record, name: item.name, kind: item.kind,
          size: item.size))
    }
    return ledger
  }

  /// Reads what the last item-open of each open item says, as far as it is there, and whether the item is
  /// suspended: not if the session that is still in force wrote to it.
  private func readOpens(_ ledger: inout Ledger) throws(BuktiError) {
    let refused = try SessionHistory(self).refused
    for place in ledger.openItems.indices {
      let id = ledger.openItems[place].id
      let opens = ItemQuery(itemID: id, types: [.itemOpen], refused: refused)
      let all = ItemQuery(itemID: id, types: [.itemOpen, .data, .gap], refused: refused)
      let newest = try last(all, upTo: .max)
      ledger.openItems[place].isSuspended = newest.map { $0.number < ledger.session } ?? true
      guard let last = try last(opens, upTo: 0) else { continue }
      ledger.openItems[place].open = try open(last)
      if let first = try first(opens) { ledger.openItems[place].began = try open(first)?.time }
    }
  }

  private func open(_ found: NumberedRow) throws(BuktiError) -> ItemOpen? {
    try reader.known(ItemOpen.self, of: record(found.number, found.row))
  }
}

extension BuktiError {
  /// What a seal proves must be there: whatever is wrong with it is damage.
  var ofProven: BuktiError {
    if isOfStorage { return self }
    return BuktiError(
      .damaged, "What the last seal proves cannot be read: \(self)", offset: offset,
      record: record)
  }
}
