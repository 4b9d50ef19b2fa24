import BuktiEngines
public import BuktiFormat
import BuktiStore

/// A record that no accepted seal covers.
public struct UnsealedRecord: Sendable, Hashable {
  public let number: UInt64
  public let type: RecordType
  /// 0 for none.
  public let item: UInt64
  /// In bytes.
  public let plainLength: UInt64
  /// Whether a refusal may begin here.
  public let isBoundary: Bool
  /// Whether all records before it keep the rules, so that they can be adopted.
  public let canBeAdopted: Bool
}

/// How the end of a bundle looks to somebody who wants to append.
public struct BundleEnd: Sendable {
  /// The seal that a session would extend; nil where there is none.
  public let extends: Extends?
  /// The same seal as an answer to a hand-over names it.
  public let lastSeal: Covers?
  /// Number of the first record that a session must account for.
  public let base: UInt64
  /// How many records there are to account for.
  public let unsealedCount: UInt64
  /// Those records, at most the first 10,000.
  public let unsealed: [UnsealedRecord]
  /// The first of them that breaks a rule; it cannot be adopted, nor can what follows it.
  public let broken: BuktiError?
  /// A seal among them that is by nobody who is accepted.
  public let strangeSeal: UInt64?
  /// How many volumes there are.
  public let volumes: Int
  /// Bytes at the end that are no frames, and would be cut off.
  public let tornBytes: UInt64
  /// Whether torn bytes stay where they are, since a further volume has been made behind them.
  public let tornBytesStay: Bool
  /// The size below which the session in force kept each volume; nil where it set none.
  public let volumeSize: UInt64?
  /// The items that wait to be resumed or abandoned, if all that is unsealed is adopted.
  public let suspended: [SuspendedItem]
  /// The id that the next new item gets, if all that is unsealed is adopted: those below are in use.
  public let nextItemID: UInt64
  /// Whether the bundle takes no more evidence.
  public let isClosed: Bool
}

/// The end of a bundle, ready to be gone on from.
struct OpenedEnd {
  let bundleID: BundleID
  let extends: Extends?
  let lastSeal: Covers?
  let walk: PartWalk
  let volumes: BundleVolumes
  /// The volume in which the last record ends, or the next one begins.
  let lastVolume: Int

  /// Logical offset less address of the end: the bytes that withholding took from this copy.
  var withheldBytes: UInt64 { walk.index.logicalOffset - walk.end }

  /// Physical offset in `lastVolume` from which nothing is a frame.
  var physicalEnd: UInt64 { walk.end - volumes.volumes[lastVolume].start }

  /// Bytes of `lastVolume` that are no frames.
  var tornBytes: UInt64 { volumes.volumes[lastVolume].end - walk.end }

  /// Reads the end of a bundle and nothing else; changes nothing.
  ///
  /// - Throws: the codes that begin with `preamble-`; `volume-mismatch`; `untrusted-seal`; `damaged`; `io`.
  init(reading storages: [any Storage], _ acceptance: Acceptance) throws(BuktiError) {
    let reader = try RecordReader(
      opening: storages, sha256: LibcryptoSHA256(), deflate: FastDeflate())
    if let (base, accepted) = try Self.lastAccepted(reader, acceptance) {
      try self.init(
        reader, after: base, accepted: accepted, isCancelled: acceptance.isCancelled)
    } else {
      try self.init(reader, after: nil, isCancelled: acceptance.isCancelled)
    }
  }

  /// Reads what follows a seal.
  ///
  /// - Parameters:
  ///   - base: nil to read from the beginning, where there is no seal to go on from.
  ///   - accepted: whose seal that is; nil where it does not matter, as nothing will extend it.
  /// - Throws: `volume-mismatch`, `damaged`, `io`.
  init(
    _ reader: RecordReader, after base: SealedEnd?, accepted: Acceptance.Accepted? = nil,
    isCancelled: () -> Bool = { false }
  ) throws(BuktiError) {
    volumes = reader.volumes
    bundleID = reader.volumes.bundleID
    extends = base.flatMap { base in
      accepted.map {
        Extends(
          size: base.checkpoint.size, root: base.checkpoint.root, signers: $0.signers,
          because: $0.because)
      }
    }
    lastSeal = base.map {
      Covers(size: $0.checkpoint.size, root: $0.checkpoint.root, record: $0.sealRecord.hash)
    }
    if let base { walk = try PartWalk(reader, after: base) } else { walk = PartWalk(reader) }
    try walk.run(isCancelled)
    lastVolume = volumes.index(ofFrameAt: walk.end)
    if walk.end < volumes.end {
      let torn = TornEnd(
        reader: reader, start: walk.end, number: walk.number, previous: walk.previous)
      try torn.require()
    }
    // A writer makes a volume only when the one before is on stable storage, and begins it with a session
    // if that one ends torn: no more than that session can be missing.
    guard lastVolume + 2 >= volumes.volumes.count else {
      throw BuktiError(
        .damaged,
        "Volume \(lastVolume) ends in bytes that are no records, and two more volumes follow.",
        offset: walk.end, record: walk.number)
    }
    guard walk.number > 0 else {
      throw BuktiError(.damaged, "There is no whole record: make the bundle anew.")
    }
  }

  /// Goes back to the last seal that is accepted; nil where there is none at all.
  ///
  /// - Throws: `untrusted-seal` where the last seal is by somebody else, unless the acceptance goes back;
  ///   `damaged` where too many places look like seals; `io`, `dead`.
  private static func lastAccepted(
    _ reader: RecordReader, _ acceptance: Acceptance
  ) throws(BuktiError) -> (end: SealedEnd, accepted: Acceptance.Accepted)? {
    var place: UInt64?
    while let found = try reader.lastSeal(before: place) {
      place = found.sealRecord.address
      guard Self.canBeMeant(found) else { continue }
      if let accepted = try acceptance.judge(found, reader) { return (found, accepted) }
      if !acceptance.goesBack { throw untrusted(found.sealRecord.core.number) }
    }
    return nil
  }

  /// What a body holds may look like records of this very bundle, when a disk is imaged that a copy lies on: but
  /// only withholding takes bytes from before a tail.
  static func canBeMeant(_ seal: SealedEnd) -> Bool {
    seal.dropped == 0 || seal.tail.state.withhold != nil
  }

  static func untrusted(_ number: UInt64) -> BuktiError {
    BuktiError(
      .untrustedSeal,
      "The last seal is by nobody you accept: confirm its signer, or go back to an earlier seal.",
      record: number)
  }

  var summary: BundleEnd {
    BundleEnd(
      extends: extends, lastSeal: lastSeal, base: walk.base, unsealedCount: walk.number - walk.base,
      unsealed: walk.records, broken: walk.broken, strangeSeal: walk.strangeSeal,
      volumes: volumes.volumes.count, tornBytes: tornBytes,
      tornBytesStay: lastVolume + 1 < volumes.volumes.count,
      volumeSize: walk.ledger.volumeSize,
      suspended: walk.ledger.openItems.map { SuspendedItem($0) },
      nextItemID: walk.ledger.nextItemID, isClosed: walk.ledger.isClosed)
  }
}
