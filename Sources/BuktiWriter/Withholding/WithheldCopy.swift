import BuktiEngines
public import BuktiFormat
public import BuktiStore

/// Makes a copy of a bundle that lacks what a decision withholds (spec section 8.2).
///
/// Of a withheld frame state, CRC and length change and salt and body go; nothing else differs, so that chain,
/// tree and seals are those of the original. The copy is one volume, however many the original has.
public struct WithheldCopy {
  private static let pieceSize = 1 << 20

  private let reader: RecordReader
  private let target: any Storage
  private let progress: (UInt64) -> Void
  private let isCancelled: () -> Bool
  private let buffer = ChunkBuffer(WithheldCopy.pieceSize)

  /// - Parameters:
  ///   - source: the volumes of the bundle, its last record the seal over the decision.
  ///   - target: an empty storage.
  ///   - progress: told how many bytes of the source are done.
  ///   - isCancelled: asked often; true ends it.
  /// - Throws: `exists` where the target holds something; what reading volumes throws.
  public init(
    of source: BundleVolumes, to target: any Storage,
    progress: @escaping (UInt64) -> Void = { _ in }, isCancelled: @escaping () -> Bool = { false }
  ) throws(BuktiError) {
    guard try target.size() == 0 else {
      throw BuktiError(.exists, "There is something already where the copy should be.")
    }
    reader = RecordReader(source, sha256: LibcryptoSHA256(), deflate: FastDeflate())
    self.target = target
    self.progress = progress
    self.isCancelled = isCancelled
  }

  /// Writes the copy and makes it durable.
  ///
  /// - Throws: `damaged` where the bundle is not as the runs say; the codes of frames; `interrupted`;
  ///   `disk-full`, `io`, `dead`.
  public func write(without runs: [WithheldRun]) throws(BuktiError) {
    var preamble = ByteWriter()
    Preamble(volume: 0, bundleID: reader.volumes.bundleID, minor: reader.volumes.preamble.minor)
      .encode(into: &preamble)
    try target.append(preamble.bytes)
    var address = UInt64(Preamble.size)
    var number: UInt64 = 0
    for run in runs {
      address = try copyRecords(from: address, &number, until: run.first)
      address = try leaveOut(run, from: address)
      number += run.count
    }
    try copy(address..<reader.volumes.end)
    try target.sync()
  }

  /// Copies whole frames up to a record, and returns its address.
  private func copyRecords(
    from start: UInt64, _ number: inout UInt64, until first: UInt64
  ) throws(BuktiError) -> UInt64 {
    var address = start
    while number < first {
      let record = try record(at: address, number)
      address = record.end
      number += 1
    }
    try copy(start..<address)
    return address
  }

  /// Writes the bare frames of a run, and returns the address behind it.
  private func leaveOut(
    _ run: WithheldRun, from start: UInt64
  ) throws(BuktiError) -> UInt64 {
    var address = start
    var frames = ByteWriter()
    for number in run.first..<(run.first + run.count) {
      let record = try record(at: address, number)
      guard record.core.type.isWithholdable else {
        throw BuktiError(.withheldType, "A record of this type cannot be withheld.", record: number)
      }
      let header = FrameHeader(state: .withheld, core: record.core)
      header.encode(into: &frames)
      header.encodeTrailer(into: &frames)
      address = record.end
      if frames.count >= Self.pieceSize {
        try target.append(frames.bytes)
        frames = ByteWriter()
      }
    }
    try target.append(frames.bytes)
    return address
  }

  private func record(at address: UInt64, _ number: UInt64) throws(BuktiError) -> StoredRecord {
    let record = try reader.framed(at: address).record
    guard record.core.number == number else {
      throw BuktiError(
        .damaged, "Another record stands in the place of record \(number).", offset: address)
    }
    return record
  }

  private func copy(_ range: Range<UInt64>) throws(BuktiError) {
    var place = range.lowerBound
    while place < range.upperBound {
      if isCancelled() { throw BuktiError(.interrupted, "The copy is not whole.") }
      let room = unsafe buffer.room(Int(min(UInt64(buffer.count), range.upperBound - place)))
      let count = unsafe try reader.volumes.read(into: room, at: place)
      guard count > 0 else { throw BuktiError(.io, "The bundle became shorter.", offset: place) }
      unsafe try target.append([
        UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(room)[..<count])
      ])
      place += UInt64(count)
      progress(place)
    }
  }
}
