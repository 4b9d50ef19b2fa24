import BuktiFormat
import BuktiVerifier

/// A bundle is cut at every byte: what is left is named exactly, and never taken for the whole.
public enum CutCampaign {
  /// - Parameter cuts: where to cut; nil for everywhere.
  public static func run(_ golden: Golden, at cuts: [Int]? = nil) throws -> Outcomes {
    let seals = golden.frames.filter { $0.header.core.type == .seal }
    guard let last = seals.last else { throw BuktiError(.usage, "There is no seal.") }
    let receipt = try Checkpoint(receipt: Seal(plain: last.body.span).checkpoint)
    let verifier = BundleVerifier(Office.options(pinning: golden.key, receipts: [receipt]))
    let cuts = cuts ?? Array(0...golden.bytes.count)
    return Outcomes.each(cuts) { cut, outcomes in
      var words: String?
      switch Answer(MemorySource(golden.bytes, end: cut), verifier) {
      case .refusal(let code):
        if cut >= Preamble.size || code != .preambleTruncated { words = "refused: \(code)" }
      case .report(let report): words = golden.differs(cut, report)
      }
      outcomes.expect(words == nil, "cut at \(cut): \(words ?? "")")
    }
  }

  /// Around every frame's two ends, and others spread evenly, `count` in all or a few more.
  public static func sample(_ golden: Golden, count: Int) -> [Int] {
    var cuts: Set<Int> = [0, 31, 32, 33, golden.bytes.count]
    for frame in golden.frames {
      let end = frame.range.upperBound
      cuts.formUnion([end - 1, end, min(end + 1, golden.bytes.count)])
    }
    let step = max(1, golden.bytes.count / max(1, count - cuts.count))
    cuts.formUnion(stride(from: 0, to: golden.bytes.count, by: step))
    return cuts.sorted()
  }
}

extension Golden {
  /// What the report of a bundle cut here says that is not so; nil if it names exactly what is left.
  func differs(_ cut: Int, _ report: Report) -> String? {
    let whole = frames.filter { $0.range.upperBound <= cut }
    let seals = whole.filter { $0.header.core.type == .seal }.map(\.header.core.number)
    if cut < Preamble.size { return "read without a preamble" }
    if report.bundle.records != UInt64(whole.count) { return "\(report.bundle.records) records" }
    if report.seals.map(\.record) != seals { return "seals \(report.seals.map(\.record))" }
    if cut == bytes.count { return report.holds && report.bundle.isClosed == true ? nil : "whole" }
    if report.bundle.isClosed == true { return "closed, after record \(whole.count)" }
    // A cut inside the last seal leaves all that the receipt covers: it is unsealed, and no rollback.
    let covered = frames.last { $0.header.core.type == .seal }?.header.core.number ?? 0
    if report.has(.receiptRollback) != (UInt64(whole.count) < covered) { return "rollback" }

    // Cut right after a seal or its attests it is the older state, of which only a receipt tells.
    let last = whole.last { $0.header.core.type != .attest }
    let isAtEnd = cut == whole.last?.range.upperBound ?? Preamble.size
    let older = report.failing.filter { !$0.isReceipt }
    if last?.header.core.type == .seal {
      // Bytes torn there are no record yet: they are damage, and nothing sealed is missing.
      return older.map(\.code) == (isAtEnd ? [] : [.tornTail]) ? nil : "\(older)"
    }
    return older.contains { $0.code == .unsealed } ? nil : "nothing unsealed: \(older)"
  }
}

extension Finding {
  fileprivate var isReceipt: Bool {
    [.receiptRollback, .receiptBranch, .receiptFork, .receiptLost, .receiptOther].contains(code)
  }
}
