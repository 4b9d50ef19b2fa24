import BuktiFixtures
import BuktiFormat
import BuktiStore
import BuktiTrust
import Glibc
import Testing

@testable import BuktiWriter

/// A source in memory some of whose blocks cannot be read, with one hole.
private struct FaultySource: PlacedSource {
  let bytes: [UInt8]
  /// Blocks of 4096 bytes that always fail.
  let bad: Set<UInt64>
  var hole: Range<UInt64>?
  var sectorSize: Int { 4096 }

  func unbuffered() -> FaultySource? { nil }

  func size() throws(BuktiError) -> UInt64 { UInt64(bytes.count) }

  func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(BuktiError) -> Int {
    let end = min(offset + UInt64(buffer.count), UInt64(bytes.count))
    guard offset < end else { return 0 }
    for block in (offset / 4096)...((end - 1) / 4096) where bad.contains(block) {
      throw BuktiError(.io, errno: EIO)
    }
    unsafe buffer.copyBytes(from: bytes[Int(offset)..<Int(end)])
    return Int(end - offset)
  }

  func nextData(from offset: UInt64, below end: UInt64) throws(BuktiError) -> Range<UInt64>? {
    guard let hole, offset < hole.upperBound else { return offset..<end }
    if offset < hole.lowerBound { return offset..<hole.lowerBound }
    return hole.upperBound < end ? hole.upperBound..<end : nil
  }
}

@Suite struct SourceTests {
  let folder = TemporaryFolder()

  /// Copies a source into an item of its own and closes it.
  private func copy(_ source: FaultySource) throws -> Audit {
    let storage = MemoryStorage()
    var writer = try Office.create(storage)
    let id = writer.log.ledger.nextItemID
    let stream = ItemStream(id: id, log: writer.log, digests: try DigestSet([]))
    let end = try writer.reader.copy(source, size: source.size(), to: stream)
    let state = stream.lost.bytes > 0 ? ItemState.partial : .complete
    let digests = try stream.finish()
    guard case .whole = end else { throw BuktiError(.io) }
    var item = Item(kind: .disk, name: [65], size: stream.end, state: state)
    item.digests = digests
    item.reason = state == .partial ? "unreadable" : nil
    _ = try writer.log.append(item, of: id)
    try writer.seal([Office.signer])
    return try Audit(storage)
  }

  @Test func unreadableBlocksBecomeGaps() throws {
    let bytes = noise(1_000_003)
    let bad: Set<UInt64> = [0, 7, 8, 9, 100, 244]
    let audit = try copy(FaultySource(bytes: bytes, bad: bad))
    var expected = bytes
    for block in bad {
      for place in Int(block) * 4096..<min(Int(block + 1) * 4096, bytes.count) {
        expected[place] = 0
      }
    }
    #expect(audit.bytes[1] == expected)
    let lengths: [UInt64] = [4_096, 12_288, 4_096, 579]
    #expect(audit.gaps.map(\.length) == lengths)
    #expect(audit.gaps.allSatisfy { $0.errno == UInt64(EIO) && $0.attempts == 3 })
  }

  @Test func holesBecomeZeroRuns() throws {
    var bytes = noise(1 << 20)
    let hole = 200_000..<900_000
    for place in hole { bytes[place] = 0 }
    let audit = try copy(
      FaultySource(bytes: bytes, bad: [], hole: UInt64(hole.lowerBound)..<UInt64(hole.upperBound)))
    #expect(audit.bytes[1] == bytes)
    #expect(audit.codecs[1]?.contains(.zeroRun) == true && audit.gaps.isEmpty)
  }

  @Test func standardInputOfUnknownLength() throws {
    let fifo = folder.text + "/fifo"
    #expect(shell("mkfifo '\(fifo)' && (head -c 700001 /dev/zero | tr '\\0' 'x' > '\(fifo)' &)"))
    let storage = MemoryStorage()
    var writer = try Office.create(storage)
    let source = try FileDescriptorSource.open(at: Array(fifo.utf8))
    let added = try writer.add(source, as: ItemDescription("stdin", kind: .stream))
    try writer.seal([Office.signer])
    #expect(added.size == 700_001 && added.state == .complete)
    let audit = try Audit(storage)
    #expect(audit.count(.itemOpen) == 1 && audit.item("stdin")?.acquired != nil)
  }

  @Test func longNamesAreNamedInTime() throws {
    let storage = MemoryStorage()
    var writer = try Office.create(storage)
    for number in 0..<300 {
      let name = [UInt8](repeating: UInt8(number % 250) + 1, count: 65_535)
      try writer.record(ItemDescription(kind: .directory, name: name))
    }
    #expect(
      code { try writer.record(ItemDescription(kind: .directory, name: [])) } == .usage)
    try writer.seal([Office.signer])
    let audit = try Audit(storage)
    #expect(audit.names.count == 300 && audit.count(.names) > 15)
  }

  @Test func aSuspendedItemIsResumed() throws {
    let bytes = noise(900_000)
    try folder.write("disk", bytes)
    let storage = MemoryStorage()
    var options = Office.options
    options.openFrom = 1
    options.markBytes = 1
    let asked = Asked()
    options.isInterrupted = { asked.next() > 2 }
    // The power goes after the second chunk: what comes after the mark there is lost.
    var writer = try Office.create(storage, options)
    let file = try SourceFile.open(at: folder.file("disk"))
    #expect(
      code { try writer.add(file, as: ItemDescription("disk", kind: .disk)) } == .interrupted)
    let end = try BundleWriter.examine(storage, Office.acceptance)
    let lastMark = try #require(end.unsealed.last { $0.type == .tail })
    let reader = try recordReader(storage)
    var place = UInt64(Preamble.size)
    while true {
      let frame = try reader.record(at: place)
      place = frame.end
      if frame.core.number == lastMark.number { break }
    }
    let cut = MemoryStorage(Array(storage.bytes.prefix(Int(place))))

    try folder.write("other", bytes.reversed())
    writer = try Office.append(cut, .adopt(reason: "power"))
    #expect(writer.suspendedItems.first?.name == Array("disk".utf8))
    let other = try SourceFile.open(at: folder.file("other"))
    let description = ItemDescription("disk", kind: .disk)
    #expect(
      code { try writer.resume(1, from: other, as: description, evidence: "none") }
        == .sourceChanged)
    let added = try writer.resume(1, from: file, as: description, evidence: "same inode")
    try writer.seal([Office.signer])
    #expect(added.state == .complete && added.size == 900_000)
    let audit = try Audit(cut)
    #expect(audit.bytes[1] == bytes && audit.count(.itemOpen) == 2)
  }

  @Test func otherBytesThanWrittenAreNoticed() throws {
    for when in [ReadBack.seal, .all] {
      var options = Office.options
      options.readBack = when
      let storage = LyingStorage()
      var writer = try Office.create(storage, options)
      try writer.seal([Office.signer])
      try writer.add(PieceSource(noise(100_000)), as: ItemDescription("a"))
      unsafe storage.lie = when == .all ? 50_000 : nil
      try writer.add(PieceSource(noise(100_000)), as: ItemDescription("b"))
      unsafe storage.lie = when == .all ? nil : 200
      #expect(code { try writer.seal([Office.signer]) } == .damaged)
    }
  }

  @Test func aRunKeySealsOnceThePolicyWasMet() throws {
    let storage = MemoryStorage()
    var session = Office.session()
    session.policy.run = Office.second.certificate.fingerprint
    var writer = try BundleWriter.create(
      in: storage, genesis: Office.genesis, session: session, options: Office.options)
    #expect(code { try writer.seal([Office.second]) } == .keyInvalid)
    try writer.seal([Office.signer])
    try writer.note(Note(text: "more"))
    try writer.seal([Office.second])
    #expect(try Audit(storage).seals.count == 2)
  }
}

private final class Asked: Sendable {
  private nonisolated(unsafe) var value = 0

  func next() -> Int {
    unsafe value += 1
    return unsafe value
  }
}

/// A medium that holds another byte than it was given, at one place of an append.
private final class LyingStorage: Storage {
  private let inner = MemoryStorage()
  nonisolated(unsafe) var lie: Int?

  func append(_ pieces: [UnsafeRawBufferPointer]) throws(BuktiError) {
    var bytes: [UInt8] = []
    for index in unsafe pieces.indices { unsafe bytes.append(contentsOf: pieces[index]) }
    if let lie = unsafe lie, lie < bytes.count { bytes[lie] ^= 1 }
    try inner.append(bytes)
  }

  func sync() throws(BuktiError) {}

  func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(BuktiError) -> Int {
    unsafe try inner.read(into: buffer, at: offset)
  }

  func size() throws(BuktiError) -> UInt64 { try inner.size() }

  func truncate(to size: UInt64) throws(BuktiError) { try inner.truncate(to: size) }

  func reserve(_ count: UInt64) throws(BuktiError) {}
}
