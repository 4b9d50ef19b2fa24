import BuktiFormat

extension Pass {
  /// Judges what a record means; whether an index block or tail is the one that belongs here.
  func judge(_ record: Record) throws(BuktiError) -> Bool {
    noteUnusable(record)
    if case .session(let session) = record.body { resume(record, session) }
    let wasLost = state.isLost
    let code = wasLost ? checkWhileLost(record) : try check(record)
    if let code {
      note(code, record)
      if code != .itemDigest, code != .sealMismatch { lose() }
    }
    let isRight = wasLost ? isIndexRight(record) : code == nil
    if case .session(let session) = record.body {
      knownSession = code == nil ? SessionFacts(session, number: record.number) : nil
    }
    if record.type == .seal {
      try addSeal(record, code, cameWhileLost: wasLost || lastType != .tail)
    }
    tornTails = []
    checkUncovered(record, isRight: isRight)
    try collect(record, failed: code != nil)
    if case .attest(let attest) = record.body, code == nil, !wasLost {
      takeStatements(of: attest, number: record.number)
    }
    return isRight
  }

  /// Adds a finding about a record that its refusal withdraws.
  func note(_ code: ErrorCode, _ record: Record, length: UInt64? = nil) {
    let item = record.core.itemID > 0 ? record.core.itemID : nil
    findings.add(
      Finding(code, record: record.number, at: record.place, length: length, item: item),
      owner: record.number)
  }

  /// Unusable content of most types hides what later records mean ([B-DMG-7]).
  private func noteUnusable(_ record: Record) {
    guard case .unusable = record.content else { return }
    switch record.type {
    case .data, .itemOpen, .item, .names, .note, .event: break
    default: if !record.type.isOptional { lose() }
    }
  }

  /// The rules of sections 5, 6, 8 and 9 for one record: the code of the first that it fails.
  private func check(_ record: Record) throws(BuktiError) -> ErrorCode? {
    noteTorn(record)
    if let code = checkPosition(record) { return code }
    switch record.type {
    case .genesis: return checkGenesis(record)
    case .session: return try checkSession(record)
    case .attest: return checkAttest(record)
    case .tail: return checkTail(record)
    case .seal: return checkSeal(record)
    case .index: return checkIndex(record)
    default: return try checkEvidence(record) ?? checkDue()
    }
  }

  /// All that is said of the meaning of a record once the order is lost ([B-DMG-8]).
  private func checkWhileLost(_ record: Record) -> ErrorCode? {
    guard case .seal(let seal) = record.body, let root else { return nil }
    return seal.states(size: record.number, root: root) ? nil : .sealMismatch
  }

  private func checkEvidence(_ record: Record) throws(BuktiError) -> ErrorCode? {
    switch record.type {
    case .itemOpen: try checkItemOpen(record)
    case .item: try checkItem(record)
    case .data: try checkData(record)
    case .gap: try checkGap(record)
    case .event: checkEvent(record)
    case .note: checkNote(record)
    case .names: checkNames(record)
    case .withhold: checkWithhold(record)
    case .close: checkClose(record)
    default: isKnown(record.core.itemID) ? nil : .itemUnknown
    }
  }

  /// Where a record of its type may stand ([B-ORD-1] to [B-ORD-5]).
  private func checkPosition(_ record: Record) -> ErrorCode? {
    if (record.number == 0) != (record.type == .genesis) { return .grammarGenesis }
    if record.number == 1, record.type != .session { return .grammarSession }
    if state.isClosed {
      switch record.type {
      case .close, .itemOpen, .data, .gap, .item: return .grammarClose
      default: break
      }
    }
    return nil
  }

  private func checkGenesis(_ record: Record) -> ErrorCode? {
    guard case .genesis(let genesis) = record.body else { return nil }
    self.genesis = genesis
    return genesis.suite == Genesis.sha256 ? nil : .genesisSuite
  }

  private func checkClose(_ record: Record) -> ErrorCode? {
    state.close = record.number
    return nil
  }

  /// Counts a tail or session among those after the last seal ([B-ORD-6]).
  func checkMark() -> ErrorCode? {
    guard state.marks < Limits.maxMarks else { return .markLimit }
    state.marks += 1
    return nil
  }

  /// What is listed whether it can be judged or not.
  private func collect(_ record: Record, failed: Bool) throws(BuktiError) {
    switch record.body {
    case .gap(let gap): note(.gap, record, length: gap.length)
    case .item(let item): if item.state != .complete { note(.itemState, record) }
    case .opaque: note(.optional, record)
    case .renew, .keys: note(.notEvaluated, record)
    case .event(let event): events.append(EventEntry(event, number: record.number))
    case .withhold(let withhold) where !failed:
      withholds.append(WithholdEntry(withhold, number: record.number))
    case .attest(let attest) where !failed:
      stamps.append(StampEntry(attest, number: record.number, log: evaluate(attest)))
    default: break
    }
    if let body = record.body, let visitor, !state.isLost {
      try visitor.record(record.number, type: record.type, item: record.core.itemID, body)
    }
  }
}
