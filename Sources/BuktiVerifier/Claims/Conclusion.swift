import BuktiFormat
import BuktiTrust

/// What is said once the whole bundle was read (spec sections 11.2 to 11.5).
struct Conclusion {
  let pass: Pass
  /// The findings of the end, in order.
  private(set) var findings: [Finding] = []
  private(set) var seals: [SealReport] = []
  private(set) var receipts: [ReceiptReport] = []
  private(set) var halves: [CustodyHalf] = []
  private(set) var logProofs: [StoredLogProof] = []
  /// Seals that meet the policy of their session.
  var met: Set<UInt64> = []

  init(_ pass: Pass) {
    self.pass = pass
    var signed = SignedBy(pass)
    signed.judge()
    concludeIntact()
    met = signed.met
    seals = signed.reports
    concludeComplete()
    findings += signed.findings
    concludeExistedBy()
    var custody = CustodyChain(pass, standing)
    custody.judge()
    findings += custody.findings
    halves = custody.halves
  }

  mutating func add(
    _ code: ErrorCode, record: UInt64? = nil, length: UInt64? = nil, item: UInt64? = nil
  ) {
    findings.append(Finding(code, record: record, length: length, item: item))
  }

  /// Seals that are neither refused nor adopted.
  var standing: [SealEntry] {
    pass.seals.filter {
      !pass.state.refusals.contains($0.record) && !pass.state.adoptions.contains($0.record)
    }
  }
}

// Intact.
extension Conclusion {
  /// What was left out, as the reader was told.
  private mutating func concludeIntact() {
    guard let first = pass.coverage.first else { return }
    add(.notRead, record: first, length: pass.coverage.count)
  }
}

// Complete.
extension Conclusion {
  private mutating func concludeComplete() {
    let state = pass.state
    if !state.isLost {
      addUnsealed()
      for item in state.items.open { add(.itemUnclosed, record: item.first, item: item.id) }
    }
    if state.isLost || state.hasUnusable { add(.damage) }
    if pass.coverage.count > 0 { add(.contentNotRead) }
    addWithheld()
    for receipt in pass.options.receipts {
      let code = pass.judge(receipt)
      if let code { add(code) }
      receipts.append(ReceiptReport(receipt, code))
    }
    if !pass.isClosed { add(.bundleOpen) }
  }

  private mutating func addUnsealed() {
    guard let last = pass.lastSeal else {
      add(.unsealed, record: 0, length: pass.next)
      return
    }
    if last.base < pass.next {
      add(.unsealed, record: last.base, length: pass.next - last.record - 1)
    }
  }

  private mutating func addWithheld() {
    guard !pass.withheld.runs.isEmpty else { return }
    let list = listInForce
    var isNamed = false
    for run in pass.withheld.runs {
      for part in list?.split(run) ?? [(run, false)] {
        let count = part.range.upperBound - part.range.lowerBound
        add(part.isNamed ? .withheld : .removed, record: part.range.lowerBound, length: count)
        isNamed = isNamed || part.isNamed
      }
    }
    if isNamed, let list, !met.contains(where: { $0 > list.record }) {
      add(.withheldUnproven, record: list.record)
    }
  }

  /// [B-WTH-2].
  private var listInForce: WithholdEntry? {
    let lastSeal = pass.seals.last { !pass.state.refusals.contains($0.record) }?.record ?? 0
    let sealed = pass.withholds.filter {
      !pass.state.refusals.contains($0.record) && $0.record < lastSeal
    }
    return sealed.last { $0.drops == pass.withheld.bytes } ?? sealed.last
  }
}

// Existed by.
extension Conclusion {
  private mutating func concludeExistedBy() {
    let stamps = pass.stamps.filter { !pass.state.refusals.contains($0.record) }
    let stamped = Set(stamps.filter { $0.kind == .timestamp }.map(\.seal))
    for seal in standing where seal.isJudgeable {
      let isRequired = seal.session?.policy.timestamp == .required
      if isRequired, !stamped.contains(seal.record) { add(.timestampMissing, record: seal.record) }
    }
    for stamp in stamps {
      if stamp.kind == .timestamp { add(.timestampNotEvaluated, record: stamp.record) }
      guard let log = stamp.log else { continue }
      if log.outcome == .invalid { add(.logProofInvalid, record: stamp.record) }
      if log.outcome == .notEvaluated { add(.logProofNotEvaluated, record: stamp.record) }
      logProofs.append(StoredLogProof(record: stamp.record, seal: stamp.seal, said: log))
    }
    if stamped.isEmpty, !logProofs.contains(where: \.said.showsTime) { add(.timestampNone) }
  }
}
