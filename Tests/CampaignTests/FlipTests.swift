import BuktiCampaigns
import Testing

/// Samples; `make long-flips` makes every flip and every cut.
@Suite struct FlipTests {
  static let golden = Result { try Golden() }

  @Test func flips() throws {
    let outcomes = FlipCampaign.run(try Self.golden.get(), step: 1597)
    #expect(outcomes.cases == 329)
    #expect(outcomes.failures == [])
  }

  @Test func cuts() throws {
    let golden = try Self.golden.get()
    let outcomes = try CutCampaign.run(golden, at: CutCampaign.sample(golden, count: 1100))
    #expect(outcomes.cases >= 1000)
    #expect(outcomes.failures == [])
  }
}
