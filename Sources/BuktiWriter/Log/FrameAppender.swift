import BuktiEngines
import BuktiFormat
import BuktiStore

/// What the index keeps of a record, and what the next one needs of it.
struct AppendedRecord {
  let core: Core
  let hash: Hash
  /// Logical offset of its frame (section 9 of the specification), in bytes.
  let offset: UInt64
}

/// Frames records and hands them to the storage, many small ones at a time.
///
/// It knows chain and framing and nothing of what records mean.
final class FrameAppender {
  /// A body of this many bytes or more is written from where it lies instead of being copied.
  private static let gatherFrom = 16 << 10
  /// Small frames wait until there are this many bytes of them.
  private static let batchSize = 256 << 10
  /// So much more is set aside at once.
  private static let reserveStep: UInt64 = 16 << 20

  let volumes: VolumeChain
  let bundleID: BundleID
  /// Number of the next record.
  private(set) var number: UInt64
  /// Record hash of the one before it.
  private(set) var previous: Hash
  /// Logical offset of the next frame.
  private(set) var offset: UInt64
  /// Bytes handed to the storage or waiting to be, since the last sync.
  private(set) var unsyncedBytes: UInt64 = 0
  private var salts: SaltSource
  private var batch = ByteWriter()
  private var failure: BuktiError?
  /// Physical offset in the last volume up to which room is set aside.
  private var reservedEnd: UInt64 = 0

  init(
    volumes: VolumeChain, bundleID: BundleID, number: UInt64, previous: Hash, offset: UInt64,
    salts: SaltSource = SaltSource()
  ) {
    self.salts = salts
    self.volumes = volumes
    self.bundleID = bundleID
    self.number = number
    self.previous = previous
    self.offset = offset
  }

  /// Starts a bundle: volume 0's preamble waits with the first records.
  init(volumes: VolumeChain, bundleID: BundleID, salts: SaltSource = SaltSource()) {
    self.salts = salts
    self.volumes = volumes
    self.bundleID = bundleID
    number = 0
    let preamble = Preamble(volume: 0, bundleID: bundleID)
    previous = preamble.hash(using: LibcryptoSHA256())
    preamble.encode(into: &batch)
    offset = UInt64(Preamble.size)
  }

  /// Makes sure that evidence of this size leaves room for a last seal.
  ///
  /// - Throws: `disk-full`, after which nothing was written and the bundle can still be sealed; `io`, `dead`.
  func requireRoom(for bodySize: Int) throws(BuktiError) {
    try requireLife()
    let frame = UInt64(FrameHeader.overhead + FrameHeader.saltSize + bodySize)
    let count = frame + volumes.sealRoom
    if volumes.isFull(for: count) { try beginVolume(room: count) }
    let needed = volumes.filled + count
    if needed <= reservedEnd { return }
    let written = volumes.filled - UInt64(batch.count)
    do throws(BuktiError) {
      let end = volumes.reserveEnd(wanted: needed + Self.reserveStep, least: needed)
      try volumes.last.reserve(end - written)
      reservedEnd = end
    } catch {
      guard error.code == .diskFull else { throw error }
      try volumes.last.reserve(needed - written)
      reservedEnd = needed
    }
  }

  /// Goes on in a new volume; everything before it is on stable storage by then.
  ///
  /// - Throws: `disk-full`, after which the last volume can be gone on with; `usage`, `exists`, `io`, `dead`.
  func beginVolume(room: UInt64) throws(BuktiError) {
    try sync()
    let full = volumes.last
    do throws(BuktiError) { try volumes.begin(bundleID: bundleID, room: room) } catch {
      if error.code != .diskFull { failure = error }
      throw error
    }
    // What is written is written, whether or not its room can be given back.
    if reservedEnd > 0 { try? full.reserve(0) }
    reservedEnd = volumes.filled + room
  }

  /// Hands everything over and gives back room that was not used, where that can be done.
  /// - Throws: `disk-full`, `io`, `dead`.
  func finish() throws(BuktiError) {
    try flush()
    if reservedEnd > 0 { try? volumes.last.reserve(0) }
  }

  /// Leaves a volume that is full; where there is no room for another one, it takes this frame all the same.
  private func leaveFullVolume(_ frame: UInt64) throws(BuktiError) {
    guard volumes.isFull(for: frame) else { return }
    do throws(BuktiError) { try beginVolume(room: frame + volumes.sealRoom) } catch {
      guard error.code == .diskFull else { throw error }
    }
  }

  /// Appends one record whose body is as stored; it reaches the storage at the latest with `flush()`.
  /// - Throws: `crypto-engine`, `disk-full`, `io`, `dead`.
  func append(
    _ type: RecordType, codec: Codec = .stored, itemID: UInt64 = 0, itemOffset: UInt64 = 0,
    plainLength: UInt64, body: RawSpan
  ) throws(BuktiError) -> AppendedRecord {
    try requireLife()
    let salt = try salts.next()
    return try append(
      type, codec: codec, itemID: itemID, itemOffset: itemOffset, plainLength: plainLength,
      body: body, salt: salt, payloadDigest: salt.digest(with: body))
  }

  /// Appends one record whose payload was digested elsewhere.
  /// - Throws: `disk-full`, `io`, `dead`.
  func append(
    _ type: RecordType, codec: Codec, itemID: UInt64, itemOffset: UInt64, plainLength: UInt64,
    body: RawSpan, salt: Salt, payloadDigest: Hash
  ) throws(BuktiError) -> AppendedRecord {
    try requireLife()
    let frame = UInt64(FrameHeader.overhead + FrameHeader.saltSize + body.byteCount)
    try leaveFullVolume(frame)
    let start = batch.count
    let core = Core(
      bundleID: bundleID, type: type, codec: codec, number: number, itemID: itemID,
      offset: itemOffset, plainLength: plainLength,
      storedLength: UInt64(FrameHeader.saltSize + body.byteCount), payloadDigest: payloadDigest,
      previous: previous)
    let header = FrameHeader(core: core)
    header.encode(into: &batch)
    let range = start + FrameHeader.coreRange.lowerBound..<start + FrameHeader.coreRange.upperBound
    let hash = LibcryptoSHA256().recordHash(core: batch.bytes.span.extracting(range))
    batch.append(salt.bytes)
    volumes.grow(by: header.frameLength)
    try write(body, of: header)
    let record = AppendedRecord(core: core, hash: hash, offset: offset)
    number += 1
    previous = hash
    offset += header.frameLength
    unsyncedBytes += header.frameLength
    return record
  }

  private func write(_ body: RawSpan, of header: FrameHeader) throws(BuktiError) {
    if body.byteCount < Self.gatherFrom {
      unsafe body.withUnsafeBytes { unsafe batch.append($0) }
      header.encodeTrailer(into: &batch)
      if batch.count >= Self.batchSize { try flush() }
      return
    }
    var trailer = ByteWriter()
    header.encodeTrailer(into: &trailer)
    try gather(body, trailer.bytes.span.raw)
  }

  /// Hands over what waits, and two more pieces.
  private func gather(_ second: RawSpan, _ third: RawSpan) throws(BuktiError) {
    do throws(BuktiError) {
      unsafe try batch.bytes.span.raw.withUnsafeBytes { (first) throws(BuktiError) in
        unsafe try second.withUnsafeBytes { (second) throws(BuktiError) in
          unsafe try third.withUnsafeBytes { (third) throws(BuktiError) in
            unsafe try volumes.last.append([first, second, third])
          }
        }
      }
    } catch {
      failure = error
      throw error
    }
    batch.removeAll()
  }

  /// Hands everything that waits to the storage.
  /// - Throws: `disk-full`, `io`, `dead`.
  func flush() throws(BuktiError) {
    try requireLife()
    if batch.count > 0 { try gather(RawSpan(), RawSpan()) }
  }

  /// Returns once everything appended is on stable storage.
  /// - Throws: `disk-full`, `io`, `dead`.
  func sync() throws(BuktiError) {
    try flush()
    do throws(BuktiError) { try volumes.last.sync() } catch {
      failure = error
      throw error
    }
    unsyncedBytes = 0
  }

  /// After one failure nobody knows what the disk holds: the bundle must be opened anew.
  private func requireLife() throws(BuktiError) {
    guard let failure else { return }
    throw BuktiError(
      .dead, "an earlier write or sync failed; open the bundle again and let its end be examined",
      errno: failure.errno)
  }
}
