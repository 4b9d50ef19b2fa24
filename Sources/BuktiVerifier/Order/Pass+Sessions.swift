import BuktiFormat

extension Pass {
  /// What was cut off is said whatever else the session breaks (section 11.1).
  func noteTorn(_ record: Record) {
    guard case .session(let session) = record.body, let torn = session.torn else { return }
    note(.torn, record, length: torn.count)
  }

  /// Takes back what was said of torn bytes that this very next session accounts for ([B-SES-7]).
  private func withdrawTorn(_ session: Session, _ number: UInt64) {
    guard let torn = session.torn else { return }
    for tail in tornTails where torn.volume == UInt64(tail.volume) {
      if torn.count == tail.count, torn.sha256 == tail.digest, let entry = tail.entry {
        findings.withdraw(entry, by: number)
      }
    }
  }

  /// Ends the loss that records caused which this session refuses ([B-SES-4]).
  func resume(_ record: Record, _ session: Session) {
    guard state.isLost, !isLostForGood, let refuses = session.refuses,
      checkAccount(session, record.number) == nil,
      history.state(before: refuses.first)?.isLost == false
    else { return }
    state.isLost = false
  }

  /// [B-SES-1] to [B-SES-4], [B-ORD-6], then [B-SES-6]; the session is in force when they hold.
  func checkSession(_ record: Record) throws(BuktiError) -> ErrorCode? {
    guard case .session(let session) = record.body else { return nil }
    if let code = checkAccount(session, record.number) { return code }
    withdrawTorn(session, record.number)
    if let adopts = session.adopts {
      if session.refuses == nil { adopt(adopts) }
      findings.add(
        Finding(.adopted, record: adopts.first, length: adopts.count), owner: record.number)
    }
    if let refuses = session.refuses { try refuse(refuses, record, session.adopts) }
    if let code = checkMark() ?? checkPolicy(session.policy) { return code }
    state.session = SessionFacts(session, number: record.number)
    if let branch = session.branch { state.branch = branch }
    try visitor?.session(session, record: record.number)
    return nil
  }

  /// [B-SES-1] to [B-SES-3].
  private func checkAccount(_ session: Session, _ number: UInt64) -> ErrorCode? {
    var base: UInt64 = 1
    if let extends = session.extends {
      guard let place = findSeal(extends.size),
        seals[place].root == extends.root, !seals[place].cameWhileLost,
        !state.refusals.contains(extends.size)
      else { return .sessionExtends }
      base = seals[place].base
    } else if state.lastSeal != nil {
      return .sessionExtends
    }
    let adopted = session.adopts?.count ?? 0
    let refused = session.refuses?.count ?? 0
    guard session.adopts.map({ $0.first == base }) ?? true,
      session.refuses.map({ $0.first == base + adopted }) ?? true,
      adopted + refused == number - base
    else { return .sessionAccount }
    if let refuses = session.refuses, !history.allows(refuses.first, base: base) {
      return .sessionBoundary
    }
    return nil
  }

  /// Sets the state back to what it was before the first refused record.
  private func refuse(
    _ refuses: Refuses, _ record: Record, _ adopts: Adopts?
  ) throws(BuktiError) {
    findings.add(
      Finding(.refused, record: refuses.first, length: refuses.count), owner: record.number)
    // A place that B-SES-3 allows has a state: what was read there while lost is lost again.
    guard let before = history.state(before: refuses.first) else { return lose() }
    state = before
    if let adopts { adopt(adopts) }
    state.refusals.insert(refuses.first..<refuses.first + refuses.count)
    try visitor?.refused(
      first: refuses.first, count: refuses.count, session: record.number, back: state.tailState)
  }

  private func adopt(_ adopts: Adopts) {
    state.adoptions.insert(adopts.first..<adopts.first + adopts.count)
  }

  private func checkPolicy(_ policy: Policy) -> ErrorCode? {
    let bytes = policy.certificates
    guard policy.needed <= UInt64(bytes.count), zip(bytes, bytes.dropFirst()).allSatisfy(<) else {
      return .sessionPolicy
    }
    return nil
  }
}

extension Hash {
  /// As byte strings.
  static func < (a: Hash, b: Hash) -> Bool { a.words < b.words }
}
