import BuktiFixtures
import BuktiFormat
import BuktiStore
import BuktiTrust
import BuktiVerifier
import BuktiWriter

/// Somebody without a key appends a record of each type; then the examiner goes on. Nothing is taken over
/// unasked, and what is taken over never looks signed by the seals among it.
public enum ForgedTailCampaign {
  public static func run() throws -> Outcomes {
    let small = try Small(key: Office.key("Examiner"), isClosed: false)
    var outcomes = Outcomes()
    for forged in try ForgedTail.all(after: small) {
      let trial = Trial(small: small, forged: forged)
      outcomes.expect(
        trial.isAskedFor, "\(forged.name): taken over unasked")
      for (way, decision) in Trial.decisions {
        let words = trial.carryOut(decision, isRefusal: way == "refused")
        outcomes.expect(words == nil, "\(forged.name), \(way): \(words ?? "")")
      }
    }
    return outcomes
  }
}

private struct Trial {
  let small: Small
  let forged: ForgedTail
  static let decisions: [(String, UnsealedDecision)] = [
    ("refused", .refuse(reason: "not ours")), ("adopted", .adopt(reason: "read again")),
  ]

  /// The records between the last honest seal and the session that goes on.
  private var range: Range<UInt64> { small.builder.number..<forged.builder.number }

  private func append(
    _ storage: MemoryStorage, _ decision: UnsealedDecision, goesBack: Bool = false
  ) throws(BuktiError) -> BundleWriter {
    var acceptance = Acceptance(time: Office.time)
    acceptance.ownCertificates = [small.key.certificate.fingerprint]
    acceptance.goesBack = goesBack
    return try BundleWriter.append(
      to: storage, session: Office.session(small.key), acceptance: acceptance,
      unsealed: decision, options: WriterOptions { Office.now }, tornKeeper: NoTorn())
  }

  /// Whether the examiner is asked before anything is appended; attests need no decision.
  var isAskedFor: Bool {
    let storage = MemoryStorage(forged.builder.bytes)
    do throws(BuktiError) {
      _ = try append(storage, .ask)
      return forged.isAttest
    } catch {
      return !forged.isAttest && [.unsealedTail, .untrustedSeal].contains(error.code)
        && storage.bytes == forged.builder.bytes
    }
  }

  /// What is wrong with the bundle that the examiner goes on with; nil for nothing.
  func carryOut(_ decision: UnsealedDecision, isRefusal: Bool) -> String? {
    let storage = MemoryStorage(forged.builder.bytes)
    do throws(BuktiError) {
      var writer = try append(storage, decision, goesBack: isRefusal)
      let description = ItemDescription(kind: .file, name: Array("honest".utf8))
      if isRefusal {
        try writer.add(MemorySource([1, 2, 3]), as: description)
      } else {
        try writer.note(Note(text: "honest"))
      }
      try writer.seal([small.key])
    } catch {
      // What breaks a rule, or bears a stranger's seal, cannot be adopted.
      let isDenied = !isRefusal && [.damaged, .untrustedSeal].contains(error.code)
      return isDenied && storage.bytes == forged.builder.bytes ? nil : "\(error)"
    }
    let verifier = BundleVerifier(Office.options(pinning: small.key))
    guard case .report(let report) = Answer(MemorySource(storage.bytes), verifier) else {
      return "refused as a whole"
    }
    if forged.isAttest { return report.failing.isEmpty ? nil : "\(report.findings)" }
    return isRefusal ? refused(report) : adopted(report)
  }

  private func says(_ code: ErrorCode, _ report: Report) -> Bool {
    report.findings.contains {
      $0.code == code && $0.record == range.lowerBound && $0.length == UInt64(range.count)
    }
  }

  private func refused(_ report: Report) -> String? {
    if !says(.refused, report) { return "not said: \(report.findings)" }
    if report.claims[.signedBy] != .holds { return "signed by does not hold: \(report.findings)" }
    if report.bundle.isClosed != false { return "closed by a refused record" }
    if report.seals.contains(where: { range.contains($0.record) }) { return "a seal is listed" }
    if report.listing.contains(where: { range.contains($0.record) }) { return "an item is listed" }
    // An unknown critical type stays a finding of the frame, refused or not.
    return report.claims[.intact] == .holds ? nil : "not intact: \(report.findings)"
  }

  private func adopted(_ report: Report) -> String? {
    if !says(.adopted, report) { return "not said: \(report.findings)" }
    for seal in report.seals where range.contains(seal.record) {
      if seal.status != .adopted || !seal.signatures.isEmpty { return "seal \(seal.record) shown" }
    }
    let items = report.listing.filter { range.contains($0.record) }
    if items.contains(where: { range.contains($0.sealedBy ?? range.lowerBound) }) {
      return "an item counts as sealed by what was adopted"
    }
    return nil
  }
}

/// Nothing is torn here: bytes that a writer wants to cut off are a failure.
struct NoTorn: TornKeeper {
  func place(for torn: Torn, from offset: UInt64, of volume: Int) throws(BuktiError) -> (
    any Storage
  )? {
    throw BuktiError(.damaged, "\(torn.count) bytes taken for torn", offset: offset)
  }

  func kept(from offset: UInt64, of volume: Int) throws(BuktiError) -> Torn? { nil }
}
