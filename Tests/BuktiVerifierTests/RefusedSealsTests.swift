import BuktiEngines
import BuktiFixtures
import BuktiFormat
import Testing

@testable import BuktiVerifier

/// Seals that anyone may append, thousands of them, and that a session refuses.
@Suite(.serialized) struct RefusedSealsTests {
  /// An honest seal in record 3, others behind it that are refused, then an attest that names the first.
  private static func bundle(seals: Int, isSealed: Bool) throws -> [UInt8] {
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
    try bundle.session(extending: 3, root: checkpoint.root, refusing: first..<bundle.number)
    let attest = Attest(
      seal: 3, sealHash: hash, kind: .logProof,
      digest: LibcryptoSHA256.digest(of: checkpoint.encoded()), values: [[1]])
    try bundle.append(attest)
    if isSealed { try bundle.seal() }
    return bundle.bytes
  }

  /// How long it takes to ask for the newest seal that stands, as each attest and session does.
  private static func time(seals: Int) throws -> Duration {
    var sources = [PieceSource(try bundle(seals: seals, isSealed: false))]
    let pass = Pass(
      VerificationOptions(time: vectorTime), visitor: nil,
      pace: Pace(total: nil, progress: nil, isCancelled: nil))
    try pass.run { () throws(BuktiError) in sources.popLast() }
    let start = ContinuousClock.now
    var isRight = true
    for _ in 0..<20_000 where pass.lastSeal?.record != 3 { isRight = false }
    #expect(isRight)
    return ContinuousClock.now - start
  }

  @Test func theyAreNotPassedOverAgainAndAgain() throws {
    // The least of several: other tests run beside it.
    let few = try (0..<5).map { _ in try Self.time(seals: 10) }.min()
    let many = try (0..<5).map { _ in try Self.time(seals: 1000) }.min()
    #expect(try #require(many) < #require(few) * 10)
  }

  /// It does not follow a tail, though that it is no session is what is said of it ([B-SES-1]).
  @Test func aSealInTheFirstSessionsPlaceIsNone() throws {
    var bundle = try BundleBuilder(session: false)
    try bundle.append(Seal(checkpoint: bundle.checkpoint.encoded(), signatures: []))
    try bundle.session(extending: nil, refusing: 1..<2)
    try bundle.seal()
    let report = try verify(bundle.bytes)
    #expect(report.claims[.intact] == .holds)
    #expect(!report.findings.contains { $0.code == .sessionExtends })
  }

  @Test func theLastSealIsTheOneThatStands() throws {
    let report = try verify(Self.bundle(seals: 3, isSealed: true))
    #expect(report.seals.map(\.record) == [3, 14])
    #expect(!report.findings.contains { $0.code == .unsealed })
  }
}
