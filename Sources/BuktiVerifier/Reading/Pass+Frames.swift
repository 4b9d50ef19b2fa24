import BuktiEngines
import BuktiFormat

extension Pass {
  /// Takes a frame with an end: checks 19 to 22, then what the record means.
  func take(_ read: ReadFrame, isCandidate: Bool) throws(BuktiError) {
    let (frame, place) = (read.frame, read.place)
    let core = frame.core
    if let defect = frame.defect {
      let isNumber = core.number < Limits.integer
      let belongs = isNumber && core.bundleID == bundleID && core.number >= next
      findings.add(
        Finding(defect, record: isNumber ? core.number : next, at: place),
        owner: belongs ? core.number : nil)
      if !isNumber { return }
    }
    guard chain(frame, at: place, isCandidate: isCandidate) else { return }
    noteReceipts()
    keepState(before: core)
    let record = Record(read, try contents(of: read))
    if !frame.isPresent, frame.defect == nil { withheld.add(core) }
    if frame.defect != nil { lose() }
    append(record, isRight: try judge(record))
  }

  /// Checks 19 to 21; whether the frame is taken as the next one.
  private func chain(_ frame: Frame, at place: Place, isCandidate: Bool) -> Bool {
    let core = frame.core
    let item = frame.defect == nil && core.itemID > 0 ? core.itemID : nil
    guard core.bundleID == bundleID else {
      findings.add(Finding(.coreBundleID, record: core.number, at: place))
      return false
    }
    if core.number == next {
      if core.previous != previous {
        findings.add(Finding(.chainPrevious, record: core.number, at: place, item: item))
        loseForGood()
      }
      return true
    }
    if core.number < next || !isCandidate {
      findings.add(Finding(.chainNumber, record: core.number, at: place))
    }
    guard core.number > next else { return false }
    noteReceipts()
    loseForGood()
    if core.number - next == 1 { grow(core.previous) } else { lateTree = nil }
    next = core.number
    return true
  }

  /// Records are missing: the order can never be judged again ([B-DMG-4], [B-DMG-5]).
  func loseForGood() {
    if !isLostForGood {
      isLostForGood = true
      lateTree = index.frontier
      history.removeAll()
      ledger = RecordLedger()
    }
    lose()
  }

  /// What follows cannot be judged until a session refuses the cause ([B-DMG-8]).
  func lose() {
    state.isLost = true
    knownSession = nil
  }

  private func grow(_ hash: Hash) { lateTree?.append(hash, using: LibcryptoSHA256()) }

  /// Keeps the state where a refusal may begin ([B-SES-3]).
  private func keepState(before core: Core) {
    guard !isLostForGood else { return }
    let isMark = core.type == .session || lastType == .tail || lastType == .seal
    // Without a seal the base is record 1.
    let isBase = next == 1 || followsSealDirectly
    if isMark || isBase { history.keep(state, before: next, isMark: isMark) }
  }

  /// Whether the next record is the base of the last seal: only attests that are right stand between.
  private var followsSealDirectly: Bool { seals.last.map { $0.base == next } ?? false }

  /// Adds a judged record to chain, tree and index.
  ///
  /// - Parameter isRight: whether an index block or tail is the one that belongs here.
  private func append(_ record: Record, isRight: Bool) {
    if record.type == .attest, followsSealDirectly, !state.isLost {
      seals[seals.count - 1].base += 1
    }
    if isLostForGood {
      grow(record.hash)
    } else {
      index.append(record.core, hash: record.hash, isRight: isRight)
      ledger.append(record.core)
    }
    previous = record.hash
    lastType = record.type
    next += 1
    taken += 1
  }
}
