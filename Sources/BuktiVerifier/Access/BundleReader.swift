import BuktiEngines
public import BuktiFormat
public import BuktiStore
public import BuktiTrust
import Synchronization

/// Reads single items of a bundle from its last seal, without reading the rest.
///
/// Every byte that it gives is proven up to the root that the seal signs (section 9.4); `signatures`
/// says who signed it. This proves presence, never absence, and nothing of what follows the seal.
public final class BundleReader: Sendable {
  public let index: ProvenIndex
  /// How each signature of the seal was judged; there may be none.
  public let signatures: [SignatureReport]
  private let roots: [Certificate]
  private let pins: Set<Hash>
  private let time: Int64
  private let known = Mutex<SessionHistory?>(nil)
  /// What was decoded last, for all items that are read.
  let pieces = PieceCache()

  /// Opens the volumes, finds the last seal and reads its tail.
  ///
  /// - Parameters:
  ///   - roots: the operator's own; certificates in the bundle only help to build a path.
  ///   - pins: fingerprints of certificates that the operator trusts directly.
  ///   - time: when paths must be valid, in seconds since 1970-01-01 UTC.
  ///   - volumes: all volumes, in order.
  /// - Throws: `preamble-truncated`, `preamble-magic`, `preamble-version`, `volume-mismatch`;
  ///   `seal-none` where there is no seal that its tail proves; `tail-mismatch`, `damaged`, `io`.
  public init(
    _ volumes: [any Storage], roots: [Certificate] = [], pins: Set<Hash> = [], at time: Int64
  ) throws(BuktiError) {
    let reader = try RecordReader(
      opening: volumes, sha256: LibcryptoSHA256(), deflate: FastDeflate())
    guard let end = try reader.lastSeal() else {
      throw BuktiError(.sealNone, "The bundle has no seal that can be found from its end.")
    }
    index = try ProvenIndex(reader, end: end)
    (self.roots, self.pins, self.time) = (roots, pins, time)
    signatures = end.seal.signatures.map {
      SignatureCheck.evaluate(
        cms: $0, content: end.seal.checkpoint, roots: roots, pins: pins, at: time)
    }
  }

  /// What the seal signs; its size is the number of records that can be read.
  public var checkpoint: Checkpoint { index.end.checkpoint }

  /// Record numbers of the sessions that no later one refused, ascending: number 1 is the first.
  public func sessions() throws(BuktiError) -> [UInt64] { try history().sessions }

  /// The records that sessions refused, ascending.
  public func refused() throws(BuktiError) -> RecordRanges { try history().refused }

  /// Judges the signatures of another seal as those of the last one were.
  func judge(_ seal: Seal) -> [SignatureReport] {
    seal.signatures.map {
      SignatureCheck.evaluate(
        cms: $0, content: seal.checkpoint, roots: roots, pins: pins, at: time)
    }
  }

  func history() throws(BuktiError) -> SessionHistory {
    if let history = known.withLock({ $0 }) { return history }
    let history = try SessionHistory(index)
    known.withLock { $0 = history }
    return history
  }
}
