import BuktiFormat
import BuktiStore

/// Bytes at the end of a bundle that no frame of its chain covers.
///
/// They are torn, as a loss of power leaves them, unless something stands behind them that can only
/// have been written once they were on stable storage: then they are damage.
struct TornEnd {
  private static let blockSize = 64 << 10

  let reader: RecordReader
  /// Where they begin.
  let start: UInt64
  /// Number and previous hash of the record that belongs there.
  let number: UInt64
  let previous: Hash

  /// - Throws: `damaged` where they are not torn; `io`, `dead`.
  func require() throws(BuktiError) {
    let mark = FrameHeader.mark
    var place = start + 1
    while place < reader.volumes.end {
      let block = try reader.volumes.read(Self.blockSize + mark.count - 1, at: place)
      let count = min(block.count, Self.blockSize)
      for offset in 0..<count where block[offset] == mark[0] {
        guard block[offset...].starts(with: mark),
          let record = try reader.candidate(at: place + UInt64(offset)),
          try provesDamage(record)
        else { continue }
        throw BuktiError(
          .damaged, "Records before this one are damaged: nothing is appended to the bundle.",
          offset: start, record: number)
      }
      place += UInt64(count)
    }
  }

  private func provesDamage(_ record: StoredRecord) throws(BuktiError) -> Bool {
    let core = record.core
    guard core.number >= number, try reader.hasPayload(of: record) else { return false }
    if core.type == .seal { return true }
    if core.number == number, core.previous == previous { return true }
    // A tail that another record follows: that one is written only after a sync.
    guard core.type == .tail, let next = try reader.candidate(at: record.end) else {
      return false
    }
    return next.core.previous == record.hash
  }
}
