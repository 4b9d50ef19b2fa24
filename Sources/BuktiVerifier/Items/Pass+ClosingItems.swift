import BuktiFormat

extension Pass {
  /// An item record, in the order of [B-ITM-10].
  func checkItem(_ record: Record) throws(BuktiError) -> ErrorCode? {
    guard let session = state.session else { return .grammarSession }
    if state.unnamed.count >= Limits.maxNames { return .namesDue }
    let id = record.core.itemID
    var item: Item?
    if case .item(let read) = record.body { item = read }
    if let code = checkIDs(id, item?.parent, item?.sameAs, item?.supplements) { return code }
    let place = state.items.find(id)
    if let place, state.items.open[place].session != session.number { return .itemResume }
    var progress =
      place.map { state.items.open[$0] }
      ?? ItemInProgress(id: id, first: record.number, session: session)
    // The table's own digests stay the only ones, so that they need no copy.
    progress.digests = nil
    if let item, let code = check(item, progress) { return code }
    if let missing = record.missing { progress.leaveUnchecked(missing) }
    let verdict = try digestVerdict(item, place, progress, record.run)
    close(record, item, verdict, session)
    try visitor?.itemClosed(id, item, record: record.number, verdict)
    return verdict == .fails ? .itemDigest : nil
  }

  /// [B-ITM-6] to [B-ITM-8] but for the digests.
  private func check(_ item: Item, _ progress: ItemInProgress) -> ErrorCode? {
    guard item.size == progress.end else { return .itemSize }
    guard fitsKind(item, progress.further) else { return .itemKind }
    if let parent = item.parent {
      let isInUse = state.items.isInUse(parent) && parent != progress.id
      guard isInUse else { return .itemReference }
    }
    if let sameAs = item.sameAs, !hasBytes(sameAs) { return .itemReference }
    if let supplements = item.supplements, !hasBytes(supplements) { return .itemReference }
    switch progress.opening {
    case .none: if item.supplements != nil, progress.hasGap { return .itemReference }
    case .unreadable: break
    case .read(_, _, let supplements):
      guard supplements == item.supplements else { return .itemReference }
    }
    return nil
  }

  private func fitsKind(_ item: Item, _ further: [FurtherDigest]) -> Bool {
    if item.sameAs != nil, item.kind != .file { return false }
    let isAcquired = item.state != .notAcquired
    guard (item.target != nil) == (item.kind == .symlink && isAcquired),
      (item.reason != nil) == (item.state != .complete)
    else { return false }
    guard item.hasBytes else { return item.size == 0 && item.digests == nil }
    guard let digests = item.digests else { return false }
    return (digests.md5 != nil) == further.contains(.md5)
      && (digests.sha1 != nil) == further.contains(.sha1)
      && (digests.sha512 != nil) == further.contains(.sha512)
  }

  private func digestVerdict(
    _ item: Item?, _ place: Int?, _ progress: ItemInProgress, _ run: ItemRun?
  ) throws(BuktiError) -> DigestVerdict {
    guard let item else { return .notChecked(progress.unchecked ?? .damaged) }
    guard let stated = item.digests else { return .none }
    if let unchecked = progress.unchecked { return .notChecked(unchecked) }
    let running: RunningDigests? =
      if let place {
        try state.items.digests(place, digests)
      } else {
        try RunningDigests(progress.further, digests)
      }
    guard let running else { return .notChecked(.damaged) }
    let holds = try running.match(stated, run) { () throws(BuktiError) in try pause() }
    return holds ? .holds : .fails
  }

  private func close(
    _ record: Record, _ item: Item?, _ verdict: DigestVerdict, _ session: SessionFacts
  ) {
    let id = record.core.itemID
    let kind: ClosedItems.Kind =
      item.map { $0.hasBytes ? .withBytes : .withoutBytes } ?? .unknown
    state.items.close(id, as: kind)
    let facts = item.map { UnnamedRow.Facts(name: KeptName($0.name), kind: $0.kind, size: $0.size) }
    state.unnamed.append(UnnamedRow(id: id, record: record.number, facts: facts))
    if options.listsItems {
      listed.append(id: id, record: record.number, session: session.number, item, verdict)
    }
  }
}

extension Item {
  /// Whether an item of this kind and state has bytes and digests ([B-ITM-6]).
  package var hasBytes: Bool {
    switch kind {
    case .file, .disk, .partition, .memory, .capture, .stream, .document:
      sameAs == nil && state != .notAcquired
    default: false
    }
  }
}
