import BuktiFormat

/// Tells how far a pass is, at most ten times a second, and asks whether it may go on.
final class Pace {
  private let total: UInt64?
  private let progress: ((VerificationProgress) -> Void)?
  private let isCancelled: (() -> Bool)?
  private let clock = ContinuousClock()
  private var due: ContinuousClock.Instant
  private var calls = 0

  init(
    total: UInt64?, progress: ((VerificationProgress) -> Void)?, isCancelled: (() -> Bool)?
  ) {
    self.total = total
    self.progress = progress
    self.isCancelled = isCancelled
    due = clock.now
  }

  /// - Throws: `interrupted` when the caller wants it to end.
  func pause(_ bytes: UInt64) throws(BuktiError) {
    calls += 1
    // Small frames come by the million; the clock need not be asked for each.
    guard calls & 15 == 1 else { return }
    if let isCancelled, isCancelled() { throw BuktiError(.interrupted) }
    guard let progress else { return }
    let now = clock.now
    guard now >= due else { return }
    due = now + .milliseconds(100)
    progress(VerificationProgress(bytes: bytes, total: total))
  }

  func end(_ bytes: UInt64) {
    progress?(VerificationProgress(bytes: bytes, total: total))
  }
}
