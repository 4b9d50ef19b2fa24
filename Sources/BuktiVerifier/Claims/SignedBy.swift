import BuktiFormat
import BuktiTrust

/// Holds each seal against the policy of its session (spec section 11.3).
struct SignedBy {
  private let pass: Pass
  private(set) var findings: [Finding] = []
  private(set) var reports: [SealReport] = []
  private(set) var met: Set<UInt64> = []
  /// For each session with a seal that met its policy: the trust in that seal, if any.
  private var metSessions: [UInt64: SignatureTrust?] = [:]
  /// For each of these the first seal that met its policy.
  private var firstMet: [UInt64: UInt64] = [:]
  private var sessionsSeen: Set<UInt64> = []
  private var lacksTrust = false
  /// By the seals that they are for.
  private let counterSignatures: [UInt64: [CounterEntry]]

  init(_ pass: Pass) {
    self.pass = pass
    counterSignatures = Dictionary(
      grouping: pass.counterSignatures.filter { !pass.state.refusals.contains($0.record) },
      by: \.seal)
  }

  mutating func judge() {
    for seal in pass.seals where !pass.state.refusals.contains(seal.record) {
      if pass.state.adoptions.contains(seal.record) {
        list(seal, .adopted, [])
      } else if seal.isJudgeable, let session = seal.session {
        judge(seal, session)
        judgeExtension(session)
        for signature in counterSignatures[seal.record] ?? []
        where signature.facts.verdict == .invalid {
          findings.append(Finding(.counterSignature, record: signature.record))
        }
      } else {
        findings.append(Finding(.sealUnproven, record: seal.record))
        list(seal, seal.content == .mismatched ? .fails : .notEstablished, [])
      }
    }
    if lacksTrust { findings.append(Finding(.trustNone)) }
    if reports.isEmpty { findings.append(Finding(.sealNone)) }
  }

  private mutating func list(
    _ seal: SealEntry, _ status: SealStatus, _ signatures: [SealSignature]
  ) {
    reports.append(
      SealReport(
        record: seal.record, root: seal.content == .unusable ? nil : seal.root, status: status,
        signatures: signatures))
  }

  private mutating func judge(_ seal: SealEntry, _ session: SessionFacts) {
    let invalid = seal.signatures.count { $0.verdict == .invalid }
    for _ in 0..<invalid { findings.append(Finding(.sealSignature, record: seal.record)) }
    var tally = PolicyTally(session.policy, earlier: metSessions[session.number])
    tally.allowedBy = firstMet[session.number]
    let signatures = seal.signatures.map { tally.count($0) }
    var status = SealStatus.holds
    if tally.isMet {
      met.insert(seal.record)
      if firstMet[session.number] == nil { firstMet[session.number] = seal.record }
      let trust = tally.trust
      if (metSessions[session.number] ?? nil) == nil { metSessions[session.number] = trust }
      if trust == nil { status = distrust(seal) }
    } else {
      let isOpen = tally.couldBeMet
      status = isOpen ? .notEstablished : .fails
      findings.append(Finding(isOpen ? .sealNotEvaluated : .sealPolicy, record: seal.record))
    }
    list(seal, status, signatures)
    let others = counterSignatures[seal.record] ?? []
    reports[reports.count - 1].counterSignatures = others.map {
      CounterSignature(record: $0.record, signature: SealSignature($0.facts, counts: false))
    }
  }

  private mutating func distrust(_ seal: SealEntry) -> SealStatus {
    if pass.options.roots.isEmpty, pass.options.pins.isEmpty {
      lacksTrust = true
    } else {
      findings.append(Finding(.sealUntrusted, record: seal.record))
    }
    return .notEstablished
  }

  /// `extends-signers`, at the first judged seal of a session.
  private mutating func judgeExtension(_ session: SessionFacts) {
    guard sessionsSeen.insert(session.number).inserted, let extends = session.extends,
      let place = pass.findSeal(extends.size), !pass.state.adoptions.contains(extends.size),
      // What a session says that was read while lost was held against no rule.
      !pass.state.refusals.contains(extends.size)
    else { return }
    let seal = pass.seals[place]
    guard seal.isJudgeable, !seal.signatures.contains(where: { $0.verdict == .notEvaluated })
    else { return }
    let signers = Set(seal.signatures.filter { $0.verdict == .valid }.compactMap(\.certificate))
    if !extends.signers.allSatisfy(signers.contains) {
      findings.append(Finding(.extendsSigners, record: session.number))
    }
  }
}

/// Counts the signatures of one seal.
struct PolicyTally {
  private let policy: Policy
  private let listed: Set<Hash>
  /// Whether an earlier seal of the session met the policy, and the trust in that one.
  private let earlier: SignatureTrust??
  private var valid: Set<Hash> = []
  private var trusted: [Hash: SignatureTrust] = [:]
  private var open: Set<Hash> = []
  private var hasRun = false
  private var couldHaveRun = false
  private var runTrust: SignatureTrust?
  /// The earlier seal of the session that lets the run certificate seal alone, for people.
  var allowedBy: UInt64?

  init(_ policy: Policy, earlier: SignatureTrust??) {
    self.policy = policy
    self.earlier = earlier
    listed = Set(policy.certificates)
  }

  /// Takes a signature and returns it as the report lists it.
  mutating func count(_ signature: SignatureFacts) -> SealSignature {
    var counts = false
    let trust = signature.trust
    let isRun = earlier != nil && policy.run != nil && signature.certificate == policy.run
    switch (signature.verdict, signature.certificate) {
    case (.valid, let certificate?):
      if isRun {
        counts = !hasRun
        hasRun = true
        runTrust = earlier ?? nil
      }
      if listed.contains(certificate) {
        counts = counts || !valid.contains(certificate)
        valid.insert(certificate)
        if trust.isTrusted { trusted[certificate] = trust }
      }
    case (.notEvaluated, let certificate?):
      if listed.contains(certificate) { open.insert(certificate) }
      if isRun { couldHaveRun = true }
    default: break
    }
    return SealSignature(signature, counts: counts, note: note(on: signature))
  }

  /// What a run certificate is, and why it counts or does not.
  private func note(on signature: SignatureFacts) -> String? {
    guard let run = policy.run, signature.certificate == run, !listed.contains(run) else {
      return nil
    }
    guard let allowedBy else {
      return "run certificate of the session, and no seal before it met the policy"
    }
    return "run certificate of the session, as trusted as seal \(allowedBy), which met the policy"
  }

  var isMet: Bool { hasRun || UInt64(valid.count) >= policy.needed }

  /// Whether it would be met if all were valid that is not evaluated.
  var couldBeMet: Bool {
    hasRun || couldHaveRun || UInt64(valid.union(open).count) >= policy.needed
  }

  /// The trust in a seal that is met; nil where too few of those that count are trusted.
  var trust: SignatureTrust? {
    if UInt64(trusted.count) >= policy.needed {
      return trusted.values.contains(.root) ? .root : .pinned
    }
    return hasRun ? runTrust : nil
  }
}
