import BuktiEngines
import BuktiFixtures
import BuktiFormat
import BuktiVerifier
import Testing

/// Items that go on from volume to volume, while other threads still hash what the volume before held.
@Suite struct VolumesTests {
  private static let chunk = 200_000
  private static let volumes = 12

  /// One item in chunks of incompressible bytes, two in each volume.
  private static func bundle() throws -> [[UInt8]] {
    var builder = try BundleBuilder()
    var random = SeededGenerator(seed: 5)
    var bytes: [UInt8] = []
    for number in 0..<2 * volumes {
      let part = random.bytes(chunk)
      try builder.data(1, at: UInt64(bytes.count), part)
      bytes += part
      if number % 2 == 1 { builder.beginVolume() }
    }
    var item = Item(
      kind: .file, name: Array("disk".utf8), size: UInt64(bytes.count), state: .complete)
    item.digests = Digests(sha256: LibcryptoSHA256.digest(of: bytes))
    try builder.close(1, item)
    try builder.seal()
    return builder.volumes
  }

  @Test func bytesStayUntilTheyAreHashed() throws {
    let volumes = try Self.bundle()
    for jobs in [1, 2, 3, 8, 2, 3, 8] {
      var options = VerificationOptions(time: vectorTime)
      options.jobs = jobs
      options.gathering.frames = 1 + jobs % 3
      let report = try BundleVerifier(options).verify(volumes: volumes.map { PieceSource($0) })
      #expect(report.findings.filter { $0.code.claim == .intact }.isEmpty, "\(jobs) jobs")
      #expect(report.claims[.intact] == .holds)
    }
  }
}
