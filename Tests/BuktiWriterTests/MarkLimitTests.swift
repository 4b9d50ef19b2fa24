import BuktiFixtures
import BuktiFormat
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
}
