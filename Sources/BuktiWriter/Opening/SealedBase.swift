import BuktiEngines
import BuktiFormat

/// A seal that was found from the end, with the tail before it that the seal proves.
struct SealedBase {
  let frame: FoundFrame
  let seal: Seal
  let tailFrame: FoundFrame
  let tail: Tail
  let root: Hash
}

extension FrameReader {
  /// The whole frame before another one, chained to it; nil where there is none.
  func frame(before next: FoundFrame) throws(BuktiError) -> FoundFrame? {
    guard let found = try frame(endingAt: next.start), found.hash == next.core.previous,
      found.core.number + 1 == next.core.number
    else { return nil }
    return found
  }

  /// Proves a seal by the tail before it (section 9.4); nil where the two do not prove each other.
  ///
  /// What a body holds may look like frames of this very bundle, when a disk is imaged that a copy lies
  /// on: but its tail speaks of another place.
  func base(_ frame: FoundFrame) throws(BuktiError) -> SealedBase? {
    guard frame.core.type == .seal, try hasPayload(frame),
      let tailFrame = try self.frame(before: frame), tailFrame.core.type == .tail,
      try hasPayload(tailFrame), let seal: Seal = try known(frame),
      let tail: Tail = try known(tailFrame),
      var frontier = Frontier(count: tailFrame.core.number, hashes: tail.frontier)
    else { return nil }
    frontier.append(tailFrame.hash, using: LibcryptoSHA256())
    let root = frontier.root(using: LibcryptoSHA256())
    let checkpoint = Checkpoint(
      bundleID: bundleID, branch: tail.state.branch, size: frame.core.number, root: root)
    let isInPlace =
      tail.state.withhold == nil
      ? tail.logicalOffset == tailFrame.start : tail.logicalOffset >= tailFrame.start
    guard seal.checkpoint == checkpoint.encoded(), isInPlace else { return nil }
    return SealedBase(
      frame: frame, seal: seal, tailFrame: tailFrame, tail: tail, root: root)
  }

  /// The content of a frame, nil where it is no such content.
  private func known<Content: RecordContent>(
    _ frame: FoundFrame
  ) throws(BuktiError) -> Content? {
    do throws(BuktiError) { return try content(frame) } catch {
      if [.io, .dead].contains(error.code) { throw error }
      return nil
    }
  }

  /// The state of the index after a proven seal, from the tails alone.
  ///
  /// - Throws: `damaged` where what the seal proves is not there.
  func index(after base: SealedBase) throws(BuktiError) -> IndexState<LibcryptoSHA256> {
    var rows = Rows()
    var parts: [Rows] = []
    var frame = base.tailFrame
    for number in base.tail.tails.reversed() {
      frame = try walkBack(from: frame, to: number)
      guard try hasPayload(frame), let tail: Tail = try known(frame) else {
        throw BuktiError(.damaged, "An earlier tail cannot be read.", record: number)
      }
      parts.append(tail.rows)
    }
    for part in parts.reversed() { rows.append(contentsOf: part) }
    var index = try IndexState(
      resumingFrom: base.tail, core: base.tailFrame.core, hash: base.tailFrame.hash,
      earlierRows: rows, engine: LibcryptoSHA256())
    index.append(base.frame.core, hash: base.frame.hash)
    return index
  }

  /// What the records up to a proven seal mean for the next.
  ///
  /// - Throws: `damaged` where what the seal proves is not there.
  func ledger(after base: SealedBase) throws(BuktiError) -> Ledger {
    let state = base.tail.state
    var ledger = Ledger()
    ledger.nextItemID = state.nextItemID
    ledger.openItems = state.openItems.map {
      Ledger.OpenedItem(id: $0.id, end: $0.offset, isSuspended: true)
    }
    ledger.isClosed = state.closed
    ledger.session = state.session
    ledger.names = state.names
    ledger.withhold = state.withhold
    ledger.branch = state.branch
    var frame = base.tailFrame
    for unnamed in state.unnamed.sorted(by: { $0.record > $1.record }) {
      frame = try walkBack(from: frame, to: unnamed.record)
      guard try hasPayload(frame), let item: Item = try known(frame) else {
        throw BuktiError(.damaged, "An item record cannot be read.", record: unnamed.record)
      }
      ledger.unnamed.insert(
        NameRow(
          item: unnamed.id, record: unnamed.record, name: item.name, kind: item.kind,
          size: item.size),
        at: 0)
    }
    return ledger
  }

  /// Steps back along the chain to an earlier record.
  private func walkBack(
    from start: FoundFrame, to number: UInt64
  ) throws(BuktiError) -> FoundFrame {
    var frame = start
    while frame.core.number > number {
      guard let before = try self.frame(before: frame) else {
        throw BuktiError(
          .damaged, "The chain before this record is broken.", offset: frame.start,
          record: frame.core.number)
      }
      frame = before
    }
    return frame
  }
}
