public import BuktiFormat

/// A frame as it stands in a volume, right by itself: checks 1 to 19 of section 4.1 hold.
///
/// Whether it belongs to the bundle is for chain or tree to say.
public struct StoredRecord: Sendable {
  /// Address of the frame in the run of all volumes.
  public let address: UInt64
  public let header: FrameHeader
  /// The record hash.
  public let hash: Hash

  public var core: Core { header.core }

  /// Address of the frame behind it.
  public var end: UInt64 { address + header.frameLength }
}

/// Reads single records of a bundle, by address.
public struct RecordReader: Sendable {
  public let volumes: BundleVolumes
  public let sha256: any SHA256Engine
  public let deflate: any DeflateEngine

  public init(
    _ volumes: BundleVolumes, sha256: any SHA256Engine, deflate: any DeflateEngine
  ) {
    self.volumes = volumes
    self.sha256 = sha256
    self.deflate = deflate
  }

  /// Opens the volumes, and leaves out the torn bytes that later volumes account for ([B-SES-7]).
  ///
  /// - Throws: `preamble-truncated`, `preamble-magic`, `preamble-version`, `volume-mismatch`, `io`.
  public init(
    opening storages: [any Storage], sha256: any SHA256Engine, deflate: any DeflateEngine
  ) throws(BuktiError) {
    let whole = RecordReader(try BundleVolumes(storages), sha256: sha256, deflate: deflate)
    var torn = [UInt64](repeating: 0, count: storages.count)
    for (number, volume) in whole.volumes.volumes.enumerated().dropFirst() {
      let first = volume.start + UInt64(Preamble.size)
      guard let record = try? whole.record(at: first), record.core.type == .session,
        let account = (try? whole.content(Session.self, of: record))?.torn,
        account.volume == UInt64(number - 1)
      else { continue }
      torn[number - 1] = account.count
    }
    let volumes = try BundleVolumes(storages, torn: torn)
    self.init(volumes, sha256: sha256, deflate: deflate)
  }
}

extension RecordReader {
  /// Reads the header at an address, and the frame's trailer.
  ///
  /// - Throws: the code of the first of checks 1 to 19 that fails; `io`.
  public func record(at address: UInt64) throws(BuktiError) -> StoredRecord {
    let (record, defect) = try framed(at: address)
    if let defect { throw defect }
    return record
  }

  /// Reads the same, and gives a frame whose end is known even if its core is wrong, with what checks 6 to 16
  /// say: a record of a later version is a record all the same ([B-DMG-2]).
  ///
  /// - Throws: the code of the first of checks 1 to 5, 12 and 17 to 19 that fails; `io`.
  public func framed(
    at address: UInt64
  ) throws(BuktiError) -> (record: StoredRecord, defect: BuktiError?) {
    let remaining = try remaining(at: address)
    do throws(BuktiError) {
      let bytes = try volumes.read(FrameHeader.size, at: address)
      let (header, defect) = try judged(bytes.span, remaining)
      let end = address + header.frameLength
      let trailer = try volumes.read(
        FrameHeader.trailerSize, at: end - UInt64(FrameHeader.trailerSize))
      return (try stored(header, at: address, trailer: trailer.span), defect)
    } catch {
      throw error.at(offset: address)
    }
  }

  /// Bytes from a frame's start to the end of its volume.
  func remaining(at address: UInt64) throws(BuktiError) -> UInt64 {
    guard let index = volumes.index(at: address) else {
      throw BuktiError(.frameTruncated, "There is no frame behind the end.", offset: address)
    }
    return volumes.volumes[index].end - address
  }

  /// Checks 1 to 17 on the first bytes of a frame, and what 6 to 16 say.
  func judged(
    _ bytes: Span<UInt8>, _ remaining: UInt64
  ) throws(BuktiError) -> (header: FrameHeader, defect: BuktiError?) {
    try FrameHeader.checkRemaining(remaining)
    let header = try FrameHeader(decoding: bytes)
    var defect: BuktiError?
    do throws(BuktiError) { try header.check() } catch { defect = error }
    try header.checkEnd(remaining: remaining)
    return (header, defect)
  }

  /// Checks 18 and 19.
  func stored(
    _ header: FrameHeader, at address: UInt64, trailer: Span<UInt8>
  ) throws(BuktiError) -> StoredRecord {
    try header.checkTrailer(trailer)
    guard header.core.bundleID == volumes.bundleID else { throw BuktiError(.coreBundleID) }
    return StoredRecord(address: address, header: header, hash: sha256.recordHash(header.core))
  }

  /// Reads the header of the frame that ends at an address, as the length at its end leads back.
  ///
  /// - Throws: as `record(at:)`, and where no frame ends there.
  public func record(endingAt end: UInt64) throws(BuktiError) -> StoredRecord {
    let size = UInt64(FrameHeader.trailerSize)
    let least = UInt64(FrameHeader.overhead)
    let most = least + UInt64(FrameHeader.saltSize) + Limits.maxPlainLength
    guard end >= size + UInt64(Preamble.size) else { throw BuktiError(.frameTruncated) }
    var reader = try volumes.read(Int(size), at: end - size)[...]
    var length: UInt64 = 0
    while let byte = reader.popFirst() { length = length << 8 | UInt64(byte) }
    guard least...most ~= length, length <= end - UInt64(Preamble.size),
      volumes.index(at: end - length) == volumes.index(at: end - 1)
    else { throw BuktiError(.frameLength, offset: end - size) }
    let record = try record(at: end - length)
    guard record.end == end else { throw BuktiError(.frameLength, offset: record.address) }
    return record
  }

  /// The record at an address if a frame stands there that is right by itself; nil if none does.
  ///
  /// - Throws: `io`, `dead`.
  public func candidate(at address: UInt64) throws(BuktiError) -> StoredRecord? {
    do throws(BuktiError) { return try record(at: address) } catch {
      if error.isOfStorage { throw error }
      return nil
    }
  }

  /// Whether salt and body have the digest that the core states; a withheld frame has nothing to compare.
  ///
  /// Reads piece by piece, so that it takes no more memory for a longest body.
  /// - Throws: `io`, `dead`.
  public func hasPayload(of record: StoredRecord) throws(BuktiError) -> Bool {
    if record.header.state == .withheld { return true }
    var place = record.address + UInt64(FrameHeader.size)
    let end = record.end - UInt64(FrameHeader.trailerSize)
    let salt = try volumes.read(FrameHeader.saltSize, at: place)
    guard salt.count == FrameHeader.saltSize else { return false }
    let digest = sha256.startPayload(salt: salt.span)
    place += UInt64(FrameHeader.saltSize)
    while place < end {
      let piece = try volumes.read(Int(min(end - place, Self.pieceSize)), at: place)
      if piece.isEmpty { return false }
      digest.update(piece.span.raw)
      place += UInt64(piece.count)
    }
    return digest.digest() == record.core.payloadDigest
  }

  private static var pieceSize: UInt64 { 256 << 10 }

  /// Reads salt and body of a record, and compares them with their digest.
  ///
  /// - Throws: `withheld` where they are not in this copy; `payload-digest`, `io`.
  public func payload(of record: StoredRecord) throws(BuktiError) -> [UInt8] {
    let (salt, body) = try parts(of: record)
    return salt + body
  }

  /// The salt and the body, in memory of its own, so that no copy is needed to use it.
  private func parts(
    of record: StoredRecord
  ) throws(BuktiError) -> (salt: [UInt8], body: [UInt8]) {
    try requirePresent(record)
    // The header was checked: a stored length is 16 at least and 16 MiB and 16 at most.
    let begin = record.address + UInt64(FrameHeader.size)
    let salt = try volumes.read(FrameHeader.saltSize, at: begin)
    let body = try volumes.read(
      Int(record.core.storedLength) - FrameHeader.saltSize,
      at: begin + UInt64(FrameHeader.saltSize))
    guard salt.count + body.count == Int(record.core.storedLength) else {
      throw BuktiError(.frameTruncated, offset: record.address, record: record.core.number)
    }
    try checkPayload(of: record, salt: salt.span, body: body.span.raw)
    return (salt, body)
  }

  func requirePresent(_ record: StoredRecord) throws(BuktiError) {
    guard record.header.state == .present else {
      let number = record.core.number
      throw BuktiError(
        .withheld, "Record \(number) is withheld in this copy.", offset: record.address,
        record: number)
    }
  }

  func checkPayload(
    of record: StoredRecord, salt: Span<UInt8>, body: RawSpan
  ) throws(BuktiError) {
    do throws(BuktiError) {
      try record.header.checkPayload(salt: salt, body: body, using: sha256)
    } catch {
      throw error.at(offset: record.address, record: record.core.number)
    }
  }

  /// Reads and decodes the plain bytes of a record.
  ///
  /// - Throws: `withheld`, `payload-digest`, `deflate-invalid`, `deflate-trailing`,
  ///   `deflate-length`, `io`.
  public func plain(of record: StoredRecord) throws(BuktiError) -> [UInt8] {
    let body = try parts(of: record).body
    let count = Int(record.core.plainLength)
    switch record.core.codec {
    case .zeroRun: return [UInt8](repeating: 0, count: count)
    case .deflate: break
    default: return body
    }
    var failure: BuktiError?
    let plain = [UInt8](capacity: count) { out in
      unsafe out.withUnsafeMutableBufferPointer { buffer, initialized in
        let target = UnsafeMutableRawBufferPointer(buffer)
        do throws(BuktiError) {
          initialized = unsafe try inflate(body.span.raw, of: record, into: target)
        } catch {
          failure = error
        }
      }
    }
    if let failure { throw failure }
    return plain
  }

  /// Inflates the body of a record, and returns how many bytes came out.
  func inflate(
    _ body: RawSpan, of record: StoredRecord, into target: UnsafeMutableRawBufferPointer
  ) throws(BuktiError) -> Int {
    var raw = unsafe OutputRawSpan(buffer: target, initializedCount: 0)
    do throws(BuktiError) {
      try deflate.inflate(body, into: &raw)
    } catch {
      throw error.at(offset: record.address, record: record.core.number)
    }
    return unsafe raw.finalize(for: target)
  }

  /// Reads a record of a type that the caller expects.
  ///
  /// - Throws: as `plain(of:)`; `schema-type` for another type; the codes of sections 7.1 and 7.2.
  public func content<T: RecordContent>(
    _ type: T.Type, of record: StoredRecord
  ) throws(BuktiError) -> T {
    guard record.core.type == T.type else {
      throw BuktiError(
        .schemaType, "Record \(record.core.number) is no \(T.type).", record: record.core.number)
    }
    let plain = try plain(of: record)
    do throws(BuktiError) { return try T(plain: plain.span) } catch {
      throw error.at(record: record.core.number)
    }
  }
}

extension BuktiError {
  /// Whether a storage failed, which says nothing about the bytes in it.
  public var isOfStorage: Bool { code == .io || code == .dead }
}
