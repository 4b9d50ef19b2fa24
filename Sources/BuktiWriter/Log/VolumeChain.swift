import BuktiEngines
import BuktiFormat
import BuktiStore

/// The volumes of a bundle; its writer fills the last one.
final class VolumeChain {
  private(set) var storages: [any Storage]
  /// Physical offset of the next frame in the last volume.
  private(set) var filled: UInt64
  private let factory: (any VolumeFactory)?
  /// Each volume stays below so many bytes, where that can be.
  private let limit: UInt64?

  /// - Parameter storages: the volumes so far; one at least.
  init(
    _ storages: [any Storage], filled: UInt64, limit: UInt64? = nil,
    factory: (any VolumeFactory)? = nil
  ) {
    self.storages = storages
    self.filled = filled
    self.limit = limit
    self.factory = factory
  }

  /// The one that is appended to.
  var last: any Storage { storages[storages.count - 1] }

  /// Reads what was written.
  ///
  /// - Throws: `volume-mismatch` and the other refusals of what is no bundle; `io`, `dead`.
  func reader() throws(BuktiError) -> RecordReader {
    try RecordReader(opening: storages, sha256: LibcryptoSHA256(), deflate: FastDeflate())
  }

  func grow(by count: UInt64) { filled += count }

  /// Room that evidence may not use: names, index blocks, a tail and a seal with its certificates.
  var sealRoom: UInt64 { min(4 << 20, (limit ?? .max) / 4) }

  /// How far room is set aside at once in the last volume.
  func reserveEnd(wanted: UInt64, least: UInt64) -> UInt64 {
    max(least, min(wanted, limit ?? .max))
  }

  /// Whether so many more bytes belong into the next volume.
  ///
  /// A volume that holds no frame takes any: the limit is no reason to have no bundle.
  func isFull(for count: UInt64) -> Bool {
    guard let limit, factory != nil, filled > UInt64(Preamble.size) else { return false }
    return filled + count >= limit
  }

  /// Goes on with a new volume, the last one being on stable storage.
  ///
  /// - Throws: `disk-full`, after which the last volume can be gone on with; `usage` where none can be made;
  ///   `exists`, `io`, `dead`.
  func begin(bundleID: BundleID, room: UInt64) throws(BuktiError) {
    guard let factory else { throw BuktiError(.usage, "No further volume can be made here.") }
    let preamble = Preamble(volume: UInt32(clamping: storages.count), bundleID: bundleID)
    let next = try factory.makeVolume(preamble, room: room)
    storages.append(next)
    filled = UInt64(Preamble.size)
  }
}
