public import BuktiFormat
import BuktiTrust

/// A half of a hand-over, and what it came to.
public struct CustodyHalf: Sendable, Equatable {
  /// The event, or the attest that holds a detached half.
  public let record: UInt64
  public let kind: EventKind?
  /// What a detached half says, if it counts; nil for others, which are records.
  public let detached: Event?
  /// Record number of the seal that a detached half is over; nil for others.
  public let seal: UInt64?
  /// Why it does not count, or what its counting leaves open.
  public internal(set) var finding: ErrorCode?
  /// Record of the half that it answers, or that answers it.
  public internal(set) var other: UInt64?
  public internal(set) var otherKind: EventKind?
}

/// Leads the halves of hand-overs to each other (spec section 11.5).
struct CustodyChain {
  private let pass: Pass
  private let seals: [SealEntry]
  private(set) var findings: [Finding] = []
  private(set) var halves: [CustodyHalf] = []
  /// Those that were released and not answered yet: which, and where they stand.
  private var unanswered: [(half: Int, place: UInt64)] = []

  /// - Parameter seals: those that are neither refused nor adopted.
  init(_ pass: Pass, _ seals: [SealEntry]) {
    self.pass = pass
    self.seals = seals
  }

  /// A half on its way into the chain.
  private struct Step {
    /// Twice the number of the record that it stands before, or one more than twice its own.
    let place: UInt64
    let covers: UInt64
    let isAnswer: Bool
    /// Whether it takes part.
    let counts: Bool
    let half: CustodyHalf
  }

  mutating func judge() {
    if pass.state.isLost {
      findings.append(Finding(.custodyLost))
      return
    }
    let events = pass.events.filter { !pass.state.refusals.contains($0.record) }
    let detached = pass.halves.filter { !pass.state.refusals.contains($0.record) }
    if events.isEmpty, detached.isEmpty { findings.append(Finding(.custodyNone)) }
    for step in merged(detachedSteps(detached), events.compactMap { self.step($0) }) { take(step) }
    for (half, _) in unanswered {
      findings.append(Finding(.custodyPending, record: halves[half].record))
      if halves[half].finding == nil { halves[half].finding = .custodyPending }
    }
  }

  /// Both are in order, and no two of them stand at the same place.
  private func merged(_ detached: [Step], _ events: [Step]) -> [Step] {
    var steps: [Step] = []
    var rest = events[...]
    for half in detached {
      while let event = rest.first, event.place < half.place {
        steps.append(event)
        rest.removeFirst()
      }
      steps.append(half)
    }
    return steps + rest
  }

  private mutating func take(_ step: Step) {
    halves.append(step.half)
    let own = halves.count - 1
    if let code = step.half.finding {
      findings.append(Finding(code, record: step.half.record))
    }
    guard step.counts else { return }
    guard step.isAnswer else {
      unanswered.append((own, step.place))
      return
    }
    guard let released = unanswered.last, released.place <= 2 * step.covers else {
      findings.append(Finding(.custodyUnmatched, record: step.half.record))
      halves[own].finding = .custodyUnmatched
      return
    }
    unanswered.removeLast()
    halves[own].other = halves[released.half].record
    halves[own].otherKind = .released
    halves[released.half].other = halves[own].record
    halves[released.half].otherKind = halves[own].kind
  }
}

// Halves that are records.
extension CustodyChain {
  /// Nil for an event that is no half.
  private func step(_ event: EventEntry) -> Step? {
    guard let half = event.half else { return nil }
    var finding: ErrorCode?
    var kind = EventKind.released
    var covers: UInt64 = 0
    switch half {
    case .released: break
    case .received(_, let seal):
      kind = .received
      covers = seal.size
      if !isSeal(seal, before: event.record) { finding = .custodyCovers }
    case .rejected(_, let seal):
      kind = .rejected
      covers = seal.size
      if !isSeal(seal, before: event.record) { finding = .custodyCovers }
    }
    if !isSigned(event, by: half.party) { finding = .custodyUnsigned }
    return Step(
      place: 2 * event.record + 1, covers: covers, isAnswer: kind != .released,
      counts: finding == nil,
      half: CustodyHalf(
        record: event.record, kind: kind, detached: nil, seal: nil, finding: finding))
  }

  /// Whether the first seal over an event has a valid signature of its party.
  private func isSigned(_ event: EventEntry, by party: Hash) -> Bool {
    let place = place(ofFirstSealFrom: event.record + 1)
    guard place < seals.count, seals[place].isJudgeable else { return false }
    return seals[place].signatures.contains { $0.verdict == .valid && $0.certificate == party }
  }

  private func place(ofFirstSealFrom record: UInt64) -> Int {
    seals.partitioningIndex { $0.record >= record }
  }

  private func isSeal(_ covers: Covers, before event: UInt64) -> Bool {
    guard covers.size < event, let place = pass.findSeal(covers.size),
      !pass.state.refusals.contains(covers.size)
    else { return false }
    return pass.seals[place].root == covers.root && pass.seals[place].hash == covers.record
  }
}

// Halves that were made apart.
extension CustodyChain {
  /// In the order in which they take part: before their seals, released ones first.
  private func detachedSteps(_ entries: [HalfEntry]) -> [Step] {
    let chosen = chosen(of: entries)
    var steps: [Step] = []
    for (number, entry) in entries.enumerated() {
      guard isJudged(entry), let signed = entry.signed else {
        steps.append(step(entry, nil, .custodyUnsigned))
        continue
      }
      guard chosen[signed.content] == number else { continue }
      steps.append(step(entry, signed.event, signed.isTrusted ? nil : .custodyUntrusted))
    }
    // Sorting keeps no order among equals by itself.
    return steps.enumerated().sorted {
      let (a, b) = ($0.element, $1.element)
      if a.place != b.place { return a.place < b.place }
      return a.isAnswer == b.isAnswer ? $0.offset < $1.offset : b.isAnswer
    }.map(\.element)
  }

  private func isJudged(_ entry: HalfEntry) -> Bool {
    let place = place(ofFirstSealFrom: entry.seal)
    return place < seals.count && seals[place].record == entry.seal && seals[place].isJudgeable
  }

  /// Which of the same halves takes part: the first one whose party is trusted, else the first.
  ///
  /// A copy that lacks certificates on the way to a root must not stand for one that has them.
  private func chosen(of entries: [HalfEntry]) -> [Hash: Int] {
    var chosen: [Hash: Int] = [:]
    for (number, entry) in entries.enumerated() {
      guard isJudged(entry), let signed = entry.signed else { continue }
      let before = chosen[signed.content].map { entries[$0].signed?.isTrusted ?? false }
      if before == nil || before == false && signed.isTrusted { chosen[signed.content] = number }
    }
    return chosen
  }

  private func step(_ entry: HalfEntry, _ event: Event?, _ finding: ErrorCode?) -> Step {
    let isAnswer = event?.kind != .released
    return Step(
      place: 2 * entry.seal, covers: entry.seal, isAnswer: isAnswer,
      counts: finding == nil || event != nil && !isAnswer,
      half: CustodyHalf(
        record: entry.record, kind: event?.kind, detached: event, seal: entry.seal,
        finding: finding))
  }
}
