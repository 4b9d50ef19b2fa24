import BuktiFixtures
import BuktiFormat
import BuktiStore
import BuktiTrust
import Testing

@testable import BuktiWriter

@Suite struct AppendTests {
  private func add(_ name: String, _ count: Int, to writer: inout BundleWriter) throws {
    try writer.add(PieceSource(noise(count)), as: ItemDescription(name))
  }

  @Test func fiveSessions() throws {
    let storage = MemoryStorage()
    var writer = try Office.create(storage)
    for round in 0..<5 {
      if round > 0 { writer = try Office.append(storage) }
      for number in 0..<70 { try add("\(round)-\(number)", 10 * number, to: &writer) }
      try writer.seal([Office.signer])
    }
    try writer.finish()
    let audit = try Audit(storage)
    #expect(audit.sessions.count == 5 && audit.seals.count == 5)
    #expect(audit.items.count == 350 && audit.names.count == 350)
    #expect(audit.count(.index) >= 4)
    #expect(audit.sessions[4].extends?.because == .sameSigner)
    #expect(audit.sessions[4].extends?.signers == [Office.signer.certificate.fingerprint])
  }

  @Test func onlyTheEndIsRead() throws {
    let storage = MemoryStorage()
    var writer = try Office.create(storage)
    let bytes = noise(1 << 20)
    for round in 0..<20 {
      try writer.add(PieceSource(bytes), as: ItemDescription("\(round)"))
      try writer.seal([Office.signer])
    }
    let counting = CountingStorage(storage.bytes)
    let end = try BundleWriter.examine(counting, Office.acceptance)
    #expect(end.unsealedCount == 0 && end.tornBytes == 0)
    #expect(counting.bytesRead < 64 << 10)
    #expect(try storage.size() > 20 << 20)
  }

  @Test func unsealedRecordsNeedADecision() throws {
    let storage = MemoryStorage()
    var writer = try Office.create(storage)
    try add("a", 100, to: &writer)
    try writer.seal([Office.signer])
    try add("b", 100, to: &writer)
    try writer.finish()
    let before = storage.bytes
    #expect(code { _ = try Office.append(storage) } == .unsealedTail)
    #expect(storage.bytes == before)
    let end = try BundleWriter.examine(storage, Office.acceptance)
    #expect(end.unsealed.map(\.type) == [.itemOpen, .data, .item])
    #expect(end.unsealed.map(\.isBoundary) == [true, false, false])

    let adopting = MemoryStorage(before)
    writer = try Office.append(adopting, .adopt(reason: "a crash"))
    try writer.seal([Office.signer])
    var audit = try Audit(adopting)
    #expect(audit.sessions[1].adopts?.count == 3 && audit.sessions[1].refuses == nil)
    #expect(audit.items.count == 2 && audit.names.count == 2)

    let refusing = MemoryStorage(before)
    writer = try Office.append(refusing, .refuse(reason: "not mine"))
    try add("c", 50, to: &writer)
    try writer.seal([Office.signer])
    audit = try Audit(refusing)
    #expect(audit.sessions[1].refuses?.count == 3 && audit.sessions[1].adopts == nil)
    #expect(audit.items[2]?.name == Array("c".utf8) && audit.names.count == 2)
  }

  @Test func adoptionUpToAMark() throws {
    let storage = MemoryStorage()
    var options = Office.options
    options.markBytes = 1
    var writer = try Office.create(storage, options)
    try add("a", 100, to: &writer)
    try add("b", 100, to: &writer)
    try writer.finish()
    let end = try BundleWriter.examine(storage, Office.acceptance)
    #expect(end.extends == nil && end.base == 1)
    let boundaries = end.unsealed.filter(\.isBoundary)
    #expect(boundaries.count == 3 && boundaries.first?.number == 1)
    let middle = try #require(boundaries.dropFirst().first)
    #expect(
      code {
        _ = try Office.append(
          storage, .adoptBefore(middle.number + 1, reason: "x", refusing: "y"))
      } == .usage)
    writer = try Office.append(
      storage, .adoptBefore(middle.number, reason: "whole", refusing: "not whole"))
    #expect(writer.suspendedItems.map(\.id) == [1])
    try writer.abandon(1, reason: "the machine stopped")
    try add("c", 10, to: &writer)
    try writer.seal([Office.signer])
    let audit = try Audit(storage)
    #expect(audit.items[1]?.state == .aborted && audit.items[2]?.name == Array("c".utf8))
    #expect(audit.names.count == 2)
  }

  @Test func everythingRefusedBeforeAnySeal() throws {
    let storage = MemoryStorage()
    var writer = try Office.create(storage)
    try add("a", 100, to: &writer)
    try writer.finish()
    writer = try Office.append(storage, .refuse(reason: "again"))
    try add("b", 100, to: &writer)
    try writer.seal([Office.signer])
    let audit = try Audit(storage)
    #expect(audit.sessions.map(\.refuses?.first) == [1])
    #expect(audit.items.count == 1 && audit.items[1]?.name == Array("b".utf8))
    #expect(try BundleWriter.examine(storage, Office.acceptance).unsealedCount == 0)
  }

  @Test func closedBundlesTakeNoItems() throws {
    let storage = MemoryStorage()
    var writer = try Office.create(storage)
    try writer.close(reason: "done")
    #expect(code { try add("a", 1, to: &writer) } == .closed)
    try writer.seal([Office.signer])
    writer = try Office.append(storage)
    #expect(code { try add("a", 1, to: &writer) } == .closed)
    #expect(code { try writer.record(ItemDescription("d", kind: .directory)) } == .closed)
    #expect(code { try writer.close(reason: "again") } == .closed)
    try writer.note(Note(text: "still possible"))
    try writer.seal([Office.signer])
    #expect(try Audit(storage).count(.note) == 1)
  }

  @Test func strangersAreNotAccepted() throws {
    let storage = MemoryStorage()
    var writer = try Office.create(storage)
    try add("a", 100, to: &writer)
    try writer.seal([Office.signer])
    let honest = storage.bytes
    var stranger = Acceptance(time: 1_800_000_000)
    stranger.confirmed = [Office.signer.certificate.fingerprint]
    writer = try BundleWriter.append(
      to: storage, session: Office.session([Office.stranger]), acceptance: stranger,
      options: Office.options, tornKeeper: Drawer())
    try add("forged", 100, to: &writer)
    try writer.seal([Office.stranger])
    let forged = try Audit(
      storage, asksOther: false, pins: [Office.signer, Office.stranger])
    #expect(forged.sessions[1].extends?.because == .fingerprint)

    #expect(code { _ = try Office.append(storage) } == .untrustedSeal)
    #expect(code { _ = try Office.append(storage, .adopt(reason: "x")) } == .untrustedSeal)
    var goingBack = Office.acceptance
    goingBack.goesBack = true
    let size = try storage.size()
    #expect(
      code { _ = try Office.append(storage, .adopt(reason: "x"), goingBack) } == .untrustedSeal)
    #expect(try storage.size() == size)
    writer = try Office.append(storage, .refuse(reason: "forged"), goingBack)
    try add("b", 100, to: &writer)
    try writer.seal([Office.signer])
    #expect(Array(storage.bytes.prefix(honest.count)) == honest)
    #expect(try Audit(storage).items[2]?.name == Array("b".utf8))
    _ = try Office.append(storage)
  }

  @Test func aRunCertificateIsAcceptedBehindAnAcceptedSeal() throws {
    var session = Office.session()
    session.policy.run = Office.second.certificate.fingerprint
    func bundle(_ session: Session, _ keys: [SigningKey]) throws -> MemoryStorage {
      let storage = MemoryStorage()
      var writer = try BundleWriter.create(
        in: storage, genesis: Office.genesis, session: session, options: Office.options)
      for (number, key) in keys.enumerated() {
        for part in 0..<100 { try add("\(number)-\(part)", 10, to: &writer) }
        try writer.seal([key])
      }
      return storage
    }
    let storage = try bundle(session, [Office.signer, Office.second, Office.second])
    var writer = try Office.append(storage)
    try writer.seal([Office.signer])
    let extends = try Audit(storage).sessions.last?.extends
    #expect(extends?.signers == [Office.second.certificate.fingerprint])
    #expect(extends?.because == .sameSigner)
    // Another's session may name the same certificate: nobody who is accepted stands behind it.
    var strange = Office.session([Office.stranger])
    strange.policy.run = session.policy.run
    let other = try bundle(strange, [Office.stranger, Office.second])
    #expect(code { _ = try Office.append(other) } == .untrustedSeal)
  }

  @Test func whatBreaksARuleCanOnlyBeRefused() throws {
    let storage = MemoryStorage()
    var writer = try Office.create(storage)
    try add("a", 100, to: &writer)
    try writer.seal([Office.signer])
    let sealed = storage.bytes
    // Three forgeries by somebody without a key.
    let forgeries: [(RecordLog) throws -> Void] = [
      { try $0.append(Office.session()) },
      { log in
        var item = Item(kind: .file, name: [66], size: 0, state: .complete)
        item.digests = Digests(sha256: .zero)
        _ = try log.append(item, of: 2)
        _ = try log.append(item, of: 2)
      },
      { try $0.append(Names(rows: [])) },
    ]
    for forge in forgeries {
      let forged = MemoryStorage(sealed)
      let open = try Office.append(forged)
      try forge(open.log)
      try open.finish()
      let end = try BundleWriter.examine(forged, Office.acceptance)
      #expect(end.broken != nil)
      #expect(code { _ = try Office.append(forged, .adopt(reason: "x")) } == .damaged)
      writer = try Office.append(forged, .refuse(reason: "forged"))
      try add("b", 10, to: &writer)
      try writer.seal([Office.signer])
      #expect(try Audit(forged).items.count == 2)
    }
  }

  @Test func aSecondWriterIsLockedOut() throws {
    let folder = TemporaryFolder()
    let path = folder.file("b.bukti")
    var writer = try BundleWriter.create(
      at: path, genesis: Office.genesis, session: Office.session(), options: Office.options)
    func open() throws -> BundleWriter {
      try BundleWriter.append(
        at: path, session: Office.session(), acceptance: Office.acceptance,
        options: Office.options)
    }
    #expect(code { _ = try open() } == .locked)
    try writer.seal([Office.signer])
    try writer.finish()
    writer = try open()
    try writer.seal([Office.signer])
    #expect(
      code {
        _ = try BundleWriter.create(
          at: path, genesis: Office.genesis, session: Office.session(), options: Office.options)
      } == .exists)
  }
}
