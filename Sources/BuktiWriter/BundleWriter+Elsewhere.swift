public import BuktiFormat
public import BuktiStore

extension BundleWriter {
  /// Appends the seal that a bundle waits for, with signatures that were made elsewhere, and no session ([B-ORD-7]).
  ///
  /// Bytes of a seal that was torn before are kept beside the bundle and cut off.
  /// - Parameters:
  ///   - request: what was signed; nothing may have been appended since.
  ///   - path: of any volume of the bundle, in bytes.
  ///   - elsewhere: volumes that do not stand beside it, and folders to look in.
  ///   - signatures: CMS, stored as they are.
  ///   - options: how the writer works.
  /// - Throws: `unsealed-tail` where the bundle waits for another seal or for none; `key-invalid` where the signatures
  ///   do not meet the policy of the session; `damaged`, `not-found`, `locked`, `disk-full`, `io`, `dead`.
  public static func seal(
    at path: [UInt8], elsewhere: [[UInt8]] = [], _ request: Checkpoint, with signatures: [[UInt8]],
    options: WriterOptions
  ) throws(BuktiError) -> SealReceipt {
    let volumes = try LockedVolumes(at: path, elsewhere: elsewhere)
    return try seal(
      volumes.storages, request, with: signatures, further: VolumeFiles(volumes.paths),
      options: options, tornKeeper: SideFiles(volumes: volumes.paths))
  }

  /// Does the same with all volumes of a bundle, in order.
  ///
  /// - Throws: as the other method.
  public static func seal(
    _ volumes: [any Storage], _ request: Checkpoint, with signatures: [[UInt8]],
    further: (any VolumeFactory)? = nil, options: WriterOptions, tornKeeper: any TornKeeper
  ) throws(BuktiError) -> SealReceipt {
    guard let pending = try PendingEnd(reading: volumes), pending.seal.checkpoint == request else {
      throw BuktiError(
        .unsealedTail, "Records were appended since the signature was asked for, or sealed.")
    }
    let end = pending.end
    try end.clear(volumes, tornKeeper)
    let log = try end.log(
      volumes, further, limit: end.walk.ledger.volumeSize, options: options,
      ledger: end.walk.ledger)
    let sealer = Sealer(
      log, options, pending.seal.session.policy, withheldBytes: end.withheldBytes)
    let receipt = try sealer.complete(signatures, readFrom: log.appender.offset)
    try log.appender.finish()
    return receipt
  }
}

extension OpenedEnd {
  /// Takes away what a torn record left behind, for one that no session comes before.
  ///
  /// - Throws: `unsealed-tail` where it lies in a volume that is followed by another, so that a session must say so;
  ///   `disk-full`, `io`, `dead`.
  func clear(_ storages: [any Storage], _ keeper: any TornKeeper) throws(BuktiError) {
    let torn = try TornBytes(end: self, volumes: storages, keeper: keeper).cut()
    guard torn?.volume == nil else {
      throw BuktiError(
        .unsealedTail, "A volume ends in bytes that are no records: a session has to say so.")
    }
  }
}
