import BuktiEngines
import BuktiFixtures
import BuktiFormat
import BuktiVerifier
import Testing

/// More findings than a report keeps: what is only counted counts all the same.
@Suite struct ManyFindingsTests {
  /// A record of a type that this version does not know and may ignore; each gives a note.
  private struct Unknown: RecordContent {
    static let type = RecordType(rawValue: 128)

    init() {}
    init(decoding value: CBORValue) throws(BuktiError) {}
    var cbor: CBORValue { .map([]) }
  }

  private static func crowded() throws -> BundleBuilder {
    var bundle = try BundleBuilder()
    for _ in 0..<10_000 { try bundle.append(Unknown()) }
    return bundle
  }

  private static let asked: Set<Claim> = [.intact, .complete]

  @Test func exceptionsCountWhereTheyAreNotListed() throws {
    var bundle = try Self.crowded()
    try bundle.gap(1, at: 0, .notAttempted(length: 9, reason: "test"))
    var item = Item(kind: .file, name: Array("a".utf8), size: 9, state: .complete)
    item.digests = Digests(sha256: LibcryptoSHA256.digest(of: [UInt8](repeating: 0, count: 9)))
    try bundle.close(1, item)
    try bundle.append(Close(reason: "test", by: Person(name: "Tester"), time: Timestamp()))
    bundle.state.closed = true
    try bundle.seal()
    let report = try verify(bundle.bytes)
    #expect(report.findings.count == 10_000)
    #expect(report.findings.allSatisfy { $0.code == .optional })
    #expect(report.claims[.complete] == .holds)
    #expect(report.exitCode(asked: Self.asked) == 0)
    #expect(report.exitCode(asked: Self.asked, requireWhole: true) == 1)
    let text = report.text(width: 1000)
    #expect(text.contains("With exceptions:"))
    #expect(!text.contains("All that the bundle declares is there"))
  }

  @Test func aClaimThatFailsSaysWhyWhereTheFindingIsNotListed() throws {
    let bundle = try Self.crowded()
    let text = try verify(bundle.bytes).text(width: 1000)
    #expect(text.contains("complete    FAILS"))
    #expect(!text.contains("All that the bundle declares is there"))
  }
}
