import Testing

@testable import BuktiVerifier

/// How many batches there are, on which the memory of a pass depends.
@Suite struct BatchRingTests {
  /// As between damaged places, and frames that no batch takes.
  @Test(arguments: [1, 2, 5]) func whatIsEmptyMakesNoMore(jobs: Int) {
    let window = Window()
    let ring = BatchRing(jobs: jobs, Gathering(), DigestLanes(isThreaded: jobs > 1, small: 0))
    for _ in 0..<3 * ring.most {
      ring.handOver(hashingItems: true)
      ring.renew(window)
    }
    #expect(ring.count == 1)
    #expect(ring.due == nil)
  }
}
