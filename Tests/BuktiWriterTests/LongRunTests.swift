import BuktiEngines
import BuktiFixtures
import BuktiFormat
import BuktiStore
import BuktiTrust
import Glibc
import Testing

@testable import BuktiWriter

/// Work that is sealed on its way, stops anywhere and is gone on with.
@Suite struct LongRunTests {
  private let folder = TemporaryFolder()
  /// Bytes with zeros in the middle, as disks have.
  private let bytes = noise(130_000) + [UInt8](repeating: 0, count: 70_000) + noise(100_000)

  init() throws { try folder.write("disk", bytes) }

  private func disk() throws -> SourceFile { try SourceFile.open(at: folder.file("disk")) }

  /// Items say so before their first byte, and are sealed after so many bytes.
  private func options(sealing count: UInt64?) -> WriterOptions {
    var options = Office.options
    options.openFrom = 1
    options.chunkSize = 16 << 10
    if let count {
      var seals = RunSeals([Office.signer], run: Office.second, now: options.now)
      seals.bytes = count
      options.runSeals = seals
      options.markBytes = min(options.markBytes, count)
    }
    return options
  }

  private func session(digests: [FurtherDigest]? = nil) -> Session {
    var session = Office.session(digests: digests)
    session.policy.run = Office.second.certificate.fingerprint
    return session
  }

  private func create(
    _ storage: any Storage, _ options: WriterOptions, digests: [FurtherDigest]? = nil
  ) throws(BuktiError) -> BundleWriter {
    try BundleWriter.create(
      in: storage, genesis: Office.genesis, session: session(digests: digests), options: options)
  }

  private func append(
    _ storage: any Storage, _ unsealed: UnsealedDecision = .ask, _ options: WriterOptions
  ) throws(BuktiError) -> BundleWriter {
    try BundleWriter.append(
      to: storage, session: session(), acceptance: Office.acceptance, unsealed: unsealed,
      options: options, tornKeeper: Drawer())
  }

  @Test func longWorkIsSealedOnItsWay() throws {
    let storage = MemoryStorage()
    let sealed = Counter()
    var options = options(sealing: 32_000)
    options.runSeals?.sealed = { _ in sealed.count() }
    var writer = try create(storage, options)
    let added = try writer.add(disk(), as: ItemDescription("disk", kind: .disk))
    try writer.seal([Office.signer])
    #expect(added.state == .complete && added.size == UInt64(bytes.count))
    let audit = try Audit(storage, pins: [Office.signer])
    #expect(audit.bytes[1] == bytes && audit.count(.itemOpen) == 1)
    // 230 kB do not shrink, and a seal comes every 32 kB or at the end of the chunk after it.
    #expect(audit.seals.count == sealed.value + 1 && sealed.value >= 5)
    let signers = audit.seals.map { Office.acceptance.judge($0) != nil }
    #expect(signers.first == true && signers.last == true)
    #expect(signers.dropFirst().dropLast().allSatisfy { !$0 })
  }

  @Test func withoutARunCertificateTheKeysSealEachTime() throws {
    let storage = MemoryStorage()
    var options = options(sealing: 70_000)
    var seals = RunSeals([Office.signer], run: nil, now: options.now)
    seals.bytes = 70_000
    options.runSeals = seals
    var writer = try BundleWriter.create(
      in: storage, genesis: Office.genesis, session: Office.session(), options: options)
    try writer.add(disk(), as: ItemDescription("disk"))
    try writer.seal([Office.signer])
    #expect(try Audit(storage, pins: [Office.signer]).seals.count > 2)
  }

  @Test func aQuietStreamIsSealedInTime() throws {
    let storage = MemoryStorage()
    var options = options(sealing: nil)
    options.markInterval = .milliseconds(5)
    var seals = RunSeals([Office.signer], run: Office.second, now: options.now)
    seals.interval = .milliseconds(20)
    options.runSeals = seals
    var writer = try create(storage, options)
    let source = QuietSource(storage, pieces: 5)
    try writer.add(source, as: ItemDescription("lan.pcap", kind: .capture))
    try writer.seal([Office.signer])
    // At each silence, all that was read before is sealed; without anything new nothing is.
    #expect(source.sealedAtSilence == Array(repeating: true, count: 5))
    let audit = try Audit(storage)
    #expect(audit.bytes[1] == QuietSource.all(5))
    #expect(6...8 ~= audit.seals.count, "\(audit.seals.count) seals")
  }

  /// Interrupts after so many questions.
  private func interrupting(_ options: WriterOptions, after count: Int) -> WriterOptions {
    let asked = Counter()
    var options = options
    options.isInterrupted = { asked.next() > count }
    return options
  }

  @Test(arguments: [1, 3, 7, 11]) func aSealedItemGoesOn(questions: Int) throws {
    let storage = MemoryStorage()
    let description = ItemDescription("disk", kind: .disk)
    var writer = try create(
      storage, interrupting(options(sealing: 32_000), after: questions), digests: [.md5])
    #expect(code { try writer.add(disk(), as: description) } == .interrupted)
    try writer.seal([Office.signer])
    try writer.finish()
    let end = try BundleWriter.examine(storage, Office.acceptance)
    let item = try #require(end.suspended.first)
    #expect(end.unsealedCount == 0 && item.name == Array("disk".utf8) && item.kind == .disk)
    #expect(item.expectedSize == UInt64(bytes.count) && item.source?.modified != nil)

    // Suspended a second time, and gone on with by a session that asks for other digests.
    writer = try append(storage, .ask, interrupting(options(sealing: nil), after: 3))
    #expect(code { try writer.resume(1, from: disk(), as: description) } == .interrupted)
    try writer.seal([Office.signer])
    writer = try append(storage, .ask, options(sealing: 32_000))
    let added = try writer.resume(1, from: disk(), as: description)
    try writer.seal([Office.signer])
    #expect(added.state == .complete && added.digests?.md5 != nil)
    let audit = try Audit(storage)
    #expect(audit.bytes[1] == bytes && audit.items[1]?.digests?.sha1 == nil)
    #expect(audit.items[1]?.digests?.sha256 == LibcryptoSHA256.digest(of: bytes))
  }

  /// The bundle as a power cut leaves it, once for each sync.
  private func cuts() throws -> [[UInt8]] {
    let storage = RecordingStorage()
    var options = options(sealing: 50_000)
    options.markBytes = 25_000
    var writer = try create(storage, options)
    try writer.add(disk(), as: ItemDescription("disk", kind: .disk))
    try writer.finish()
    var states: [[UInt8]] = []
    for count in 0..<storage.operations.count {
      let durable = storage.durableBytes(after: count)
      if durable.count > Preamble.size, durable != states.last { states.append(durable) }
      let all = storage.bytes(after: count)
      if !durable.isEmpty { states.append(Array(all.prefix((durable.count + all.count) / 2))) }
    }
    return states
  }

  @Test func thePowerGoesAnywhere() throws {
    let states = try cuts()
    #expect(states.count > 12)
    for (number, state) in states.enumerated() {
      for decision: UnsealedDecision in [.adopt(reason: "power"), .refuse(reason: "power")] {
        let storage = MemoryStorage(state)
        var writer = try append(storage, decision, options(sealing: 50_000))
        let id = writer.suspendedItems.first?.id
        let added =
          if let id { try writer.resume(id, from: disk(), as: ItemDescription("disk")) } else {
            try writer.add(disk(), as: ItemDescription("disk"))
          }
        try writer.seal([Office.signer])
        #expect(added.state == .complete)
        #expect(added.digests?.sha256 == LibcryptoSHA256.digest(of: bytes))
        let audit = try Audit(storage, asksOther: number.isMultiple(of: 16))
        #expect(audit.bytes[added.id] == bytes)
      }
    }
  }

  @Test func whatWasRefusedBeforeAnEarlierSealIsLeftOut() throws {
    let state = try #require(cuts().last(where: hasUnsealed))
    let storage = MemoryStorage(state)
    // The second session refuses the end, goes on and is sealed with the item open; the third finds both.
    var writer = try append(
      storage, .refuse(reason: "power"), interrupting(options(sealing: nil), after: 4))
    #expect(
      code { try writer.resume(1, from: disk(), as: ItemDescription("disk")) } == .interrupted)
    try writer.seal([Office.signer])
    writer = try append(storage, .ask, options(sealing: nil))
    let added = try writer.resume(1, from: disk(), as: ItemDescription("disk"))
    try writer.seal([Office.signer])
    #expect(added.digests?.sha256 == LibcryptoSHA256.digest(of: bytes))
    #expect(try Audit(storage).bytes[1] == bytes)
  }

  /// Whether there is a seal, and data behind it.
  private func hasUnsealed(_ state: [UInt8]) -> Bool {
    let end = try? BundleWriter.examine(MemoryStorage(state), Office.acceptance)
    return end?.extends != nil && end?.unsealed.contains { $0.type == .data } == true
  }

  @Test func theUnsealedIsComparedWithTheSource() throws {
    let state = try #require(cuts().last(where: hasUnsealed))
    func compare(_ name: String) throws -> UnsealedComparison {
      try BundleWriter.compare(
        [MemoryStorage(state)], Office.acceptance, item: 1,
        with: SourceFile.open(at: folder.file(name)))
    }
    let same = try compare("disk")
    #expect(same.isEqual && same.isAll && same.bytes > 0)
    let end = try BundleWriter.examine(MemoryStorage(state), Office.acceptance)
    var other = bytes
    other[Int(try #require(end.suspended.first).size) - 1] ^= 1
    try folder.write("other", other)
    let different = try compare("other")
    #expect(!different.isEqual && different.isAll && different.bytes == same.bytes)
    try folder.write("sealed", bytes.map { $0 ^ 1 })
    try folder.write("short", Array(bytes.prefix(1_000)))
    for name in ["sealed", "short"] {
      #expect(code { _ = try compare(name) } == .sourceChanged)
    }
  }

  /// A map says what of an image was never read: without it, or with another, holes would count as data.
  @Test func anItemKeepsToItsMap() throws {
    func map(_ text: String) throws -> RescueMap { try RescueMap(parsing: Array(text.utf8)) }
    let given = try map("0 ? 1\n0 250000 +\n250000 90000 -\n")
    let again = try map("# later\n0 + 2\n0x0 250000 + # read\n250000 90000 -\n")
    let other = try map("0 ? 1\n0 249488 +\n249488 90512 -\n")
    let storage = MemoryStorage()
    var options = interrupting(options(sealing: nil), after: 4)
    // With a map, an image says so before its first byte, however small it is.
    options.openFrom = 64 << 20
    var writer = try create(storage, options)
    #expect(
      code { try writer.add(disk(), as: ItemDescription("disk"), map: given) } == .interrupted)
    try writer.seal([Office.signer])
    let end = try BundleWriter.examine(storage, Office.acceptance)
    #expect(end.suspended.first?.source?.map == given.digest)
    #expect(end.suspended.first?.expectedSize == 340_000)
    func compare(_ map: RescueMap?) throws {
      _ = try BundleWriter.compare([storage], Office.acceptance, item: 1, with: disk(), map: map)
    }
    writer = try append(storage, .ask, self.options(sealing: nil))
    let count = writer.recordCount
    for wrong in [nil, other] {
      #expect(code { try compare(wrong) } == .usage)
      let found = code {
        try writer.resume(1, from: disk(), as: ItemDescription("disk"), map: wrong)
      }
      #expect(found == .usage)
    }
    #expect(writer.recordCount == count)
    #expect(code { try compare(again) } == nil)
    let added = try writer.resume(1, from: disk(), as: ItemDescription("disk"), map: again)
    try writer.seal([Office.signer])
    #expect(added.state == .partial && added.size == 340_000)
    let stored = Array(bytes.prefix(250_000)) + [UInt8](repeating: 0, count: 90_000)
    #expect(try Audit(storage).bytes[1] == stored)
  }

  @Test func anotherSourceIsRefused() throws {
    let storage = MemoryStorage()
    var writer = try create(storage, interrupting(options(sealing: 32_000), after: 7))
    #expect(code { try writer.add(disk(), as: ItemDescription("disk")) } == .interrupted)
    try writer.seal([Office.signer])
    try folder.write("longer", bytes + [0])
    try folder.write("other", bytes.map { $0 ^ 1 })
    writer = try append(storage, .ask, options(sealing: nil))
    let count = writer.recordCount
    for name in ["longer", "other"] {
      let source = try SourceFile.open(at: folder.file(name))
      let found = code { try writer.resume(1, from: source, as: ItemDescription("disk")) }
      #expect(found == .sourceChanged)
    }
    #expect(writer.recordCount == count)
    // Another modification time is no other source; the item says so.
    #expect(shell("touch -d 2020-01-01 '\(folder.text)/disk'"))
    let added = try writer.resume(1, from: disk(), as: ItemDescription("disk"))
    #expect(added.state == .partial && added.reason?.contains("changed between") == true)
    try writer.seal([Office.signer])
    #expect(try Audit(storage).bytes[1] == bytes)
  }

  @Test func anAbandonedItemHasTheDigestsOfWhatIsThere() throws {
    let storage = MemoryStorage()
    var writer = try create(storage, interrupting(options(sealing: 32_000), after: 7))
    #expect(code { try writer.add(disk(), as: ItemDescription("disk")) } == .interrupted)
    try writer.seal([Office.signer])
    writer = try append(storage, .ask, options(sealing: nil))
    let added = try writer.abandon(1, reason: "the disk is gone")
    try writer.seal([Office.signer])
    #expect(added.state == .aborted && added.size > 0)
    #expect(try Audit(storage).bytes[1] == Array(bytes.prefix(Int(added.size))))
  }

  @Test func aFullDiskSuspends() throws {
    let disk = SmallDisk(UInt64(4 << 20) + 150_000)
    var writer = try create(disk, options(sealing: nil))
    #expect(code { try writer.add(self.disk(), as: ItemDescription("disk")) } == .diskFull)
    try writer.seal([Office.signer])
    try writer.finish()
    let larger = MemoryStorage(disk.bytes)
    #expect(try BundleWriter.examine(larger, Office.acceptance).unsealedCount == 0)
    writer = try append(larger, .ask, options(sealing: nil))
    let added = try writer.resume(1, from: self.disk(), as: ItemDescription("disk"))
    try writer.seal([Office.signer])
    #expect(added.state == .complete)
    #expect(try Audit(larger).bytes[1] == bytes)
  }

  @Test func openingReadsTheEndAlone() throws {
    try folder.write("large", noise(6 << 20))
    let large = try SourceFile.open(at: folder.file("large"))
    let inner = MemoryStorage()
    var options = interrupting(options(sealing: 1 << 20), after: 1_400)
    options.chunkSize = 4_096
    var writer = try create(inner, options)
    #expect(code { try writer.add(large, as: ItemDescription("disk")) } == .interrupted)
    try writer.seal([Office.signer])
    let counting = CountingStorage(inner.bytes)
    writer = try append(counting, .ask, options)
    #expect(counting.bytesRead < 1 << 20, "\(counting.bytesRead) bytes read")
    #expect(writer.suspendedItems.first?.size ?? 0 > 5 << 20)
  }
}

private final class Counter: Sendable {
  private nonisolated(unsafe) var number = 0

  var value: Int { unsafe number }
  func count() { unsafe number += 1 }
  func next() -> Int {
    count()
    return value
  }
}

/// A stream that falls silent after each of its pieces, for longer than anything may wait.
private final class QuietSource: ByteSource {
  private let storage: MemoryStorage
  private nonisolated(unsafe) var left: Int
  private nonisolated(unsafe) var isSilent = false
  private nonisolated(unsafe) var given = 0
  private nonisolated(unsafe) var found: [Bool] = []

  init(_ storage: MemoryStorage, pieces: Int) {
    self.storage = storage
    unsafe left = pieces
  }

  static func all(_ pieces: Int) -> [UInt8] {
    Array((0..<pieces).map { piece(pieces - $0) }.joined())
  }

  private static func piece(_ left: Int) -> [UInt8] { noise(1_000, seed: UInt64(left)) }

  var sealedAtSilence: [Bool] { unsafe found }

  func isReadable(within time: Duration) throws(BuktiError) -> Bool {
    guard unsafe isSilent else { return true }
    usleep(UInt32(max(0, time / .microseconds(1))) + 500)
    return false
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(BuktiError) -> Int {
    if unsafe isSilent {
      // Nothing has to be done any more: the writer waits for as long as it takes.
      let end = try BundleWriter.examine(storage, Office.acceptance)
      let size = end.suspended.first?.size ?? 0
      unsafe found.append(end.unsealedCount == 0 && size == UInt64(given))
      unsafe isSilent = false
    }
    if unsafe left == 0 { return 0 }
    let piece = unsafe Self.piece(left)
    unsafe buffer.copyBytes(from: piece)
    unsafe left -= 1
    unsafe given += piece.count
    unsafe isSilent = true
    return piece.count
  }
}
