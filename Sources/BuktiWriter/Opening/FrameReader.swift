import BuktiEngines
import BuktiFormat
import BuktiStore

/// A frame as found in the file: a candidate until it is chained to something proven.
struct FoundFrame {
  let header: FrameHeader
  /// Its record hash.
  let hash: Hash
  /// Physical offset, in bytes.
  let start: UInt64

  var core: Core { header.core }
  var end: UInt64 { start + header.frameLength }
}

/// Reads frames of one bundle at given places, and checks them.
final class FrameReader {
  private static let pieceSize = 256 << 10

  let storage: any Storage
  let bundleID: BundleID
  /// Bytes of the volume that count.
  let size: UInt64
  /// Bytes read so far; opening a bundle must not depend on its size.
  private(set) var bytesRead: UInt64 = 0
  private var piece = ChunkBuffer(FrameReader.pieceSize)

  init(storage: any Storage, bundleID: BundleID, size: UInt64) {
    self.storage = storage
    self.bundleID = bundleID
    self.size = size
  }

  /// Reads `count` bytes, or as many as there are.
  func bytes(_ count: Int, at offset: UInt64) throws(BuktiError) -> [UInt8] {
    guard offset < size else { return [] }
    let wanted = Int(min(UInt64(count), size - offset))
    let bytes = try storage.read(wanted, at: offset)
    bytesRead += UInt64(bytes.count)
    return bytes
  }

  /// Reads the frame at an offset and makes checks 1 to 19 of section 4.1.
  ///
  /// - Throws: the code of the first check that fails; `io`.
  func frame(at start: UInt64) throws(BuktiError) -> FoundFrame {
    let header = try bytes(FrameHeader.size, at: start)
    let remaining = size > start ? size - start : 0
    let found = try FrameHeader(checking: header.span, remaining: remaining)
    let trailerStart = start + found.frameLength - UInt64(FrameHeader.trailerSize)
    let trailer = try bytes(FrameHeader.trailerSize, at: trailerStart)
    try found.checkTrailer(trailer.span)
    guard found.core.bundleID == bundleID else { throw BuktiError(.coreBundleID, offset: start) }
    let core = header.span.extracting(FrameHeader.coreRange)
    return FoundFrame(header: found, hash: LibcryptoSHA256().recordHash(core: core), start: start)
  }

  /// The whole frame that ends at an offset, by its trailing length; nil where there is none.
  func frame(endingAt end: UInt64) throws(BuktiError) -> FoundFrame? {
    let least = UInt64(Preamble.size + FrameHeader.overhead)
    guard end >= least, end <= size else { return nil }
    let trailer = try bytes(
      FrameHeader.trailerSize, at: end - UInt64(FrameHeader.trailerSize))
    var reader = ByteReader(trailer.span, shortage: .frameTruncated)
    let length = try reader.u64()
    guard length >= UInt64(FrameHeader.overhead), length <= end - UInt64(Preamble.size) else {
      return nil
    }
    guard let found = try candidate(at: end - length), found.end == end else { return nil }
    return found
  }

  /// The frame at an offset if checks 1 to 19 hold; nil if not.
  func candidate(at start: UInt64) throws(BuktiError) -> FoundFrame? {
    do throws(BuktiError) { return try frame(at: start) } catch {
      if [.io, .dead].contains(error.code) { throw error }
      return nil
    }
  }

  /// Whether salt and body have the digest that the core states; a withheld frame has nothing to compare.
  func hasPayload(_ frame: FoundFrame) throws(BuktiError) -> Bool {
    if frame.header.state == .withheld { return true }
    let saltStart = frame.start + UInt64(FrameHeader.size)
    let salt = try bytes(FrameHeader.saltSize, at: saltStart)
    guard salt.count == FrameHeader.saltSize else { return false }
    let digest = LibcryptoSHA256().startPayload(salt: salt.span)
    var place = saltStart + UInt64(FrameHeader.saltSize)
    var rest = frame.core.storedLength - UInt64(FrameHeader.saltSize)
    while rest > 0 {
      let wanted = Int(min(rest, UInt64(Self.pieceSize)))
      let count = unsafe try storage.read(into: piece.room(wanted), at: place)
      if count == 0 { return false }
      bytesRead += UInt64(count)
      try piece.withFilled(count) { digest.update($0) }
      place += UInt64(count)
      rest -= UInt64(count)
    }
    return digest.digest() == frame.core.payloadDigest
  }

  /// The decoded body of a frame whose payload was checked; nil when withheld.
  ///
  /// - Throws: the codes that begin with `deflate-`; `io`.
  func plain(_ frame: FoundFrame) throws(BuktiError) -> [UInt8]? {
    if frame.header.state == .withheld { return nil }
    let start = frame.start + UInt64(FrameHeader.size + FrameHeader.saltSize)
    let count = Int(frame.core.storedLength) - FrameHeader.saltSize
    let body = try bytes(count, at: start)
    guard frame.core.codec == .deflate else { return body }
    return try inflated(body, count: Int(frame.core.plainLength))
  }

  /// The content of a frame whose payload was checked.
  ///
  /// - Throws: the codes that begin with `deflate-`, `cbor-` and `schema-`; `io`.
  func content<Content: RecordContent>(
    _ frame: FoundFrame, as type: Content.Type = Content.self
  ) throws(BuktiError) -> Content? {
    guard let plain = try plain(frame) else { return nil }
    return try Content(plain: plain.span)
  }
}

/// Inflates a body to its plain length, at most 16 MiB.
private func inflated(_ body: [UInt8], count: Int) throws(BuktiError) -> [UInt8] {
  var failure: BuktiError?
  let plain = [UInt8](capacity: count) { out in
    unsafe out.withUnsafeMutableBufferPointer { buffer, initialized in
      let raw = UnsafeMutableRawBufferPointer(buffer)
      var span = unsafe OutputRawSpan(buffer: raw, initializedCount: 0)
      do throws(BuktiError) { try inflater.inflate(body.span.raw, into: &span) } catch {
        failure = error
      }
      initialized = failure == nil ? count : 0
    }
  }
  if let failure { throw failure }
  return plain
}

/// Idle zlib streams are kept in it.
private let inflater = ZlibDeflate()
