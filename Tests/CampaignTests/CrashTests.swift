import BuktiCampaigns
import Testing

/// A sample; `make test` goes through 20,000 states and more with optimised code.
@Suite struct CrashTests {
  private static let workload = Result { try CrashWorkload(Office.key("Examiner")) }

  @Test func statesOfTheDisk() throws {
    var campaign = CrashCampaign(try Self.workload.get())
    let outcomes = campaign.run(step: 2_000, every: 1_000, interruptions: 2)
    #expect(outcomes.cases >= 1_000)
    #expect(outcomes.failures == [])
  }

  /// The tests themselves are tested.
  @Test(arguments: RecordingDisk.Omission.allCases)
  func aWriterWithoutASyncIsNoticed(omission: RecordingDisk.Omission) throws {
    #expect(CrashCampaign.notices(omission, try Self.workload.get()) != nil)
  }
}
