import BuktiFixtures
import BuktiFormat
import BuktiVerifier

/// Each record of a bundle is taken out of a copy, with a decision that a later seal covers and without.
public enum WithholdCampaign {
  public static func run() throws -> Outcomes {
    let small = try Small(key: Office.key("Examiner"))
    let verifier = BundleVerifier(Office.options(pinning: small.key))
    var outcomes = Outcomes()
    for frame in small.frames {
      let record = frame.header.core.number
      for isDeclared in [false, true] {
        let whole = isDeclared ? try declaring(record, small) : small.builder
        let copy = BundleBuilder.withholding([record], in: whole.bytes)
        guard case .report(let report) = Answer(MemorySource(copy), verifier) else {
          outcomes.expect(false, "record \(record): refused as a whole")
          continue
        }
        outcomes.expect(
          isRight(report, frame.header.core, isDeclared: isDeclared),
          "record \(record), \(frame.header.core.type), declared \(isDeclared): \(report.findings)")
      }
    }
    return outcomes
  }

  private static func isRight(_ report: Report, _ core: Core, isDeclared: Bool) -> Bool {
    func has(_ code: ErrorCode) -> Bool {
      report.findings.contains { $0.code == code && $0.record == core.number }
    }
    guard core.type.isWithholdable else {
      return report.claims[.intact] == .fails && has(.withheldType)
    }
    guard isDeclared else {
      return report.claims[.intact] == .holds && report.claims[.complete] == .fails
        && has(.removed) && !report.has(.withheld)
    }
    return report.holds && has(.withheld) && !report.has(.removed)
  }

  private static func declaring(_ record: UInt64, _ small: Small) throws -> BundleBuilder {
    var builder = small.builder
    try builder.append(
      Withhold(
        reason: "privileged", authority: Authority(kind: "order", number: "3/2026"),
        decidedBy: Person(name: "Judge"), recipient: "defence", staysPublic: "the index",
        runs: small.builder.runs(of: [record]), time: Office.now))
    try builder.seal(with: small.key)
    return builder
  }
}
