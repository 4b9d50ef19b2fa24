import BuktiFormat
import BuktiTrust

/// Judges the other claims of a proof that is *included* (spec/proof.md, section 4), in their order.
struct ProofJudgement {
  private let reading: ProofReading
  private let options: VerificationOptions
  private(set) var findings: [ProofFinding] = []
  private(set) var signatures: [SealSignature] = []
  private(set) var receipts: [ReceiptReport] = []

  /// - Parameter given: length and SHA-256 of the bytes beside the proof.
  init(
    _ reading: ProofReading, given: (size: UInt64, sha256: Hash)?, _ options: VerificationOptions
  ) {
    self.reading = reading
    self.options = options
    judgeCounted()
    judgeContent(given)
    judgeSignatures()
    add(.timestampNone)
    for receipt in options.receipts { judge(receipt) }
  }

  private mutating func add(_ code: ErrorCode, _ record: UInt64? = nil) {
    findings.append(ProofFinding(code, record: record))
  }

  /// [B-PRF-8].
  private mutating func judgeCounted() {
    let item = reading.itemRecord
    let isNamed = reading.tail.state.unnamed.contains(
      UnnamedItem(id: item.core.itemID, record: item.number))
    var said: Set<ErrorCode> = []
    for number in [item.number] + reading.frames.leaves.map(\.number) {
      for code in codes(number) where !said.contains(code) {
        if code == .proofAdopted, isNamed, number == item.number { continue }
        said.insert(code)
        add(code, number)
      }
    }
  }

  private func codes(_ number: UInt64) -> [ErrorCode] {
    for link in reading.links {
      if number > link.record { return [] }
      if let refuses = link.session.refuses, number >= refuses.first,
        number - refuses.first < refuses.count
      {
        return [.refused]
      }
      if let adopts = link.session.adopts, number >= adopts.first,
        number - adopts.first < adopts.count
      {
        return [.adopted, .proofAdopted]
      }
      // Whoever opens a bundle accounts for all that follows the seal that it extends ([B-SES-2]).
      if number >= link.session.extends?.size ?? 0 { return [.sessionAccount] }
    }
    return [.proofSession]
  }

  /// [B-PRF-9].
  private mutating func judgeContent(_ given: (size: UInt64, sha256: Hash)?) {
    let number = reading.itemRecord.number
    guard let item = reading.item else { return add(.withheld, number) }
    var wanted: (size: UInt64, sha256: Hash)?
    if let range = reading.frames.range, let sha256 = reading.frames.sha256 {
      wanted = (range.length, sha256)
      if let gap = reading.frames.firstGap { add(.gap, gap) }
    } else {
      wanted = item.digests.map { (item.size, $0.sha256) }
      if given == nil || wanted == nil { add(.contentNone, number) }
    }
    if let given, let wanted, given != wanted { add(.contentDiffers, number) }
    if item.state != .complete { add(.itemState, number) }
  }

  /// [B-PRF-10].
  private mutating func judgeSignatures() {
    let policy = reading.links[0].session.policy
    let size = reading.size
    let ascend = zip(policy.certificates, policy.certificates.dropFirst()).allSatisfy {
      $0.bytes.lexicographicallyPrecedes($1.bytes)
    }
    guard ascend, policy.needed <= UInt64(policy.certificates.count) else {
      return add(.sessionPolicy, size)
    }
    let facts = SignatureFacts.all(
      reading.body.signatures, over: reading.body.checkpoint, options)
    for signature in facts where signature.verdict == .invalid { add(.sealSignature, size) }
    var tally = PolicyTally(policy, earlier: nil)
    signatures = facts.map { tally.count($0) }
    if tally.isMet {
      if tally.trust != nil { return }
      let isAsked = !options.roots.isEmpty || !options.pins.isEmpty
      add(isAsked ? .sealUntrusted : .trustNone, isAsked ? size : nil)
    } else if tally.couldBeMet {
      add(.sealNotEvaluated, size)
    } else {
      let isOfRun = facts.contains {
        $0.verdict == .valid && policy.run != nil && $0.certificate == policy.run
      }
      add(isOfRun ? .sealRun : .sealPolicy, size)
    }
  }

  /// [B-PRF-12].
  private mutating func judge(_ receipt: Checkpoint) {
    let own = reading.checkpoint
    var code: ErrorCode?
    if receipt.bundleID != own.bundleID {
      code = .receiptOther
    } else if receipt.size != own.size {
      code = .receiptSize
    } else if receipt.root != own.root {
      code = receipt.branch == own.branch ? .receiptFork : .receiptBranch
    }
    if let code { add(code) }
    receipts.append(ReceiptReport(receipt, code))
  }
}
