import BuktiEngines
import BuktiFormat
import BuktiStore

extension Ledger {
  /// Takes over a record that somebody wrote, by the rules of sections 5, 6, 8 and 9.
  ///
  /// - Throws: the code of the rule that it breaks; the codes of a body that has no meaning.
  mutating func take(
    _ frame: StoredRecord, reader: RecordReader, index: IndexState<LibcryptoSHA256>,
    boundaries: [PartWalk.Boundary]
  ) throws(BuktiError) {
    let core = frame.core
    switch core.type {
    case .genesis:
      guard core.number == 0 else { throw BuktiError(.grammarGenesis) }
      let genesis = try reader.known(Genesis.self, of: frame)
      guard genesis?.suite == Genesis.sha256 else { throw BuktiError(.genesisSuite) }
      return
    case .session:
      guard let session = try reader.known(Session.self, of: frame) else { return }
      if let refuses = session.refuses {
        guard let before = boundaries.last(where: { $0.record == refuses.first }), before.isSound
        else { throw BuktiError(.sessionBoundary) }
        self = before.ledger.snapshot()
      }
      try mark()
      return begin(session, number: core.number)
    case .index:
      guard let block = try reader.known(IndexBlock.self, of: frame) else { return }
      guard let due = index.dueBlock else { throw BuktiError(.indexUnexpected) }
      guard block == due else { throw BuktiError(.indexMismatch) }
      return
    case .tail:
      try mark()
      guard let tail = try reader.known(Tail.self, of: frame) else { return }
      guard tail == index.tail(state: tailState) else { throw BuktiError(.tailMismatch) }
      return
    case .seal: marks = 0
    case .attest: return
    default: break
    }
    guard core.number > 1 else { throw BuktiError(.grammarSession) }
    try takeEvidence(frame, reader)
    if index.due != nil { throw BuktiError(.indexDue) }
  }

  private mutating func takeEvidence(
    _ frame: StoredRecord, _ reader: RecordReader
  ) throws(BuktiError) {
    let core = frame.core
    switch core.type {
    case .itemOpen: try takeOpen(core, try reader.known(ItemOpen.self, of: frame))
    case .data: try takeData(frame, reader)
    case .gap:
      guard let gap = try reader.known(Gap.self, of: frame) else { return }
      try extend(core, by: gap.length)
      // The digest of an item that supplements another leaves gaps out ([B-ITM-8]).
      let supplements = place(of: core.itemID).flatMap { openItems[$0].open?.supplements }
      if supplements == nil { digest(core.itemID)?.updateZeros(gap.length) }
    case .item:
      guard let item = try reader.known(Item.self, of: frame) else { return }
      try takeItem(core, item)
    case .names:
      guard let part = try reader.known(Names.self, of: frame) else { return }
      guard part.rows == unnamed, part.previous == names else {
        throw BuktiError(.namesMismatch)
      }
      name(number: core.number)
    case .close:
      guard !isClosed else { throw BuktiError(.grammarClose) }
      isClosed = true
    case .withhold: withhold = core.number
    default: guard core.itemID < nextItemID else { throw BuktiError(.itemUnknown) }
    }
  }

  private mutating func takeOpen(_ core: Core, _ open: ItemOpen?) throws(BuktiError) {
    try requireOpen()
    let id = core.itemID
    guard let place = place(of: id) else {
      try requireNew(id)
      guard open?.resume == nil else { throw BuktiError(.itemResume) }
      advance(id, to: 0, open: open)
      return startDigests(id)
    }
    let item = openItems[place]
    guard item.isSuspended, open == nil || open?.resume?.offset == item.end else {
      throw BuktiError(.itemResume)
    }
    if let before = item.open, let open {
      guard before.kind == open.kind, before.name == open.name,
        before.supplements == open.supplements
      else { throw BuktiError(.itemResume) }
    }
    openItems[place].isSuspended = false
    advance(id, to: item.end, open: open)
  }

  private mutating func takeData(_ frame: StoredRecord, _ reader: RecordReader) throws(BuktiError) {
    let core = frame.core
    try extend(core, by: core.plainLength)
    note(
      DataPlace(address: frame.address, offset: core.offset, count: core.plainLength),
      of: core.itemID)
    guard let digests = digest(frame.core.itemID) else { return }
    if frame.core.codec == .zeroRun { return digests.updateZeros(frame.core.plainLength) }
    if frame.header.state == .withheld { return forgetDigests(core.itemID) }
    let plain = try reader.plain(of: frame)
    digests.update(plain.span.raw)
  }

  private mutating func extend(_ core: Core, by count: UInt64) throws(BuktiError) {
    try requireOpen()
    let id = core.itemID
    let end = place(of: id).map { openItems[$0].end } ?? 0
    if let place = place(of: id) {
      guard !openItems[place].isSuspended else { throw BuktiError(.itemResume) }
    } else {
      try requireNew(id)
    }
    guard core.offset == end else { throw BuktiError(.itemTiling) }
    guard count <= Limits.maxItemEnd - end else { throw BuktiError(.coreOffset) }
    let isFirst = id == nextItemID
    advance(id, to: end + count)
    if isFirst { startDigests(id) }
  }

  private mutating func takeItem(_ core: Core, _ item: Item) throws(BuktiError) {
    try requireOpen()
    guard unnamed.count < Limits.maxNames else { throw BuktiError(.namesDue) }
    let id = core.itemID
    var end: UInt64 = 0
    if let place = place(of: id) {
      guard !openItems[place].isSuspended else { throw BuktiError(.itemResume) }
      end = openItems[place].end
    } else {
      try requireNew(id)
    }
    guard item.size == end else { throw BuktiError(.itemSize) }
    let hasBytes = item.kind.hasBytes && item.sameAs == nil && item.state != .notAcquired
    guard (item.digests != nil) == hasBytes, hasBytes || end == 0 else {
      throw BuktiError(.itemKind)
    }
    if let stated = item.digests, let digests = digest(id), digests.values() != stated {
      throw BuktiError(.itemDigest)
    }
    close(id, item, number: core.number)
  }

  private func requireOpen() throws(BuktiError) {
    guard !isClosed else { throw BuktiError(.grammarClose) }
  }

  private func requireNew(_ id: UInt64) throws(BuktiError) {
    guard id >= nextItemID else { throw BuktiError(.itemClosed) }
    guard id == nextItemID else { throw BuktiError(.itemId) }
    guard openItems.count < Limits.maxOpenItems else { throw BuktiError(.itemLimit) }
  }
}
