import BuktiFixtures
import BuktiFormat
import BuktiVerifier

/// The end of an open bundle is taken away, back to an older seal: what is left is named as that state, and a
/// receipt tells that there was more.
public enum RollbackCampaign {
  public static func run() throws -> Outcomes {
    let small = try Small(key: Office.key("Examiner"), isClosed: false)
    let frames = small.frames
    guard let last = small.seals.last else { throw BuktiError(.usage, "There is no seal.") }
    let receipt = try small.builder.checkpoint(of: last)
    let plain = BundleVerifier(Office.options(pinning: small.key))
    let held = BundleVerifier(Office.options(pinning: small.key, receipts: [receipt]))
    var outcomes = Outcomes()
    for (number, seal) in small.seals.enumerated() {
      let volume = Array(small.bytes.prefix(frames[Int(seal)].range.upperBound))
      let isRolledBack = seal != last
      if case .report(let report) = Answer(MemorySource(volume), plain) {
        outcomes.expect(
          report.seals.map(\.record) == Array(small.seals[...number])
            && report.seals.allSatisfy { $0.status == .holds } && report.failing.isEmpty
            && report.holds && report.has(.bundleOpen) && report.bundle.isClosed == false,
          "back to seal \(seal), without a receipt: \(report.findings)")
      }
      if case .report(let report) = Answer(MemorySource(volume), held) {
        outcomes.expect(
          report.has(.receiptRollback) == isRolledBack
            && (report.claims[.complete] == .fails) == isRolledBack,
          "back to seal \(seal), with a receipt: \(report.findings)")
      }
    }
    if outcomes.cases != 2 * small.seals.count {
      throw BuktiError(.usage, "A bundle was refused as a whole.")
    }
    return outcomes
  }
}
