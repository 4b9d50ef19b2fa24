import BuktiFixtures
import BuktiFormat
import BuktiStore
import Testing

@testable import BuktiWriter

/// Marks after the last seal are limited ([B-ORD-6]), and the count goes back with what is refused.
@Suite struct MarkLimitTests {
  @Test func oneTooMany() throws {
    var ledger = Ledger()
    ledger.marks = Limits.maxMarks - 1
    let before = ledger.snapshot()
    try ledger.mark()
    #expect(code { try ledger.mark() } == .markLimit)
    #expect(ledger.marks == Limits.maxMarks)
    ledger = before
    try ledger.mark()
  }

  /// A log that has so many marks without a seal.
  private func log(_ marks: Int) -> RecordLog {
    var ledger = Ledger()
    ledger.marks = marks
    let chain = VolumeChain([MemoryStorage()], filled: UInt64(Preamble.size))
    let appender = FrameAppender(volumes: chain, bundleID: BundleID(7))
    return RecordLog(appender: appender, options: Office.options, ledger: ledger)
  }

  /// Marks without end leave room for sessions and for the tails of their seals, so that work that was cut
  /// off after months can be adopted.
  @Test func marksLeaveRoomForSessions() throws {
    for marks in [Limits.maxMarks - 2_000, Limits.maxMarks - 3] {
      let log = log(marks)
      for _ in 0..<1_000 { try log.mark() }
      #expect(log.ledger.marks <= max(marks, Limits.maxMarks - 1_024))
      try log.mark(forSeal: true)
    }
  }

  @Test func tailsBecomeRarer() throws {
    let log = log(MarkPace.dense - 100)
    for _ in 0..<356 { try log.mark() }
    #expect(log.ledger.marks == MarkPace.dense + 256)
    for _ in 0..<512 { try log.mark() }
    #expect(log.ledger.marks == MarkPace.dense + 512)
    for _ in 0..<8 { try log.mark() }
    #expect(log.ledger.marks == MarkPace.dense + 514)
  }

  /// At one mark in 30 seconds the reserve is enough for five years, and never more than a hundredth of the time is exposed.
  @Test func theReserveLastsForYears() {
    var (marks, intervals) = (MarkPace.dense, UInt64(0))
    let years = 5 * UInt64(365 * 24 * 120)
    while intervals < years {
      var leftOut: UInt64 = 0
      while !MarkPace.isDue(after: marks, leftOut: leftOut), leftOut < years { leftOut += 1 }
      #expect(leftOut <= (UInt64(MarkPace.dense) + intervals) / 100)
      intervals += leftOut + 1
      marks += 1
    }
    #expect(marks < MarkPace.last)
  }
}
