import BuktiCampaigns
import Testing

/// A sample; `make long-seals` goes to 10,000 seals.
@Suite struct SealsTests {
  @Test func whatASealCostsDoesNotGrow() throws {
    let outcomes = try SealsCampaign.run([40, 400], interval: 4 << 10) { print($0.text) }
    #expect(outcomes.cases == 8 && outcomes.failures == [])
  }
}
