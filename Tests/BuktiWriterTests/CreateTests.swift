import BuktiFixtures
import BuktiFormat
import BuktiStore
import BuktiTrust
import Testing

@testable import BuktiWriter

@Suite struct CreateTests {
  private func create(
    _ storage: any Storage, _ session: Session = Office.session()
  ) throws(BuktiError) -> BundleWriter {
    try BundleWriter.create(
      in: storage, genesis: Office.genesis, session: session, options: Office.options)
  }

  @Test func smallestSealedBundle() throws {
    let storage = MemoryStorage()
    var writer = try create(storage)
    try writer.add(PieceSource(Array("hello".utf8)), as: ItemDescription("a"))
    let receipt = try writer.seal([Office.signer])
    try writer.finish()
    let audit = try Audit(storage)
    #expect(
      audit.types == [.genesis, .session, .itemOpen, .data, .item, .names, .tail, .seal])
    #expect(audit.seals.map(\.checkpoint) == [receipt.checkpoint])
    #expect(audit.bytes[1] == Array("hello".utf8))
    #expect(audit.names.map(\.name) == [Array("a".utf8)])
  }

  /// On a file that may only grow, room that was set aside cannot be given back.
  @Test func whatIsSealedStaysSealedWhateverBecomesOfItsRoom() throws {
    let disk = GrowingDisk()
    var writer = try create(disk)
    try writer.add(PieceSource(Array("hello".utf8)), as: ItemDescription("a"))
    try writer.seal([Office.signer])
    try writer.finish()
    #expect(disk.refusals > 0)
    #expect(try Audit(MemoryStorage(disk.bytes)).seals.count == 1)
  }

  /// What could neither be appended to nor made anew would be in the way.
  @Test func aBeginningThatFailsLeavesNoFile() throws {
    let folder = TemporaryFolder()
    let path = folder.file("b.bukti")
    var session = Office.session()
    session.why = String(repeating: "w", count: Int(Limits.maxPlainLength))
    func create(_ session: Session) throws(BuktiError) {
      _ = try BundleWriter.create(
        at: path, genesis: Office.genesis, session: session, options: Office.options)
    }
    #expect(code { try create(session) } == .usage)
    #expect(code { _ = try FileMetadata.at(path) } == .notFound)
    try create(Office.session())
    #expect(code { try create(session) } == .exists)
    #expect(try FileMetadata.at(path).size > 0)
  }

  @Test func aDiskThatIsFullAtOnceIsLeftAsItWas() throws {
    let folder = TemporaryFolder()
    let mount = folder.text + "/small"
    guard shell("mkdir '\(mount)' && mount -t tmpfs -o size=4k none '\(mount)' 2>/dev/null") else {
      print("skipped: aDiskThatIsFullAtOnceIsLeftAsItWas needs root to mount a tmpfs")
      return
    }
    defer { shell("umount -l '\(mount)'") }
    shell("head -c 4096 /dev/zero > '\(mount)/filler'")
    func create() throws(BuktiError) {
      _ = try BundleWriter.create(
        at: folder.file("small/b.bukti"), genesis: Office.genesis, session: Office.session(),
        options: Office.options)
    }
    #expect(code { try create() } == .diskFull)
    shell("rm '\(mount)/filler'")
    try create()
  }

  /// A record cannot be taken back, so what no reader takes is not written.
  @Test func aTimeZoneThatNoReaderTakesIsNotWritten() throws {
    let storage = MemoryStorage()
    var session = Office.session()
    session.time.localOffset = 1_200
    #expect(code { _ = try create(storage, session) } == .usage)
    var writer = try create(MemoryStorage())
    let count = writer.recordCount
    let note = Note(text: "late", time: session.time)
    #expect(code { try writer.note(note) } == .usage)
    #expect(writer.recordCount == count)
    try writer.seal([Office.signer])
  }

  @Test func refusesWhatIsThereAlready() throws {
    #expect(code { _ = try create(MemoryStorage([1])) } == .exists)
  }

  @Test func chunksAreStoredAsTheirContentAsks() throws {
    let storage = MemoryStorage()
    var writer = try create(storage, Office.session(digests: [.md5, .sha1, .sha512]))
    let chunk = 256 << 10
    let text = Array("The quick brown fox jumps over the lazy dog. ".utf8)
    let words = (0..<chunk).map { text[$0 % text.count] }
    let zeros = [UInt8](repeating: 0, count: chunk)
    let bytes = noise(chunk) + words + zeros + zeros + noise(10)
    let added = try writer.add(PieceSource(bytes), as: ItemDescription("a", kind: .stream))
    try writer.seal([Office.signer])
    let audit = try Audit(storage)
    #expect(audit.bytes[1] == bytes)
    #expect(audit.codecs[1] == [.stored, .deflate, .zeroRun, .stored])
    #expect(added.digests?.md5?.count == 16 && added.digests?.sha1?.count == 20)
    #expect(added.digests?.sha512?.count == 64)
    #expect(audit.items[1]?.state == .complete)
  }

  @Test func chunksAreSmallerFarIntoAnItem() throws {
    let storage = MemoryStorage()
    var writer = try create(storage)
    let near = 16 << 20
    let bytes = noise(near + (300 << 10))
    try writer.add(PieceSource(bytes), as: ItemDescription("a", kind: .stream))
    try writer.seal([Office.signer])
    let audit = try Audit(storage)
    let isSame = audit.bytes[1] == bytes
    #expect(isSame)
    #expect(audit.codecs[1]?.count == near / Limits.defaultChunk + 3)
  }

  @Test func sealNeedsThePolicy() throws {
    let storage = MemoryStorage()
    var writer = try create(storage, Office.session([Office.signer, Office.second], needed: 2))
    #expect(code { try writer.seal([Office.signer]) } == .keyInvalid)
    #expect(code { try writer.seal([Office.signer, Office.stranger]) } == .keyInvalid)
    #expect(code { try writer.seal { (_) throws(BuktiError) in [[1, 2, 3]] } } == .keyInvalid)
    try writer.seal([Office.signer, Office.second])
    #expect(try Audit(storage).seals.first?.signatures.count == 2)
  }

  @Test func moreThanThreeHundredItems() throws {
    let storage = MemoryStorage()
    var writer = try create(storage)
    for number in 0..<330 {
      let description = ItemDescription("item \(number)", kind: .directory)
      try writer.record(description)
      if number % 100 == 50 { try writer.seal([Office.signer]) }
    }
    try writer.seal([Office.signer])
    let audit = try Audit(storage)
    #expect(audit.count(.index) == 1)
    #expect(audit.names.count == 330)
    #expect(audit.items.count == 330)
  }
}

/// A storage that sets room aside and never gives it back.
private final class GrowingDisk: Storage {
  private let inner = MemoryStorage()
  private nonisolated(unsafe) var refused = 0

  var bytes: [UInt8] { inner.bytes }
  var refusals: Int { unsafe refused }

  func append(_ pieces: [UnsafeRawBufferPointer]) throws(BuktiError) {
    unsafe try inner.append(pieces)
  }
  func reserve(_ count: UInt64) throws(BuktiError) {
    if count > 0 { return }
    unsafe refused += 1
    throw BuktiError(.io, "reserve: Operation not permitted", errno: 1)
  }
  func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(BuktiError) -> Int { unsafe try inner.read(into: buffer, at: offset) }
  func sync() throws(BuktiError) {}
  func size() throws(BuktiError) -> UInt64 { try inner.size() }
  func truncate(to size: UInt64) throws(BuktiError) { try inner.truncate(to: size) }
}
