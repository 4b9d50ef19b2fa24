public import BuktiFormat

/// A seal and the tail before it, which prove each other (section 9.4).
///
/// What the seal signs is the tree over all records up to the tail. Who signed it is not judged here.
public struct SealedEnd: Sendable {
  public let sealRecord: StoredRecord
  public let seal: Seal
  public let tailRecord: StoredRecord
  public let tail: Tail
  /// What the seal signs.
  public let checkpoint: Checkpoint

  /// Bytes that this copy lacks before the tail.
  public var dropped: UInt64 { tail.logicalOffset - tailRecord.address }
}

extension RecordReader {
  /// Finds the last seal before an address that its tail proves; nil where there is none.
  ///
  /// Frames are found from their ends. Where that fails, as after a torn write, the bytes are searched
  /// backwards for the next frame; a frame found so is a candidate and counts only by its tail.
  /// - Parameter end: the end of the bundle unless told otherwise.
  /// - Throws: `damaged` where too many records look like seals and are none; `io`, `dead`.
  public func lastSeal(before end: UInt64? = nil) throws(BuktiError) -> SealedEnd? {
    var end = min(end ?? volumes.end, volumes.end)
    var failures = 0
    while let record = try lastFrame(before: end) {
      if record.core.type == .seal {
        do throws(BuktiError) { return try prove(record) } catch {
          // Each failure may cost a longest body, and a hostile file has many.
          failures += 1
          if error.isOfStorage { throw error }
          guard failures < Limits.maxCandidates else {
            throw BuktiError(.damaged, "Too many records look like seals and are none.")
          }
        }
      }
      end = record.address
    }
    return nil
  }

  /// Address behind the last frame that is right by itself: what follows may be half written.
  ///
  /// - Throws: `io`, `dead`.
  public func lastWholeEnd() throws(BuktiError) -> UInt64? {
    try lastFrame(before: volumes.end)?.end
  }

  /// Reads a seal and the tail before it, and compares the root that the seal states.
  ///
  /// - Throws: `seal-mismatch` where they do not belong together; the codes of frames and bodies.
  public func prove(_ record: StoredRecord) throws(BuktiError) -> SealedEnd {
    let seal = try content(Seal.self, of: record)
    let number = record.core.number
    let tailRecord = try self.record(endingAt: record.address)
    guard tailRecord.core.number &+ 1 == number, tailRecord.hash == record.core.previous else {
      throw BuktiError(.sealMismatch, "No tail stands before the seal.", record: number)
    }
    let tail = try content(Tail.self, of: tailRecord)
    guard var frontier = Frontier(count: tailRecord.core.number, hashes: tail.frontier) else {
      throw BuktiError(.tailMismatch, record: tailRecord.core.number)
    }
    frontier.append(tailRecord.hash, using: sha256)
    let checkpoint = Checkpoint(
      bundleID: volumes.bundleID, branch: tail.state.branch, size: number,
      root: frontier.root(using: sha256))
    guard checkpoint.encoded() == seal.checkpoint, tail.logicalOffset >= tailRecord.address else {
      throw BuktiError(.sealMismatch, "The seal is not over these records.", record: number)
    }
    return SealedEnd(
      sealRecord: record, seal: seal, tailRecord: tailRecord, tail: tail, checkpoint: checkpoint)
  }

  /// The frame that ends at an address, else the last one that lies before it.
  private func lastFrame(before end: UInt64) throws(BuktiError) -> StoredRecord? {
    do throws(BuktiError) { return try record(endingAt: end) } catch {
      if error.isOfStorage { throw error }
    }
    return try search(before: end)
  }

  /// Searches backwards for a frame that is right by itself.
  private func search(before end: UInt64) throws(BuktiError) -> StoredRecord? {
    let step: UInt64 = 1 << 16
    let mark = FrameHeader.mark
    var high = end
    while high > UInt64(Preamble.size), let index = volumes.index(at: high - 1) {
      let first = volumes.volumes[index].start + UInt64(Preamble.size)
      let low = max(first, high > step ? high - step : 0)
      // A mark may begin before `high` and end behind it. Of a file that was cut meanwhile less is there.
      let bytes = try volumes.read(Int(high - low) + mark.count - 1, at: low)
      var place = min(Int(high - low), bytes.count) - 1
      while place >= 0 {
        if bytes[place] == mark[0], bytes[place...].starts(with: mark),
          let record = try candidate(at: low + UInt64(place)), record.end <= end
        {
          return record
        }
        place -= 1
      }
      high = low
    }
    return nil
  }
}
