package import BuktiFormat

/// Memory for the bytes of one frame after the other.
///
/// Fresh memory for each would cost more than reading into it: the system clears every page of it.
package struct WholeFrame: Sendable {
  private var bytes: [UInt8] = []
  /// How many of them are of the frame that was read last.
  private var count = 0

  package init() {}

  /// In bytes, as long as it is kept.
  package var capacity: Int { bytes.count }

  /// Reads on from an address until `wanted` bytes of the frame are there, fewer only at the end of its volume.
  fileprivate mutating func fill(
    to wanted: Int, from address: UInt64, in volumes: BundleVolumes
  ) throws(BuktiError) {
    guard wanted > count else { return }
    if bytes.count < wanted {
      // What is there already is a header at most: a frame is read in one go, or in two.
      let more = max(wanted, Self.least) - bytes.count
      bytes += [UInt8](repeating: 0, count: more)
    }
    let (start, place) = (count, address + UInt64(count))
    var failure: BuktiError?
    let read = unsafe bytes.withUnsafeMutableBytes { buffer in
      let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[start..<wanted])
      do throws(BuktiError) { return unsafe try volumes.read(into: rest, at: place) } catch {
        failure = error
        return 0
      }
    }
    if let failure { throw failure }
    count += read
  }

  fileprivate mutating func forget() { count = 0 }

  /// The bytes of a range, as far as they are there.
  fileprivate func part(_ range: Range<Int>) -> ArraySlice<UInt8> {
    bytes[min(range.lowerBound, count)..<min(range.upperBound, count)]
  }

  /// Room for a chunk of the usual size that does not shrink.
  private static let least = 264 << 10
}

extension RecordReader {
  /// Reads a whole frame, as `record(at:)` reads its ends.
  ///
  /// - Parameters:
  ///   - length: of the frame in bytes, as far as somebody knows it; the storage is asked once if it is right.
  ///   - frame: what it held before is gone.
  /// - Throws: as `record(at:)`; `frame-truncated` where a volume has become shorter meanwhile.
  package func record(
    at address: UInt64, length: UInt64, into frame: inout WholeFrame
  ) throws(BuktiError) -> StoredRecord {
    let remaining = try remaining(at: address)
    frame.forget()
    do throws(BuktiError) {
      let most = UInt64(FrameHeader.overhead + FrameHeader.saltSize) + Limits.maxPlainLength
      let expected = min(max(length, UInt64(FrameHeader.size)), most, remaining)
      try frame.fill(to: Int(expected), from: address, in: volumes)
      let (header, defect) = try judged(frame.part(0..<FrameHeader.size).span, remaining)
      // It was checked: a frame is a little more than 16 MiB at most.
      let end = Int(header.frameLength)
      try frame.fill(to: end, from: address, in: volumes)
      let trailer = frame.part((end - FrameHeader.trailerSize)..<end)
      let record = try stored(header, at: address, trailer: trailer.span)
      if let defect { throw defect }
      return record
    } catch {
      throw error.at(offset: address)
    }
  }

  /// Decodes the plain bytes of the record that a frame holds.
  ///
  /// - Parameter plain: memory that is used again; afterwards it holds the plain bytes and no others.
  /// - Throws: as `plain(of:)`.
  package func plain(
    of record: StoredRecord, in frame: borrowing WholeFrame, into plain: inout [UInt8]
  ) throws(BuktiError) {
    try requirePresent(record)
    let begin = FrameHeader.size + FrameHeader.saltSize
    let end = Int(record.header.frameLength) - FrameHeader.trailerSize
    let salt = frame.part(FrameHeader.size..<begin)
    let body = frame.part(begin..<max(begin, end))
    guard begin + body.count == end, salt.count == FrameHeader.saltSize else {
      throw BuktiError(.frameTruncated, offset: record.address, record: record.core.number)
    }
    try checkPayload(of: record, salt: salt.span, body: body.span.raw)
    let count = Int(record.core.plainLength)
    switch record.core.codec {
    case .zeroRun:
      plain.resize(to: 0)
      plain.resize(to: count)
    case .deflate:
      plain.resize(to: count)
      try inflate(body, of: record, into: &plain)
    default: plain.replaceSubrange(plain.indices, with: body)
    }
  }

  private func inflate(
    _ body: ArraySlice<UInt8>, of record: StoredRecord, into plain: inout [UInt8]
  ) throws(BuktiError) {
    var failure: BuktiError?
    let count = unsafe plain.withUnsafeMutableBytes { target in
      do throws(BuktiError) {
        return unsafe try inflate(body.span.raw, of: record, into: target)
      } catch {
        failure = error
        return 0
      }
    }
    if let failure { throw failure }
    plain.resize(to: count)
  }
}

extension [UInt8] {
  /// Cuts it or appends zeros where the memory is enough; else the bytes are all zeros.
  fileprivate mutating func resize(to count: Int) {
    if count <= self.count { return removeLast(self.count - count) }
    if count > capacity { return self = [UInt8](repeating: 0, count: count) }
    append(contentsOf: repeatElement(0, count: count - self.count))
  }
}
