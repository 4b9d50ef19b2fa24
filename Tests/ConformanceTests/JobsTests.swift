import BuktiFormat
import BuktiVerifier
import Testing

/// Every vector read by several threads, in batches of few frames: the same reports to the byte.
@Suite struct JobsTests {
  @Test(arguments: VectorTests.vectors) func saysTheSame(_ vector: Vector) throws {
    guard vector.isHere else { return }
    let alone = Result { try report(vector, jobs: 1, frames: 1000) }
    for (jobs, frames) in [(1, 1), (2, 3), (5, 1)] {
      let together = Result { try report(vector, jobs: jobs, frames: frames) }
      #expect(try together.get() == alone.get(), "\(jobs) jobs, \(frames) frames")
    }
  }

  /// The report, or the code of a refusal.
  private func report(_ vector: Vector, jobs: Int, frames: Int) throws -> String {
    do {
      return try vector.verify { options in
        options.jobs = jobs
        options.gathering.small = 0
        options.gathering.frames = frames
      }.json()
    } catch let error as BuktiError { return error.code.rawValue }
  }
}
