import BuktiFormat

extension Pass {
  /// An item-open, in the order of [B-ITM-10].
  func checkItemOpen(_ record: Record) throws(BuktiError) -> ErrorCode? {
    guard let session = state.session else { return .grammarSession }
    var opening: ItemOpen?
    if case .itemOpen(let open) = record.body { opening = open }
    let id = record.core.itemID
    if let code = checkIDs(id, opening?.supplements) { return code }
    if let place = state.items.find(id) {
      let item = state.items.open[place]
      if let opening, !fits(opening, resuming: item) { return .itemResume }
      if item.session == session.number { return .itemResume }
    } else {
      if opening?.resume != nil { return .itemResume }
      if let code = checkRoom() { return code }
      state.items.begin(ItemInProgress(id: id, first: record.number, session: session))
    }
    if let supplements = opening?.supplements, !hasBytes(supplements) { return .itemReference }
    guard let place = state.items.find(id) else { return nil }
    state.items.change(place) { item in
      item.session = session.number
      item.opening =
        opening.map { .read(kind: $0.kind, name: KeptName($0.name), supplements: $0.supplements) }
        ?? .unreadable
      if let missing = record.missing { item.leaveUnchecked(missing) }
    }
    try visitor?.itemOpened(id, opening, record: record.number)
    return nil
  }

  /// [B-ITM-4] for an item that is open.
  private func fits(_ opening: ItemOpen, resuming item: ItemInProgress) -> Bool {
    guard let resume = opening.resume, resume.offset == item.end else { return false }
    guard case .read(let kind, let name, let supplements) = item.opening else { return true }
    return opening.kind == kind && KeptName(opening.name) == name
      && opening.supplements == supplements
  }

  /// [B-ITM-1] for the core's item id, then for those in the body, and [B-ITM-2].
  func checkIDs(_ id: UInt64, _ others: UInt64?...) -> ErrorCode? {
    if id > state.items.nextID { return .itemId }
    for other in others {
      if let other, other != id, !isKnown(other) { return .itemUnknown }
    }
    return state.items.isInUse(id) && state.items.find(id) == nil ? .itemClosed : nil
  }

  private func checkRoom() -> ErrorCode? {
    state.items.open.count < Limits.maxOpenItems ? nil : .itemLimit
  }

  /// Whether an id names a closed item that has bytes, as far as that is known ([B-ITM-7]).
  func hasBytes(_ id: UInt64) -> Bool {
    let kind = state.items.closed[id]
    return kind == .withBytes || kind == .unknown
  }

  func checkData(_ record: Record) throws(BuktiError) -> ErrorCode? {
    let core = record.core
    // Check 15 keeps the end below 2^56.
    let (code, found) = try extend(record, by: core.plainLength)
    guard let place = found else { return code }
    if let missing = record.missing {
      state.items.change(place) { $0.leaveUnchecked(missing) }
      try visitor?.itemMissing(
        core.itemID, offset: core.offset, count: core.plainLength, missing)
      return nil
    }
    let running = try state.items.digests(place, digests)
    switch record.content {
    case .data(let plain):
      try running?.update(plain, position: record.position) { () throws(BuktiError) in try pause() }
      try visitor?.itemData(core.itemID, offset: core.offset, unsafe plain.raw.bytes)
    default:
      running?.addZeros(core.plainLength)
      try visitor?.itemZeros(core.itemID, offset: core.offset, count: core.plainLength)
    }
    return nil
  }

  func checkGap(_ record: Record) throws(BuktiError) -> ErrorCode? {
    guard case .gap(let gap) = record.body else { return nil }
    let (code, found) = try extend(record, by: gap.length)
    guard let place = found else { return code }
    state.items.change(place) { $0.hasGap = true }
    if stopsDecoding { state.items.change(place) { $0.leaveUnchecked(.limit) } }
    if state.items.open[place].supplements == nil {
      try state.items.digests(place, digests)?.addZeros(gap.length)
    }
    try visitor?.itemGap(record.core.itemID, offset: record.core.offset, gap)
    return nil
  }

  /// Moves the end of an item on, which begins here if it is new; the item's place, or what fails.
  private func extend(
    _ record: Record, by count: UInt64
  ) throws(BuktiError) -> (ErrorCode?, Int?) {
    guard let session = state.session else { return (.grammarSession, nil) }
    let core = record.core
    let open = state.items.find(core.itemID)
    if let code = checkIDs(core.itemID) { return (code, nil) }
    let item = open.map { state.items.open[$0] }
    if let item, item.session != session.number { return (.itemResume, nil) }
    guard core.offset == item?.end ?? 0 else { return (.itemTiling, nil) }
    guard count <= Limits.maxItemEnd - core.offset else { return (.coreOffset, nil) }
    if open == nil {
      if let code = checkRoom() { return (code, nil) }
      state.items.begin(ItemInProgress(id: core.itemID, first: record.number, session: session))
      try visitor?.itemOpened(core.itemID, nil, record: record.number)
    }
    guard let place = open ?? state.items.find(core.itemID) else { return (nil, nil) }
    state.items.change(place) { $0.end += count }
    return (nil, place)
  }
}
