import BuktiCampaigns
import Testing

/// A sample of `make long-changes`.
@Suite struct ChangingSourceTests {
  @Test func filesThatChangeWhileTheyAreRead() throws {
    let outcomes = try ChangingSourceCampaign.run(48)
    #expect(outcomes.cases >= 100 && outcomes.failures == [])
  }
}
