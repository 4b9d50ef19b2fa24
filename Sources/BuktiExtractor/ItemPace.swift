import BuktiFormat
import BuktiVerifier

/// Tells how far items that are read one by one have come, and asks whether it may go on.
final class ItemPace {
  private let total: UInt64?
  private let progress: ((VerificationProgress) -> Void)?
  private let isCancelled: (() -> Bool)?
  private var done: UInt64 = 0

  init(
    of total: UInt64?, _ progress: ((VerificationProgress) -> Void)?,
    _ isCancelled: (() -> Bool)?
  ) {
    self.total = total
    self.progress = progress
    self.isCancelled = isCancelled
  }

  /// - Throws: `interrupted` when the caller wants it to end.
  func pause(_ bytes: UInt64) throws(BuktiError) {
    if isCancelled?() == true { throw BuktiError(.interrupted) }
    done += bytes
    if bytes > 0 { progress?(VerificationProgress(bytes: done, total: total)) }
  }
}

extension BuktiError {
  /// Whether it is no matter of one item alone.
  var endsExtraction: Bool { [.io, .diskFull, .interrupted].contains(code) }
}
