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
}
