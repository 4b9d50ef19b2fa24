import BuktiFixtures
import BuktiFormat
import BuktiVerifier
import Testing

/// Passes that end while other threads are still at work.
@Suite struct UnfinishedTests {
  private static let bundle: [UInt8] = {
    var random = SeededGenerator(seed: 8)
    guard var builder = try? BundleBuilder() else { return [] }
    for number in 0..<40 {
      try? builder.data(1, at: UInt64(number * 200_000), random.bytes(200_000))
    }
    try? builder.seal()
    return builder.bytes
  }()

  /// Fails once, and counts what comes afterwards.
  private final class Failing: BundleVisitor {
    private let good: Int
    private(set) var calls = 0

    init(after good: Int) { self.good = good }

    func itemData(_ id: UInt64, offset: UInt64, _ bytes: RawSpan) throws(BuktiError) {
      calls += 1
      if calls > good { throw BuktiError(.diskFull) }
    }
  }

  private static func options(_ jobs: Int) -> VerificationOptions {
    var options = VerificationOptions(time: vectorTime)
    options.jobs = jobs
    options.gathering.small = 0
    options.gathering.frames = 1 + jobs % 4
    return options
  }

  @Test func anItemIsLeftOpen() throws {
    for jobs in [2, 3, 4, 8, 2, 3, 4, 8] {
      let report = try BundleVerifier(Self.options(jobs)).verify(
        volumes: [PieceSource(Self.bundle)])
      #expect(report.claims[.complete] == .fails)
      #expect(report.findings.contains { $0.code == .itemUnclosed })
    }
  }

  @Test(arguments: [0, 1, 7, 23]) func aVisitorThatFailsIsNotCalledAgain(good: Int) {
    for jobs in [1, 2, 3, 5, 8] {
      let visitor = Failing(after: good)
      #expect(throws: BuktiError(.diskFull)) {
        try BundleVerifier(Self.options(jobs)).verify(
          volumes: [PieceSource(Self.bundle)], visitor: visitor)
      }
      #expect(visitor.calls == good + 1)
    }
  }

  @Test func itIsStopped() {
    for jobs in [2, 3, 5, 8, 2, 3, 5, 8] {
      for patience in [0, 1, 2, 5] {
        var asked = 0
        let isStopped = {
          asked += 1
          return asked > patience
        }
        do throws(BuktiError) {
          _ = try BundleVerifier(Self.options(jobs)).verify(
            volumes: [PieceSource(Self.bundle)], isCancelled: isStopped)
          #expect(asked <= patience)
        } catch { #expect(error.code == .interrupted && asked > patience) }
      }
    }
  }
}
