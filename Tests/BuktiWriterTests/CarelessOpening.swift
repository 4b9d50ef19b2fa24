import BuktiCampaigns
import BuktiEngines
import BuktiFormat
import BuktiTrust
import Testing

@testable import BuktiStore
@testable import BuktiWriter

/// Opens a bundle as a careless program would, to see that the crash tests notice.
enum CarelessOpening: CaseIterable {
  /// Takes a frame for whole without reading its payload.
  case trustsPayload
  /// Takes a frame for whole because its header is.
  case trustsLength
  /// Appends behind torn bytes.
  case leavesTornBytes
  /// Links the session to the last seal, past the records between.
  case ignoresPreviousLink
  /// Does not account for unsealed records.
  case adoptsSilently

  func open(_ disk: RecordingDisk) throws(BuktiError) -> BundleWriter {
    let volumes = disk.storages
    let reader = try RecordReader(
      opening: volumes, sha256: LibcryptoSHA256(), deflate: ZlibDeflate())
    guard let seal = try reader.lastSeal() else {
      return try CrashWorkload.open(disk, Office.signer)
    }
    let proven = try ProvenIndex(reader, end: seal)
    var index = try proven.indexState(using: LibcryptoSHA256())
    var ledger = try proven.ledger()
    var previous = seal.sealRecord.hash
    var end = seal.sealRecord.end
    while end < reader.volumes.end, let frame = next(reader, end, index.count, previous) {
      try? ledger.take(frame, reader: reader, index: index, boundaries: [])
      index.append(frame.core, hash: frame.hash, isRight: true)
      previous = frame.hash
      end = min(frame.end, reader.volumes.end)
    }
    let last = reader.volumes.volumes[volumes.count - 1]
    if self != .leavesTornBytes, end >= last.start + UInt64(Preamble.size) {
      try volumes[volumes.count - 1].truncate(to: end - last.start)
    }
    var session = Office.session()
    session.extends = Extends(
      size: seal.checkpoint.size, root: seal.checkpoint.root,
      signers: [Office.signer.certificate.fingerprint], because: .sameSigner)
    let base = seal.sealRecord.core.number + 1
    if self != .adoptsSilently, index.count > base {
      session.adopts = Adopts(first: base, count: index.count - base, reason: "power")
    }
    if self == .ignoresPreviousLink { previous = seal.sealRecord.hash }
    let chain = VolumeChain(
      volumes, filled: try volumes[volumes.count - 1].size(), limit: nil, factory: disk)
    let appender = FrameAppender(
      volumes: chain, bundleID: reader.volumes.bundleID, number: index.count, previous: previous,
      offset: index.logicalOffset)
    let log = RecordLog(
      appender: appender, options: CrashWorkload.options, index: index, ledger: ledger)
    try log.append(session)
    try appender.sync()
    return BundleWriter(log: log, options: CrashWorkload.options, session: session)
  }

  private func next(
    _ reader: RecordReader, _ place: UInt64, _ number: UInt64, _ previous: Hash
  ) -> StoredRecord? {
    if self == .trustsLength {
      guard let bytes = try? reader.volumes.read(FrameHeader.size, at: place),
        let header = try? FrameHeader(decoding: bytes.span), header.core.number == number
      else { return nil }
      return StoredRecord(
        address: place, header: header, hash: reader.sha256.recordHash(header.core))
    }
    guard let (frame, _) = try? reader.framed(at: place), frame.core.number == number,
      frame.core.previous == previous,
      self == .trustsPayload || (try? reader.hasPayload(of: frame)) == true
    else { return nil }
    return frame
  }
}

@Suite struct CarelessOpeningTests {
  private static let workload = Result { try CrashWorkload(Office.signer) }

  @Test(arguments: CarelessOpening.allCases)
  func isNoticed(opening: CarelessOpening) throws {
    #expect(CrashCampaign.notices(opening.open, try Self.workload.get()) != nil)
  }
}
