import BuktiFixtures
import BuktiFormat
import BuktiStore
import BuktiVerifier
import Synchronization
import Testing

@testable import BuktiWriter

/// Volumes in memory, each on a disk of its own.
private final class Shelf: VolumeFactory {
  private let made = Mutex<[MemoryStorage]>([])
  private let failure: BuktiError?

  init(failure: BuktiError? = nil) { self.failure = failure }

  var storages: [MemoryStorage] { made.withLock { $0 } }

  func makeVolume(_ preamble: Preamble, room: UInt64) throws(BuktiError) -> any Storage {
    if let failure { throw failure }
    var bytes = ByteWriter()
    preamble.encode(into: &bytes)
    let storage = MemoryStorage(bytes.bytes)
    made.withLock { $0.append(storage) }
    return storage
  }
}

/// What goes on when one volume is not enough.
@Suite struct VolumeTests {
  private static let size: UInt64 = 100_000
  private let first = MemoryStorage()

  private var options: WriterOptions {
    var options = Office.options
    options.volumeSize = Self.size
    options.chunkSize = 8 << 10
    options.readBack = .all
    return options
  }

  private func create(_ shelf: Shelf) throws(BuktiError) -> BundleWriter {
    try BundleWriter.create(
      in: first, volumes: shelf, genesis: Office.genesis, session: Office.session(),
      options: options)
  }

  private func append(
    _ volumes: [any Storage], _ shelf: Shelf, beginsVolume: Bool = false,
    _ unsealed: UnsealedDecision = .ask, torn: any TornKeeper = Drawer(),
    options: WriterOptions = Office.options
  ) throws(BuktiError) -> BundleWriter {
    try BundleWriter.append(
      to: volumes, further: shelf, beginsVolume: beginsVolume, session: Office.session(),
      acceptance: Office.acceptance, unsealed: unsealed, options: options, tornKeeper: torn)
  }

  private func expect(_ volumes: [any Storage], _ location: SourceLocation = #_sourceLocation)
    throws
  {
    try expectVerified(volumes, sourceLocation: location)
    try OtherReader.agrees(volumes, sourceLocation: location)
  }

  @Test func eachStaysBelowItsSizeAlsoInLaterSessions() throws {
    let shelf = Shelf()
    var writer = try create(shelf)
    let bytes = noise(400_000)
    try writer.add(PieceSource(bytes), as: ItemDescription("a"))
    try writer.seal([Office.signer])
    try writer.finish()
    let before = shelf.storages.count
    #expect(before >= 4)
    // The session before said the size; this one is told none.
    var untold = options
    untold.volumeSize = nil
    writer = try append([first] + shelf.storages, shelf, options: untold)
    try writer.add(PieceSource(noise(200_000)), as: ItemDescription("b"))
    try writer.seal([Office.signer])
    try writer.finish()
    #expect(shelf.storages.count >= before + 2)
    let volumes = [first] + shelf.storages
    for volume in volumes { #expect(try volume.size() < Self.size) }
    try expect(volumes)
    let reader = try BundleReader(volumes, at: 1_800_000_000)
    let item = try reader.open(reader.find(ItemSelector(Array("a".utf8))))
    for place in stride(from: 0, to: bytes.count, by: 9_973) {
      let count = min(5_000, bytes.count - place)
      var got = [UInt8](repeating: 0, count: count)
      let read = unsafe try got.withUnsafeMutableBytes {
        unsafe try item.read(into: $0, at: UInt64(place)).count
      }
      #expect(read == count && got == Array(bytes[place..<place + count]))
    }
  }

  @Test func zeroIsNoLimit() throws {
    let shelf = Shelf()
    var writer = try create(shelf)
    try writer.seal([Office.signer])
    var unlimited = Office.options
    unlimited.volumeSize = 0
    writer = try append([first], shelf, options: unlimited)
    try writer.add(PieceSource(noise(300_000)), as: ItemDescription("a"))
    try writer.seal([Office.signer])
    #expect(shelf.storages.isEmpty)
    try expect([first])
  }

  @Test func aRecordLargerThanAVolumeHasOneOfItsOwn() throws {
    let shelf = Shelf()
    var large = options
    large.chunkSize = 300_000
    large.volumeSize = 200_000
    var writer = try BundleWriter.create(
      in: first, volumes: shelf, genesis: Office.genesis, session: Office.session(), options: large)
    try writer.add(PieceSource(noise(650_000)), as: ItemDescription("a"))
    try writer.seal([Office.signer])
    try expect([first] + shelf.storages)
    let sizes = try shelf.storages.map { try $0.size() }
    #expect(sizes.count { $0 > 200_000 } == 2, "\(sizes)")
  }

  @Test func aFullDiskEndsAVolume() throws {
    let disk = SmallDisk(5 << 20)
    var writer = try Office.create(disk)
    let large = ItemDescription("large")
    #expect(code { try writer.add(PieceSource(noise(3 << 20)), as: large) } == .diskFull)
    try writer.seal([Office.signer])
    try writer.finish()
    let before = disk.bytes
    let shelf = Shelf()
    writer = try append([disk], shelf, beginsVolume: true)
    let id = try #require(writer.suspendedItems.first?.id)
    let abandoned = try writer.abandon(id, reason: "the disk was full")
    #expect(abandoned.state == .aborted && abandoned.size > 0)
    try writer.add(PieceSource(noise(3 << 20)), as: large)
    try writer.seal([Office.signer])
    try writer.finish()
    #expect(disk.bytes == before)
    #expect(shelf.storages.count == 1)
    let report = try BundleVerifier(VerificationOptions(time: 1_800_000_000))
      .verify(storages: [disk] + shelf.storages)
    #expect(report.claims[.intact] == .holds && report.bundle.volumes == 2)
  }

  @Test func withoutRoomForAnotherOneTheLastIsSealed() throws {
    let shelf = Shelf(failure: BuktiError(.diskFull))
    var writer = try create(shelf)
    let item = ItemDescription("a")
    #expect(code { try writer.add(PieceSource(noise(400_000)), as: item) } == .diskFull)
    try writer.seal([Office.signer])
    try writer.finish()
    #expect(try first.size() < Self.size)
    let end = try BundleWriter.examine(first, Office.acceptance)
    #expect(end.unsealedCount == 0 && end.tornBytes == 0 && end.volumeSize == Self.size)
  }

  @Test func tornBytesStayWhereANewVolumeBegins() throws {
    var writer = try create(Shelf())
    try writer.seal([Office.signer])
    let sealed = first.bytes.count
    try first.append(noise(1_000))
    let before = first.bytes
    let shelf = Shelf()
    writer = try append([first], shelf, beginsVolume: true)
    try writer.add(PieceSource(noise(9_000)), as: ItemDescription("a"))
    try writer.seal([Office.signer])
    try writer.finish()
    #expect(first.bytes == before && before.count == sealed + 1_000)
    try expect([first] + shelf.storages)
    // It goes on as any other bundle.
    writer = try append([first] + shelf.storages, shelf)
    try writer.add(PieceSource(noise(9_000)), as: ItemDescription("b"))
    try writer.seal([Office.signer])
    try expect([first] + shelf.storages)
    let reader = try BundleReader([first] + shelf.storages, at: 1_800_000_000)
    #expect(try reader.items().count == 2)
  }

  /// The power goes after the new volume was made, before or while its session is written.
  @Test(arguments: [0, 20, 300]) func aNewVolumeWithoutItsSession(partial: Int) throws {
    var writer = try create(Shelf())
    try writer.seal([Office.signer])
    try first.append(noise(1_000))
    let before = first.bytes
    let shelf = Shelf()
    writer = try append([first], shelf, beginsVolume: true)
    try writer.finish()
    let second = shelf.storages[0]
    try second.truncate(to: UInt64(Preamble.size + partial))
    let volumes: [any Storage] = [first, second]
    #expect(try BundleWriter.examine(volumes, Office.acceptance).tornBytesStay)
    #expect(code { _ = try append(volumes, Shelf(), beginsVolume: true) } == .usage)
    let drawer = Drawer()
    writer = try append(volumes, shelf, torn: drawer)
    try writer.seal([Office.signer])
    try writer.finish()
    #expect(first.bytes == before && drawer.sides.isEmpty == (partial == 0))
    try expect(volumes)
  }

  @Test func whatDoesNotBelongIsRefused() throws {
    let shelf = Shelf()
    var writer = try create(shelf)
    try writer.add(PieceSource(noise(400_000)), as: ItemDescription("a"))
    try writer.seal([Office.signer])
    try writer.finish()
    let second = shelf.storages[0]
    let third = shelf.storages[1]
    let rest = Array(shelf.storages[2...])
    let foreign = MemoryStorage()
    _ = try Office.create(foreign)
    let wrong: [[any Storage]] = [
      [first, third, second] + rest, [first, third] + rest, [first, second, second, third] + rest,
      [first, foreign], [second, third] + rest,
    ]
    for volumes in wrong {
      #expect(code { _ = try append(volumes, Shelf()) } == .volumeMismatch)
      #expect(code { _ = try BundleReader(volumes, at: 0) } == .volumeMismatch)
    }
    // Without the last one nothing is sealed, and nobody goes on without a word.
    #expect(code { _ = try append([first, second], Shelf()) } == .unsealedTail)
  }
}

/// Volumes in files: names, locks, disks.
@Suite struct VolumeFileTests {
  private let folder = TemporaryFolder()
  private var path: [UInt8] { folder.file("b.bukti") }

  private func create(_ items: Int = 1) throws(BuktiError) -> BundleWriter {
    var options = Office.options
    options.volumeSize = 100_000
    options.chunkSize = 8 << 10
    var writer = try BundleWriter.create(
      at: path, genesis: Office.genesis, session: Office.session(), options: options)
    for number in 0..<items {
      try writer.add(PieceSource(noise(150_000)), as: ItemDescription("\(number)"))
    }
    try writer.seal([Office.signer])
    return writer
  }

  private func append(_ name: String, nextVolume: [UInt8]? = nil) throws(BuktiError) -> BundleWriter
  {
    try BundleWriter.append(
      at: folder.file(name), nextVolume: nextVolume, session: Office.session(),
      acceptance: Office.acceptance, options: Office.options)
  }

  @Test func anyVolumeLeadsToTheLockAndToTheEnd() throws {
    var writer = try create()
    for name in ["b.bukti", "b.v001.bukti", "b.v002.bukti"] {
      #expect(code { _ = try append(name) } == .locked)
    }
    try writer.finish()
    writer = try append("b.v001.bukti")
    #expect(code { _ = try append("b.bukti") } == .locked)
    try writer.add(PieceSource(noise(9_000)), as: ItemDescription("more"))
    try writer.seal([Office.signer])
    try writer.finish()
    try expectVerified(BundleVolumes.open(at: folder.file("b.v002.bukti")))
  }

  @Test func theNextNameMustBeFree() throws {
    try folder.write("b.v001.bukti", [1])
    #expect(code { _ = try create() } == .exists)
    #expect(!shell("ls '\(folder.text)/b.bukti' 2> /dev/null"))
  }

  @Test func oneThatIsOnAnotherDiskIsFoundOrAskedFor() throws {
    try create().finish()
    shell("mkdir '\(folder.text)/other'")
    var writer = try append("b.bukti", nextVolume: folder.file("other"))
    try writer.add(PieceSource(noise(300_000)), as: ItemDescription("more"))
    try writer.seal([Office.signer])
    try writer.finish()
    #expect(shell("ls '\(folder.text)/other/b.v003.bukti' > /dev/null"))
    #expect(shell("ls '\(folder.text)/other/b.v004.bukti' > /dev/null"))
    try expectVerified(BundleVolumes.open(at: path))
    shell("mv '\(folder.text)/other' '\(folder.text)/moved'")
    #expect(code { _ = try BundleVolumes.open(at: path) } == .notFound)
    #expect(code { _ = try append("b.bukti") } == .notFound)
    try expectVerified(BundleVolumes.open(at: path, elsewhere: [folder.file("moved")]))
  }

  @Test func volumesAreNoEvidence() throws {
    var writer = try create()
    let report = try writer.addFolder(at: folder.path, FolderOptions(name: Array("f".utf8)))
    #expect(report.problemCount == 3)
    try writer.seal([Office.signer])
    try writer.finish()
  }
}
