import BuktiEngines
import BuktiFixtures
import BuktiFormat
import BuktiStore
import BuktiVerifier
import Glibc
import Testing

@testable import BuktiExtractor

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

@Suite struct ExtractorTests {
  @Test func wholeBundlesAreWrittenAsTheyWere() throws {
    var random = SeededGenerator(seed: 3)
    var builder = try BundleBuilder()
    let contents = (0..<40).map { _ in random.bytes(Int.random(in: 0...5000, using: &random)) }
    for (number, content) in contents.enumerated() {
      try builder.file(bytes("folder/sub\(number % 3)/f\(number)"), content, chunk: 700) {
        $0.times = Times(modified: 1_500_000_000_123_456_789)
        $0.posix = Posix()
        $0.posix?.mode = 0o104_640
      }
    }
    try builder.seal()
    let folder = TemporaryFolder()
    let result = try folder.extract(builder.bytes)
    #expect(result.exitCode == 0)
    #expect(result.report?.claims[.intact] == .holds)
    for (number, content) in contents.enumerated() {
      let path = "session-0001/folder/sub\(number % 3)/f\(number)"
      #expect(folder.contents(path) == content)
      let status = try #require(folder.status(path))
      #expect(status.st_mode & 0o7777 == 0o640)
      #expect(status.st_mtim.tv_sec == 1_500_000_000)
      #expect(status.st_mtim.tv_nsec == 123_456_789)
    }
    let list = String(
      decoding: try #require(folder.contents("bukti-extracted.json")), as: UTF8.self)
    #expect(list.contains("\"path\":\"session-0001/folder/sub0/f0\""))
    #expect(list.contains(LibcryptoSHA256.digest(of: contents[7]).hex))
  }

  @Test func chosenItemsAreWrittenAlone() throws {
    var builder = try BundleBuilder()
    for number in 0..<5 { try builder.file(bytes("f\(number)"), [UInt8(number)]) }
    var link = Item(kind: .file, name: bytes("link"), size: 0, state: .complete)
    link.sameAs = 2
    try builder.close(6, link)
    try builder.seal()
    let reader = try open(builder.bytes)
    let folder = TemporaryFolder()
    let chosen = [try reader.find(.id(3)), try reader.find(.name(bytes("link")))]
    let result = try Extractor(VerificationOptions(time: 0))
      .extract(chosen, from: reader, to: folder.target)
    #expect(result.exitCode == 0)
    #expect(folder.contents("session-0001/f2") == [2])
    #expect(folder.contents("session-0001/link") == [1])
    #expect(folder.contents("session-0001/f1") == nil)
  }

  @Test func aWrongDigestGoesToUnproven() throws {
    var builder = try BundleBuilder()
    try builder.file(bytes("good"), [1])
    try builder.file(bytes("bad"), [2]) { $0.digests = Digests(sha256: .zero) }
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
      #expect(result.items(.unproven).map(\.id) == [2])
      #expect(folder.contents("session-0001/good") == [1])
      #expect(folder.contents("session-0001/bad") == nil)
      #expect(folder.contents("UNPROVEN/session-0001/bad") == [2])
    }
  }

  @Test(arguments: [0, 9]) func damagedItemsGoToUnproven(place: Int) throws {
    var builder = try BundleBuilder()
    var random = SeededGenerator(seed: 5)
    let contents = (0..<4).map { _ in random.bytes(30_000) }
    for (number, content) in contents.enumerated() {
      try builder.file(bytes("f\(number)"), content, chunk: 10_000)
    }
    try builder.seal()
    // One byte of a chunk of the second item; at place 0 its frame is lost, else its payload is wrong.
    var damaged = builder.bytes
    let start = damaged.indices.first { damaged[$0...].starts(with: contents[1][10_000..<10_032]) }
    damaged[try #require(start) - (place == 0 ? 160 : 0)] ^= 4
    let folder = TemporaryFolder()
    let result = try folder.extract(damaged)
    #expect(result.exitCode == 1)
    #expect(result.items(.unproven).map(\.id) == [2])
    #expect(result.items(.unproven).first?.missing == [10_000..<20_000])
    #expect(result.items(.extracted).map(\.id).sorted() == [1, 3, 4])
    var expected = contents[1]
    for index in 10_000..<20_000 { expected[index] = 0 }
    #expect(folder.contents("UNPROVEN/session-0001/f1") == expected)
    for number in [0, 2, 3] {
      #expect(folder.contents("session-0001/f\(number)") == contents[number])
    }
  }

  @Test func unsealedItemsAreLeftOutUnlessAskedFor() throws {
    var builder = try BundleBuilder()
    try builder.file(bytes("sealed"), [1])
    try builder.seal()
    try builder.session(extending: builder.number - 1, root: Hash.zero)
    try builder.file(bytes("new"), [2])
    var folder = TemporaryFolder()
    // The session extends another root than there is: a forgery, and the order is lost from there on.
    var result = try folder.extract(builder.bytes)
    #expect(folder.contents("session-0001/sealed") == [1])
    #expect(try !folder.all().contains { $0.suffix(3) == bytes("new")[...] })

    var options = ExtractionOptions()
    options.includesUnsealed = true
    var honest = try BundleBuilder()
    try honest.file(bytes("sealed"), [1])
    let root = try sealing(&honest)
    try honest.session(extending: honest.number - 1, root: root)
    try honest.file(bytes("new"), [2])
    folder = TemporaryFolder()
    result = try folder.extract(honest.bytes)
    #expect(result.exitCode == 3)
    #expect(result.items(.unsealed).map(\.id) == [2])
    #expect(try !folder.all().contains { $0.suffix(3) == bytes("new")[...] })
    folder = TemporaryFolder()
    result = try folder.extract(honest.bytes, options: options)
    #expect(result.items(.unsealed).map(\.id) == [2])
    #expect(folder.contents("UNSEALED/session-0002/new") == [2])
    #expect(folder.contents("session-0001/sealed") == [1])
  }

  @Test func aBundleWithoutASealGivesNothingUnlessAskedFor() throws {
    var builder = try BundleBuilder()
    try builder.file(bytes("a"), [1])
    try builder.tail()
    let folder = TemporaryFolder()
    #expect(try folder.extract(builder.bytes).items(.unsealed).map(\.id) == [1])
    #expect(
      try folder.all().sorted { $0.count < $1.count } == [
        bytes("out"), bytes("out/bukti-extracted.json"),
      ])
  }

  @Test func refusedItemsAreNeverWritten() throws {
    var builder = try BundleBuilder()
    // An item that is open when the forged records come, which go on with it.
    try builder.append(ItemOpen(kind: .disk, name: bytes("disk")), item: 1)
    builder.state.nextItemID = 2
    builder.state.openItems = [OpenItem(id: 1, offset: 0)]
    try builder.data(1, at: 0, [1, 1, 1, 1])
    let root = try sealing(&builder)
    let size = builder.number - 1
    let first = builder.number
    func resume(_ equal: Bool) -> ItemOpen {
      ItemOpen(
        kind: .disk, name: bytes("disk"),
        resume: Resume(offset: 4, overlap: 0, equal: equal, evidence: "same"))
    }
    try builder.session(extending: size, root: root)
    try builder.append(resume(true), item: 1, offset: 0)
    builder.state.openItems = [OpenItem(id: 1, offset: 4)]
    try builder.data(1, at: 4, [6, 6, 6, 6])
    try builder.file(bytes("forged"), [6])
    try builder.seal()
    try builder.session(extending: size, root: root, refusing: first..<builder.number)
    try builder.append(resume(true), item: 1, offset: 0)
    builder.state.openItems = [OpenItem(id: 1, offset: 4)]
    try builder.data(1, at: 4, [0, 0, 0], codec: .zeroRun)
    try builder.data(1, at: 7, [2])
    let whole: [UInt8] = [1, 1, 1, 1, 0, 0, 0, 2]
    var disk = Item(kind: .disk, name: bytes("disk"), size: 8, state: .complete)
    disk.digests = Digests(sha256: LibcryptoSHA256.digest(of: whole))
    try builder.close(1, disk)
    try builder.file(bytes("honest"), [7])
    let unsealed = builder.bytes
    try builder.seal()
    let folder = TemporaryFolder()
    let result = try folder.extract(builder.bytes)
    #expect(result.report?.claims[.intact] == .holds)
    #expect(result.exitCode == 0)
    #expect(folder.contents("session-0002/disk") == whole)
    #expect(folder.contents("session-0002/honest") == [7])
    #expect(try !folder.all().contains { $0.suffix(6) == bytes("forged")[...] })

    // The refusing session is not sealed yet: what the forged seal covers means nothing all the same.
    let other = TemporaryFolder()
    _ = try other.extract(unsealed)
    #expect(try !other.all().contains { $0.suffix(6) == bytes("forged")[...] })
  }

  /// Nothing can be proven from the end, so that all is judged beforehand.
  @Test(arguments: [false, true]) func refusedItemsAreNotWrittenWithoutASeal(sealed: Bool) throws {
    var builder = try BundleBuilder()
    for name in ["a", "b", "c"] { try builder.file(bytes(name), [6]) }
    try builder.session(extending: nil, refusing: 1..<builder.number)
    try builder.file(bytes("honest"), [7])
    let sealBegins = builder.bytes.count
    if sealed { try builder.seal() }
    var broken = builder.bytes
    if sealed { broken[sealBegins + 200] ^= 1 }
    let folder = TemporaryFolder()
    let result = try folder.extract(broken)
    #expect(result.items.map(\.id) == [1])
    #expect(try !folder.all().contains { $0.starts(with: bytes("out/UNPROVEN")) })
  }

  @Test func gapsAndZerosAreHoles() throws {
    var builder = try BundleBuilder()
    let block = [UInt8](repeating: 7, count: 4096)
    let zeros = [UInt8](repeating: 0, count: 1 << 20)
    try builder.data(1, at: 0, block)
    try builder.data(1, at: 4096, zeros, codec: .zeroRun)
    try builder.data(1, at: 4096 + 1 << 20, zeros)
    try builder.gap(1, at: 4096 + 2 << 20, .unreadable(length: 1 << 20, errno: 5, attempts: 1))
    try builder.data(1, at: 4096 + 3 << 20, block)
    var item = Item(kind: .disk, name: bytes("disk"), size: 8192 + 3 << 20, state: .complete)
    let whole = block + zeros + zeros + zeros + block
    item.digests = Digests(sha256: LibcryptoSHA256.digest(of: whole))
    try builder.close(1, item)
    try builder.seal()
    for chosen in [false, true] {
      let folder = TemporaryFolder()
      if chosen {
        let reader = try open(builder.bytes)
        _ = try Extractor(VerificationOptions(time: 0))
          .extract(reader.items(), from: reader, to: folder.target)
      } else {
        let result = try folder.extract(builder.bytes)
        #expect(result.items.first?.gaps == [UInt64(4096 + 2 << 20)..<UInt64(4096 + 3 << 20)])
      }
      #expect(folder.contents("session-0001/disk") == whole)
      let status = try #require(folder.status("session-0001/disk"))
      #expect(status.st_size == 8192 + 3 << 20)
      #expect(status.st_blocks <= 64)
    }
  }

  @Test func withheldItemsAreSkippedOrUnproven() throws {
    var builder = try BundleBuilder()
    try builder.file(bytes("open"), [1])
    let whole = builder.number
    try builder.file(bytes("secret"), [2])
    let half = builder.number
    try builder.file(bytes("half"), [3, 4], chunk: 1)
    let taken: Set<UInt64> = [whole, half + 1]
    try builder.append(
      Withhold(
        reason: "r", authority: Authority(kind: "order", number: "1"), decidedBy: Person(name: "p"),
        recipient: "x", staysPublic: "y", runs: builder.runs(of: taken), time: Timestamp()))
    try builder.seal()
    let folder = TemporaryFolder()
    let result = try folder.extract(BundleBuilder.withholding(taken, in: builder.bytes))
    #expect(result.exitCode == 3)
    #expect(result.items(.extracted).map(\.id) == [1])
    #expect(result.items(.skipped).map(\.id) == [2])
    #expect(result.items(.unproven).map(\.id) == [3])
    #expect(folder.contents("UNPROVEN/session-0001/half") == [3, 0])
  }

  @Test func anExistingTargetIsNeverWrittenOver() throws {
    var builder = try BundleBuilder()
    try builder.file(bytes("a"), [1])
    try builder.seal()
    let folder = TemporaryFolder()
    #expect(try folder.extract(builder.bytes).exitCode == 0)
    #expect(code { _ = try folder.extract(builder.bytes) } == .exists)
    var options = ExtractionOptions()
    options.allowsExistingFiles = true
    unlink(folder, "bukti-extracted.json")
    var other = try BundleBuilder()
    try other.file(bytes("a"), [9])
    try other.file(bytes("b"), [2])
    try other.seal()
    let result = try folder.extract(other.bytes, options: options)
    #expect(result.exitCode == 3)
    #expect(folder.contents("session-0001/a") == [1])
    #expect(folder.contents("session-0001/b") == [2])
  }

  @Test func moreBytesThanAllowedOrFreeAreRefusedBeforehand() throws {
    var builder = try BundleBuilder()
    try builder.gap(1, at: 0, .notAttempted(length: 1 << 40, reason: "x"))
    var item = Item(kind: .disk, name: bytes("d"), size: 1 << 40, state: .partial)
    item.reason = "x"
    item.digests = Digests(sha256: .zero)
    try builder.close(1, item)
    try builder.seal()
    let folder = TemporaryFolder()
    var options = ExtractionOptions()
    options.maxPlain = 1 << 30
    #expect(code { _ = try folder.extract(builder.bytes, options: options) } == .maxPlain)
  }

  private func unlink(_ folder: TemporaryFolder, _ name: String) {
    let path = String(decoding: folder.target, as: UTF8.self) + "/" + name
    _ = unsafe Glibc.unlink(path)
  }
}
