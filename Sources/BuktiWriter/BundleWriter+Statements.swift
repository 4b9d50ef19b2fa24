public import BuktiFormat

extension BundleWriter {
  /// Adds a note.
  ///
  /// - Parameter item: the item it is about, 0 for none.
  /// - Parameter note: what is noted.
  /// - Throws: `usage` for an item or record that does not exist; `disk-full`, `io`, `dead`.
  public mutating func note(_ note: Note, item: UInt64 = 0) throws(BuktiError) {
    guard (note.about ?? 0) < log.number else {
      throw BuktiError(.usage, "The record that the note is about does not exist.")
    }
    try requireKnown(item)
    try log.append(note, itemID: item)
  }

  /// Adds an event of custody.
  ///
  /// - Parameter item: the item it is about, 0 for none.
  /// - Parameter event: what happened.
  /// - Throws: `usage` for an item that does not exist, or for fields that its kind must or must not
  ///   have ([B-EVT-1]); `disk-full`, `io`, `dead`.
  public mutating func event(_ event: Event, item: UInt64 = 0) throws(BuktiError) {
    let hasParty = [.released, .received, .rejected].contains(event.kind)
    let hasCovers = [.received, .rejected].contains(event.kind)
    guard (event.party != nil) == hasParty, (event.covers != nil) == hasCovers else {
      throw BuktiError(
        .usage, "The party stands in halves of a hand-over, what is covered in the second half.")
    }
    for id in [item] + (event.items ?? []) { try requireKnown(id) }
    try log.append(event, itemID: item)
  }

  /// Ends the evidence: no item is added after it, also by others.
  ///
  /// - Throws: `closed` where that was said already; `disk-full`, `io`, `dead`.
  public mutating func close(reason: String) throws(BuktiError) {
    try log.append(Close(reason: reason, by: session.who, time: options.now()))
  }

  private func requireKnown(_ id: UInt64) throws(BuktiError) {
    guard id < log.ledger.nextItemID else {
      throw BuktiError(.usage, "There is no item \(id).")
    }
  }
}
