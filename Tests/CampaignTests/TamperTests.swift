import BuktiCampaigns
import Testing

/// The first is a sample of `make long-tamper`; the others are what it makes.
@Suite struct TamperTests {
  @Test func rearrangements() throws {
    let outcomes = try TamperCampaign.run(step: 41)
    #expect(outcomes.cases == 1 + 3 * 52 && outcomes.failures == [])
  }

  @Test func rollbacks() throws {
    let outcomes = try RollbackCampaign.run()
    #expect(outcomes.cases == 6 && outcomes.failures == [])
  }

  @Test func withholding() throws {
    let outcomes = try WithholdCampaign.run()
    #expect(outcomes.cases == 48 && outcomes.failures == [])
  }

  @Test func forgedTails() throws {
    let outcomes = try ForgedTailCampaign.run()
    #expect(outcomes.cases == 66 && outcomes.failures == [])
  }
}
