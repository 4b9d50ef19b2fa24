import BuktiCampaigns
import Testing

/// A sample; `make long-engines` makes a million streams.
@Suite struct EngineTests {
  @Test func enginesSayTheSame() {
    let outcomes = EngineCampaign.run(0..<6000)
    #expect(outcomes.cases > 5000)
    #expect(outcomes.failures == [])
  }
}
