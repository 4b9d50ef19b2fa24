import BuktiEngines
import BuktiFixtures
import BuktiFormat
import BuktiStore
import BuktiVerifier
import Testing

@testable import BuktiExtractor

/// What somebody without a key can make of a sealed bundle must not get the name of a sealed item.
@Suite struct ForgedItemsTests {
  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  /// The genuine bundle up to an item, another item of equal length in its place, two frames destroyed so that
  /// nobody knows the tree any more, and the genuine tail and seal.
  private func forged(names: Bool) throws -> [UInt8] {
    func begun(_ content: UInt8) throws -> BundleBuilder {
      var builder = try BundleBuilder()
      try builder.file(bytes("before"), [1])
      try builder.file(bytes("exhibit"), [content])
      return builder
    }
    var genuine = try begun(2)
    let start = genuine.bytes.count
    var destroyed: [Int] = []
    for number in 0..<4 {
      destroyed.append(genuine.bytes.count)
      let folder = Item(kind: .directory, name: bytes("after\(number)"), size: 0, state: .complete)
      try genuine.close(genuine.state.nextItemID, folder)
    }
    if names { try genuine.names() }
    try genuine.seal()
    var other = try begun(9)
    #expect(other.bytes.count == start)
    other.appendTorn(Array(genuine.bytes[start...]))
    var whole = other.bytes
    // One lost record would not do: the next one names its hash.
    for place in destroyed[0..<2] { for byte in 0..<7 { whole[place + byte] ^= 0xFF } }
    return whole
  }

  @Test(arguments: [false, true]) func aSealOverAnUnknownTreeProvesNothing(names: Bool) throws {
    let folder = TemporaryFolder()
    let result = try folder.extract(try forged(names: names))
    #expect(result.exitCode == (names ? 1 : 3))
    #expect(result.report?.claims[.intact] == .fails)
    #expect(!result.items(.extracted).contains { $0.id == 2 })
    #expect(folder.contents("session-0001/exhibit") == nil)
  }

  @Test func aListNamesNoSealThatWasNotHeldAgainstTheTree() throws {
    let report = try BundleVerifier(VerificationOptions(time: 0))
      .verify(storages: [MemoryStorage(try forged(names: true))])
    #expect(report.listing.allSatisfy { $0.sealedBy == nil })
  }

  @Test func anItemWithoutADigestIsNotExtracted() throws {
    var builder = try BundleBuilder()
    try builder.file(bytes("good"), [1])
    try builder.file(bytes("hollow"), []) {
      $0.size = 1 << 20
      $0.digests = nil
    }
    try builder.seal()
    for chosen in [false, true] {
      let folder = TemporaryFolder()
      let result: ExtractionResult
      if chosen {
        let reader = try open(builder.bytes)
        result = try Extractor(VerificationOptions(time: 0))
          .extract(reader.items(), from: reader, to: folder.target)
      } else {
        result = try folder.extract(builder.bytes)
      }
      #expect(result.exitCode == 1)
      #expect(result.items(.extracted).map(\.id) == [1])
      #expect(result.items(.skipped).first?.reason == "its item record states no digest")
      #expect(folder.contents("session-0001/hollow") == nil)
    }
  }

  @Test func aFurtherNameThatNoSealCoversStaysUnsealed() throws {
    var builder = try BundleBuilder()
    try builder.file(bytes("sealed"), [1])
    let root = try sealing(&builder)
    try builder.session(extending: builder.number - 1, root: root)
    try builder.file(bytes("new"), [2])
    var link = Item(kind: .file, name: bytes("link"), size: 0, state: .complete)
    link.sameAs = 2
    try builder.close(3, link)
    var options = ExtractionOptions()
    options.includesUnsealed = true
    let folder = TemporaryFolder()
    let result = try folder.extract(builder.bytes, options: options)
    #expect(result.exitCode == 3)
    #expect(result.items(.unsealed).map(\.id) == [2, 3])
    #expect(folder.contents("UNSEALED/session-0002/link") == [2])
  }

  @Test func refusedBytesDoNotLengthenAnItemThatStaysOpen() throws {
    var builder = try BundleBuilder()
    try builder.append(ItemOpen(kind: .disk, name: bytes("disk")), item: 1)
    builder.state.nextItemID = 2
    builder.state.openItems = [OpenItem(id: 1, offset: 0)]
    try builder.data(1, at: 0, [1, 1, 1, 1])
    let root = try sealing(&builder)
    let size = builder.number - 1
    let first = builder.number
    try builder.session(extending: size, root: root)
    let resume = Resume(offset: 4, overlap: 0, equal: true, evidence: "same")
    try builder.append(ItemOpen(kind: .disk, name: bytes("disk"), resume: resume), item: 1)
    builder.state.openItems = [OpenItem(id: 1, offset: 4)]
    try builder.data(1, at: 4, [6, 6, 6, 6])
    try builder.session(extending: size, root: root, refusing: first..<builder.number)
    try builder.file(bytes("honest"), [7])
    try builder.seal()
    let folder = TemporaryFolder()
    let result = try folder.extract(builder.bytes)
    #expect(result.report?.claims[.intact] == .holds)
    #expect(result.items(.unproven).map(\.id) == [1])
    let paths = try folder.all().filter { $0.suffix(5) == bytes("/disk")[...] }
    #expect(paths.count == 1)
    let path = try #require(paths.first).dropFirst(4)
    #expect(folder.contents(Array(path)) == [1, 1, 1, 1])
  }
}
