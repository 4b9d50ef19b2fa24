import BuktiFormat
import BuktiVerifier
import Testing

/// Every vector read by several threads, in batches of few frames: what the manifest says all the same.
@Suite struct JobsTests {
  @Test(arguments: VectorTests.vectors) func saysWhatTheManifestSays(_ vector: Vector) throws {
    guard vector.isHere else { return }
    let frames = 1 + vector.id.utf8.reduce(0) { $0 + Int($1) } % 5
    try VectorTests.check(vector) { options in
      options.jobs = 3
      options.gathering.small = 0
      options.gathering.frames = frames
    }
  }
}
