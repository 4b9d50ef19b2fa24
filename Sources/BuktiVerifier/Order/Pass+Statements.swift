import BuktiFormat

extension Pass {
  /// Whether an id is that of an item in use, or none.
  func isKnown(_ id: UInt64) -> Bool { id == 0 || state.items.isInUse(id) }

  /// [B-ITM-1] for an event.
  func checkEvent(_ record: Record) -> ErrorCode? {
    guard isKnown(record.core.itemID) else { return .itemUnknown }
    guard case .event(let event) = record.body, let items = event.items else { return nil }
    return items.allSatisfy(isKnown) ? nil : .itemUnknown
  }

  /// [B-ITM-1] and [B-NTE-1].
  func checkNote(_ record: Record) -> ErrorCode? {
    guard isKnown(record.core.itemID) else { return .itemUnknown }
    guard case .note(let note) = record.body, let about = note.about else { return nil }
    return about < record.number ? nil : .itemUnknown
  }

  /// [B-NAM-1] to [B-NAM-4].
  func checkNames(_ record: Record) -> ErrorCode? {
    if case .names(let names) = record.body, !fits(names, record.number) { return .namesMismatch }
    state.unnamed = SharedList()
    state.lastNames = record.number
    return nil
  }

  private func fits(_ names: Names, _ number: UInt64) -> Bool {
    guard names.rows.count == state.unnamed.count,
      zip(state.unnamed, names.rows).allSatisfy({ $0.fits($1) }), names.previous == state.lastNames
    else { return false }
    let restated = (names.restated ?? []).map(\.record)
    return zip(restated, restated.dropFirst()).allSatisfy(<)
      && restated.allSatisfy { ledger.isNames($0) && !state.refusals.contains($0) }
  }

  /// [B-WTH-1].
  func checkWithhold(_ record: Record) -> ErrorCode? {
    guard case .withhold(let withhold) = record.body else { return nil }
    var free: UInt64 = 0
    for run in withhold.runs {
      // Both are below 2^63.
      let end = run.first + run.count
      guard run.first >= free, end <= record.number, ledger.areWithholdable(run.first, end),
        ledger.logicalOffset(run.first) == run.start, ledger.logicalOffset(end) == run.end
      else { return .withholdList }
      free = end + 1
    }
    state.lastWithhold = record.number
    return nil
  }

  /// [B-ORD-4], [B-ATT-1] and [B-ATT-2].
  func checkAttest(_ record: Record) -> ErrorCode? {
    guard state.lastSeal != nil else { return .grammarAttest }
    guard case .attest(let attest) = record.body else { return nil }
    guard let place = findSeal(attest.seal), seals[place].hash == attest.sealHash,
      !seals[place].cameWhileLost, !state.refusals.contains(attest.seal)
    else { return .attestTarget }
    let isOfSignature = StampEntry.isOfSignature(attest.kind)
    guard (attest.signature != nil) == isOfSignature else { return .attestTarget }
    let seal = seals[place]
    guard let signature = attest.signature else {
      return attest.digest == seal.checkpointDigest ? nil : .attestTarget
    }
    guard signature < UInt64(seal.signatureDigests.count) else { return .attestTarget }
    return attest.digest == seal.signatureDigests[Int(signature)] ? nil : .attestTarget
  }
}
