import BuktiFormat
import BuktiVerifier

/// Every bit of a bundle is flipped, one at a time: each flip is found, and named where it is.
public enum FlipCampaign {
  /// - Parameter step: 1 for every bit, n for every n-th.
  public static func run(_ golden: Golden, step: Int = 1) -> Outcomes {
    let verifier = BundleVerifier(Office.options(pinning: golden.key))
    let bits = stride(from: 0, to: golden.bytes.count * 8, by: step)
    return Outcomes.each(Array(bits)) { bit, outcomes in
      let offset = bit / 8
      let source = MemorySource(golden.bytes, flip: (offset, 1 << UInt8(bit % 8)))
      let isRight =
        switch Answer(source, verifier) {
        case .refusal: offset < Preamble.size
        case .report(let report): golden.locates(offset, report)
        }
      outcomes.expect(isRight, "bit \(bit % 8) of byte \(offset)")
    }
  }
}

extension Golden {
  /// Whether a finding that fails a claim has the byte in its range: the frame that it names, or the bytes
  /// that it says were passed over.
  func locates(_ offset: Int, _ report: Report) -> Bool {
    guard report.claims[.intact] == .fails else { return false }
    if offset < Preamble.size { return true }
    guard let frame = frames.first(where: { $0.range.contains(offset) }) else { return false }
    return report.failing.contains { finding in
      guard finding.volume == 0, let start = finding.offset else { return false }
      if let length = finding.length { return start..<start + length ~= UInt64(offset) }
      return finding.record == frame.header.core.number && start == UInt64(frame.range.lowerBound)
    }
  }
}
