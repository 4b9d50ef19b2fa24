import BuktiCampaigns
import BuktiStore
import Testing

/// Short forms; `make long-size` has 5,000,000 frames, 10,000,000 records and 5 TB.
@Suite struct SizeTests {
  private static let key = Result { try Office.key("Examiner") }

  @Test func frames() throws {
    let outcomes = try SizeCampaign.frames(
      6000, in: MemoryStorage(), try Self.key.get(), verifies: true
    ) { print($0) }
    #expect(outcomes.failures == [])
  }

  @Test func openings() throws {
    for frames: UInt64 in [1, 9000] {
      let outcomes = try OpeningCampaign.run(
        frames: frames, reads: 300, in: MemoryStorage(), try Self.key.get()
      ) { print($0) }
      #expect(outcomes.failures == [])
    }
  }

  @Test func records() throws {
    let outcomes = try SizeCampaign.records(
      6000, in: MemoryStorage(), try Self.key.get()
    ) { print($0) }
    #expect(outcomes.failures == [])
  }

  /// Offsets beyond 32 bits are in `make test-size`, which has 5 TB.
  @Test func sparse() throws {
    let outcomes = try SizeCampaign.sparse(
      3 << 30, try Self.key.get(), verifies: false
    ) { print($0) }
    #expect(outcomes.failures == [])
  }
}
