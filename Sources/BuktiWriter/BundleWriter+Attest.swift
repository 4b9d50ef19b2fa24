import BuktiEngines
public import BuktiFormat
public import BuktiStore

/// What others say of a seal, and what belongs to it in an attest ([B-ATT-1], [B-ATT-2]).
public struct Attestation: Sendable {
  public var kind: AttestKind
  /// Tokens, signatures, proofs: as the kind says.
  public var values: [[UInt8]]
  /// Record number of the seal; nil for the newest one that `isOf` takes.
  public var seal: UInt64?
  /// Whether it is about the seal with this checkpoint.
  public var isOf: @Sendable (_ checkpoint: [UInt8]) -> Bool

  /// - Parameters:
  ///   - kind: log proof, signature or custody half, which are about a checkpoint.
  ///   - values: what the attest holds.
  ///   - seal: record number of the seal, where it is known.
  ///   - isOf: whether it is about the seal with a checkpoint.
  public init(
    _ kind: AttestKind, _ values: [[UInt8]], seal: UInt64? = nil,
    isOf: @escaping @Sendable (_ checkpoint: [UInt8]) -> Bool
  ) {
    self.kind = kind
    self.values = values
    self.seal = seal
    self.isOf = isOf
  }
}

extension BundleWriter {
  /// Stores what others say of a seal, at the end of the bundle of which one volume is at a path.
  ///
  /// It needs no session and no key, and no earlier byte changes. What a torn attest left behind is kept beside the bundle
  /// and cut off.
  /// - Parameters:
  ///   - attestation: what is stored.
  ///   - path: of any volume, in bytes.
  ///   - elsewhere: volumes that do not stand beside it, and folders to look in.
  ///   - isCancelled: asked while seals are looked through.
  /// - Returns: record numbers of the attest and of the seal that it is about.
  /// - Throws: `not-found` where no seal is the one; `unsealed-tail` where the bundle does not end in a seal; `damaged`;
  ///   `locked`, `disk-full`, `io`, `dead`.
  public static func attest(
    _ attestation: Attestation, at path: [UInt8], elsewhere: [[UInt8]] = [],
    isCancelled: @escaping () -> Bool = { false }
  ) throws(BuktiError) -> (record: UInt64, seal: UInt64) {
    let locked = try LockedVolumes(at: path, elsewhere: elsewhere)
    return try attest(
      attestation, in: locked.storages, further: VolumeFiles(locked.paths),
      tornKeeper: SideFiles(volumes: locked.paths), isCancelled: isCancelled)
  }

  /// Does the same in storages, volume 0 first; only the last one is written to.
  ///
  /// - Throws: as the other method.
  public static func attest(
    _ attestation: Attestation, in volumes: [any Storage], further: (any VolumeFactory)? = nil,
    tornKeeper: any TornKeeper, isCancelled: @escaping () -> Bool = { false }
  ) throws(BuktiError) -> (record: UInt64, seal: UInt64) {
    let reader = try RecordReader(
      opening: volumes, sha256: LibcryptoSHA256(), deflate: FastDeflate())
    let (index, end) = try reader.attestableEnd(isCancelled)
    let target = try SealSearch(index: index, isCancelled: isCancelled).find(attestation)
    let attest = Attest(
      seal: target.record.core.number, sealHash: target.record.hash, kind: attestation.kind,
      digest: LibcryptoSHA256.digest(of: target.checkpoint), values: attestation.values)
    try end.clear(volumes, tornKeeper)
    let ledger = end.walk.ledger
    let options = WriterOptions(now: { Timestamp(instant: nil) })
    let log = try end.log(
      volumes, further, limit: ledger.volumeSize, options: options, ledger: ledger)
    let written = try log.append(attest)
    try log.appender.finish()
    return (written.core.number, target.record.core.number)
  }
}

extension RecordReader {
  /// The last seal, and what follows it: attests that fit, and perhaps torn bytes.
  ///
  /// - Throws: `unsealed-tail` where the bundle ends otherwise; `interrupted`, `io`.
  fileprivate func attestableEnd(
    _ isCancelled: () -> Bool
  ) throws(BuktiError) -> (index: ProvenIndex, end: OpenedEnd) {
    do throws(BuktiError) {
      var seal = try lastSeal()
      while let found = seal, !OpenedEnd.canBeMeant(found) {
        seal = try lastSeal(before: found.sealRecord.address)
      }
      guard let seal else { throw BuktiError(.sealNone) }
      let end = try OpenedEnd(self, after: seal, isCancelled: isCancelled)
      guard end.walk.number == end.walk.base else { throw BuktiError(.unsealedTail) }
      return (try ProvenIndex(self, end: seal), end)
    } catch {
      if error.isOfStorage || error.code == .interrupted { throw error }
      throw BuktiError(
        .unsealedTail,
        "The bundle does not end in a seal: append to it first, which says what becomes of its end."
      )
    }
  }
}

/// Looks for the seal that something is about, from the last one back.
private struct SealSearch {
  let index: ProvenIndex
  let isCancelled: () -> Bool

  func find(
    _ attestation: Attestation
  ) throws(BuktiError) -> (record: StoredRecord, checkpoint: [UInt8]) {
    let end = index.end
    if let number = attestation.seal, number != end.sealRecord.core.number {
      return try named(number, attestation)
    }
    if attestation.isOf(end.seal.checkpoint) { return (end.sealRecord, end.seal.checkpoint) }
    if attestation.seal != nil { throw Self.none }
    let refused = try SessionHistory(index).refused
    var place = end.sealRecord.address
    while let found = try index.reader.lastSeal(before: place) {
      if isCancelled() { throw BuktiError(.interrupted) }
      place = found.sealRecord.address
      let number = found.sealRecord.core.number
      // What stands in a body may look like a seal: only what the index names counts.
      guard number < index.count, !refused.contains(number),
        try index.row(number).hash == found.sealRecord.hash
      else { continue }
      if attestation.isOf(found.seal.checkpoint) {
        return (found.sealRecord, found.seal.checkpoint)
      }
    }
    throw Self.none
  }

  private func named(
    _ number: UInt64, _ attestation: Attestation
  ) throws(BuktiError) -> (record: StoredRecord, checkpoint: [UInt8]) {
    let record = try index.record(number)
    guard record.core.type == .seal,
      try !SessionHistory(index).refused.contains(number)
    else { throw BuktiError(.notFound, "Record \(number) is no seal that counts.") }
    let checkpoint = try index.reader.content(Seal.self, of: record).checkpoint
    guard attestation.isOf(checkpoint) else { throw Self.none }
    return (record, checkpoint)
  }

  private static var none: BuktiError {
    BuktiError(.notFound, "It is about no seal of this bundle.")
  }
}
