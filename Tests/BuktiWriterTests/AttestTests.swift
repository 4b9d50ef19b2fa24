import BuktiFixtures
import BuktiEngines
import BuktiFormat
import BuktiStore
import Testing

@testable import BuktiWriter

@Suite struct AttestTests {
  /// A sealed bundle, and its seal.
  private func sealed() throws -> (MemoryStorage, StoredRecord, Seal) {
    let storage = MemoryStorage()
    var writer = try Office.create(storage)
    try writer.add(PieceSource(noise(100)), as: ItemDescription("a"))
    try writer.seal([Office.signer])
    try writer.finish()
    let (reader, frame) = try last(of: storage)
    let seal = try reader.content(Seal.self, of: frame)
    return (storage, frame, seal)
  }

  private func last(of storage: MemoryStorage) throws -> (RecordReader, StoredRecord) {
    let reader = try recordReader(storage)
    return (reader, try reader.record(endingAt: reader.volumes.end))
  }

  private func append(_ attest: Attest, to storage: MemoryStorage) throws {
    let (reader, frame) = try last(of: storage)
    let appender = FrameAppender(
      volumes: VolumeChain([storage], filled: try storage.size()),
      bundleID: reader.volumes.bundleID, number: frame.core.number + 1,
      previous: frame.hash, offset: frame.end)
    let body = try attest.encode()
    _ = try appender.append(.attest, plainLength: UInt64(body.count), body: body.span.raw)
    try appender.flush()
  }

  private func attest(_ frame: StoredRecord, _ seal: Seal, digest: Hash? = nil) -> Attest {
    Attest(
      seal: frame.core.number, sealHash: frame.hash, kind: .logProof,
      digest: digest ?? LibcryptoSHA256.digest(of: seal.checkpoint), values: [[1]])
  }

  @Test func rightOnesAreSteppedOver() throws {
    let (storage, frame, seal) = try sealed()
    try append(attest(frame, seal), to: storage)
    var writer = try Office.append(storage)
    try writer.add(PieceSource(noise(10)), as: ItemDescription("b"))
    try writer.seal([Office.signer])
    try writer.finish()
    let (_, later) = try last(of: storage)
    // One that directly follows a seal may name an earlier one.
    try append(attest(frame, seal), to: storage)
    let end = try BundleWriter.examine(storage, Office.acceptance)
    #expect(end.unsealedCount == 0 && end.base == later.core.number + 2)
  }

  @Test func wrongOnesMustBeRefused() throws {
    let (storage, frame, seal) = try sealed()
    try append(attest(frame, seal), to: storage)
    try append(attest(frame, seal, digest: .zero), to: storage)
    try append(attest(frame, seal), to: storage)
    let end = try BundleWriter.examine(storage, Office.acceptance)
    #expect(end.base == frame.core.number + 2 && end.unsealedCount == 2)
    #expect(end.broken?.code == .attestTarget)
    #expect(code { _ = try Office.append(storage) } == .unsealedTail)
    #expect(code { _ = try Office.append(storage, .adopt(reason: "x")) } == .damaged)
    var writer = try Office.append(storage, .refuse(reason: "not mine"))
    try writer.add(PieceSource(noise(10)), as: ItemDescription("b"))
    try writer.seal([Office.signer])
    try writer.finish()
    let audit = try Audit(storage)
    #expect(audit.sessions[1].refuses?.first == end.base)
    #expect(audit.items.count == 2)
  }

  @Test func refusedSealsCannotBeAttested() throws {
    let (storage, _, _) = try sealed()
    var writer = try BundleWriter.append(
      to: storage, session: Office.session([Office.stranger]), acceptance: Office.acceptance,
      unsealed: .ask, options: Office.options, tornKeeper: Drawer())
    try writer.add(PieceSource(noise(10)), as: ItemDescription("b"))
    try writer.seal([Office.stranger])
    try writer.finish()
    let (reader, strange) = try last(of: storage)
    let seal = try reader.content(Seal.self, of: strange)
    var acceptance = Office.acceptance
    acceptance.goesBack = true
    writer = try Office.append(storage, .refuse(reason: "a stranger's"), acceptance)
    try writer.seal([Office.signer])
    try writer.finish()
    try append(attest(strange, seal), to: storage)
    let end = try BundleWriter.examine(storage, Office.acceptance)
    #expect(end.unsealedCount == 1 && end.broken?.code == .attestTarget)
  }

  /// What takes any seal, or only the one with a checkpoint.
  private func about(_ checkpoint: [UInt8]? = nil, seal: UInt64? = nil) -> Attestation {
    Attestation(.logProof, [[1]], seal: seal) { checkpoint == nil || checkpoint == $0 }
  }

  @Test func theNewestThatFitsIsAttested() throws {
    let (storage, first, seal) = try sealed()
    #expect(
      try BundleWriter.attest(about(), in: [storage], tornKeeper: Drawer()).seal
        == first.core.number)
    var writer = try Office.append(storage)
    try writer.add(PieceSource(noise(10)), as: ItemDescription("b"))
    let later = try writer.seal([Office.signer])
    try writer.finish()
    #expect(
      try BundleWriter.attest(about(), in: [storage], tornKeeper: Drawer()).seal == later.record)
    let old = try BundleWriter.attest(about(seal.checkpoint), in: [storage], tornKeeper: Drawer())
    #expect(old.seal == first.core.number && old.record == later.record + 2)
    let named = try BundleWriter.attest(
      about(seal: first.core.number), in: [storage], tornKeeper: Drawer())
    #expect(named.seal == first.core.number)
    let end = try BundleWriter.examine(storage, Office.acceptance)
    #expect(end.unsealedCount == 0 && end.base == later.record + 4)
    for wrong in [about([]), about(seal: later.record - 1), about([], seal: later.record)] {
      #expect(
        code { _ = try BundleWriter.attest(wrong, in: [storage], tornKeeper: Drawer()) }
          == .notFound)
    }
    #expect(try Audit(storage).items.count == 2)
  }

  @Test func whatWasRefusedIsNotAttested() throws {
    let (storage, _, _) = try sealed()
    var writer = try BundleWriter.append(
      to: storage, session: Office.session([Office.stranger]), acceptance: Office.acceptance,
      unsealed: .ask, options: Office.options, tornKeeper: Drawer())
    let strange = try writer.seal([Office.stranger])
    try writer.finish()
    var acceptance = Office.acceptance
    acceptance.goesBack = true
    writer = try Office.append(storage, .refuse(reason: "a stranger's"), acceptance)
    try writer.seal([Office.signer])
    try writer.finish()
    for wrong in [about(strange.checkpoint), about(seal: strange.record)] {
      #expect(
        code { _ = try BundleWriter.attest(wrong, in: [storage], tornKeeper: Drawer()) }
          == .notFound)
    }
  }

  /// Only behind a seal, and what fits it, is an attest no unsealed record.
  @Test func nothingIsAttestedBehindWhatIsUnsealed() throws {
    let (storage, frame, seal) = try sealed()
    let size = try storage.size()
    try append(attest(frame, seal, digest: .zero), to: storage)
    #expect(
      code { _ = try BundleWriter.attest(about(), in: [storage], tornKeeper: Drawer()) }
        == .unsealedTail)
    let (other, _, _) = try sealed()
    var writer = try Office.append(other)
    try writer.add(PieceSource(noise(10)), as: ItemDescription("b"))
    try writer.finish()
    #expect(
      code { _ = try BundleWriter.attest(about(), in: [other], tornKeeper: Drawer()) }
        == .unsealedTail)
    let torn = MemoryStorage(Array(try storage.read(Int(size) - 1, at: 0)))
    #expect(
      code { _ = try BundleWriter.attest(about(), in: [torn], tornKeeper: Drawer()) }
        == .unsealedTail)
    #expect(try torn.size() == size - 1)
  }

  /// An attest that was torn is no unsealed record: it is cut off, kept, and written anew.
  @Test func aTornAttestIsReplaced() throws {
    let (storage, frame, _) = try sealed()
    let size = Int(try storage.size())
    _ = try BundleWriter.attest(about(), in: [storage], tornKeeper: Drawer())
    let whole = try storage.read(Int(try storage.size()), at: 0)
    for count in [size + 1, size + 200, whole.count - 1] {
      let torn = MemoryStorage(Array(whole[..<count]))
      let attest = try BundleWriter.attest(about(), in: [torn], tornKeeper: Drawer())
      #expect(try attest.record == frame.core.number + 1 && torn.size() == UInt64(whole.count))
      #expect(try BundleWriter.examine(torn, Office.acceptance).unsealedCount == 0)
    }
  }
}
