import BuktiEngines
import BuktiFixtures
import BuktiFormat
import BuktiVerifier
import Testing

/// Seals that anyone may append, thousands of them, and that a session refuses.
@Suite(.serialized) struct RefusedSealsTests {
  /// An honest seal in record 3, many others behind it, refused or not, then attests that name the first.
  private static func bundle(refusing: Bool, seals: Int, attests: Int) throws -> [UInt8] {
    var bundle = try BundleBuilder()
    try bundle.tail()
    let checkpoint = bundle.checkpoint
    try bundle.append(Seal(checkpoint: checkpoint.encoded(), signatures: []))
    var hash = Hash.zero
    BundleBuilder.forEachFrame(of: bundle.bytes) { header, _ in
      hash = LibcryptoSHA256().recordHash(header.core)
    }
    let first = bundle.number
    try bundle.session(extending: 3, root: checkpoint.root)
    for _ in 0..<seals { try bundle.seal() }
    if refusing {
      try bundle.session(extending: 3, root: checkpoint.root, refusing: first..<bundle.number)
    }
    let attest = Attest(
      seal: 3, sealHash: hash, kind: .logProof,
      digest: LibcryptoSHA256.digest(of: checkpoint.encoded()), values: [[1]])
    for _ in 0..<attests { try bundle.append(attest) }
    try bundle.seal()
    return bundle.bytes
  }

  private static func time(_ bytes: [UInt8]) throws -> Duration {
    let start = ContinuousClock.now
    let report = try verify(bytes)
    #expect(report.claims[.intact] == .holds)
    return ContinuousClock.now - start
  }

  @Test func theyAreNotPassedOverForEachAttest() throws {
    let plain = try Self.time(Self.bundle(refusing: false, seals: 1500, attests: 5000))
    let refused = try Self.time(Self.bundle(refusing: true, seals: 1500, attests: 5000))
    #expect(refused < plain * 4 + .milliseconds(200))
  }

  @Test func theLastSealIsTheOneThatStands() throws {
    let report = try verify(Self.bundle(refusing: true, seals: 3, attests: 1))
    #expect(report.seals.map(\.record) == [3, 14])
    #expect(!report.findings.contains { $0.code == .unsealed })
  }
}
