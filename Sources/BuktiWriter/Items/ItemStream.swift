import BuktiFormat

/// Takes the bytes of one item from front to back and writes its data and gap records.
///
/// What is taken is written later, in its turn; see `Pipeline`.
final class ItemStream {
  /// So many zeros of a hole are taken at once, so that somebody who interrupts does not wait for terabytes.
  static let holeStep: UInt64 = 1 << 30

  /// The id of the item.
  let id: UInt64
  /// Bytes taken so far: the end reached.
  private(set) var end: UInt64
  /// What is missing of it, as far as that is written.
  private(set) var lost: LostRanges
  let digests: DigestSet
  private let log: RecordLog
  /// Bytes that records hold, or that wait below.
  private var written: UInt64
  /// Zeros that no record holds yet, so that one can hold many chunks of them.
  private var zeros: UInt64 = 0
  /// A gap that no record holds yet, so that unreadable blocks side by side become one.
  private var gap: Gap?

  /// - Parameters:
  ///   - end: what the item has already, when it is resumed.
  ///   - lost: what is missing of that.
  init(
    id: UInt64, log: RecordLog, digests: DigestSet, end: UInt64 = 0,
    lost: LostRanges = LostRanges()
  ) {
    self.id = id
    self.lost = lost
    self.end = end
    self.log = log
    self.digests = digests
    written = end
  }

  /// Memory to read up to `count` bytes of the next chunk into.
  func room(_ count: Int) -> UnsafeMutableRawBufferPointer { unsafe log.pipeline.room(count) }

  /// Takes the first bytes of what `room` lent.
  /// - Throws: `disk-full`, `io`, `dead`, `usage` beyond the end that items may have.
  func take(filled count: Int) throws(BuktiError) {
    if count == 0 { return }
    try reach(UInt64(count))
    try log.pipeline.take(chunk: count, of: self)
  }

  /// Takes zeros that need not be read: a hole.
  func takeZeros(_ count: UInt64) throws(BuktiError) {
    try reach(count)
    try log.pipeline.take(.zeros(self, count), digesting: (self, count))
  }

  /// Takes a range that could not be read.
  ///
  /// - Parameter attempts: how often it was tried, at least once.
  func takeUnreadable(_ count: UInt64, errno: Int32, attempts: UInt64) throws(BuktiError) {
    try take(
      .unreadable(length: count, errno: UInt64(max(1, errno)), attempts: max(1, attempts)))
  }

  /// Takes a range that nobody tried to read.
  func takeNotAttempted(_ count: UInt64, reason: String) throws(BuktiError) {
    try take(.notAttempted(length: count, reason: reason))
  }

  private func take(_ gap: Gap) throws(BuktiError) {
    if gap.length == 0 { return }
    try reach(gap.length)
    try log.pipeline.take(.gap(self, gap), digesting: (self, gap.length))
  }

  /// Whether something was taken that no record holds yet.
  var isWaiting: Bool { zeros > 0 || gap != nil || !log.pipeline.isEmpty }

  /// Writes what waits and returns the digests of all that was taken.
  func finish() throws(BuktiError) -> Digests {
    try flush()
    return digests.values()
  }

  /// Writes what waits, so that a mark tells how far the item got.
  func flush() throws(BuktiError) {
    try log.pipeline.drain()
    try writeWaiting()
  }

  private func reach(_ count: UInt64) throws(BuktiError) {
    guard end <= Limits.maxItemEnd, count <= Limits.maxItemEnd - end else {
      throw BuktiError(.usage, "An item ends below 2^56 bytes.")
    }
    end += count
  }
}

// Writing, which the pipeline asks for in the order in which things were taken.
extension ItemStream {
  /// - Parameter body: of the chunk, as it is stored.
  func write(_ chunk: Chunk, _ body: RawSpan) throws(BuktiError) {
    let count = UInt64(chunk.range.count)
    if chunk.encoded == .zeros { return try write(zeros: count) }
    try writeWaiting()
    try log.appendData(chunk, of: id, at: written, body: body)
    written += count
    try log.keepIfDue(self)
  }

  func write(zeros count: UInt64) throws(BuktiError) {
    try writeGap()
    zeros += count
    written += count
    while zeros >= Limits.maxPlainLength { try writeZeros(Limits.maxPlainLength) }
    try log.keepIfDue(self)
  }

  func write(_ next: Gap) throws(BuktiError) {
    try writeZeros(zeros)
    if let gap, gap.errno == next.errno, gap.attempts == next.attempts, gap.reason == next.reason {
      self.gap?.length += next.length
    } else {
      try writeGap()
      gap = next
    }
    written += next.length
    try log.keepIfDue(self)
  }

  private func writeWaiting() throws(BuktiError) {
    try writeZeros(zeros)
    try writeGap()
  }

  private func writeZeros(_ count: UInt64) throws(BuktiError) {
    if count == 0 { return }
    try log.appendZeros(count, of: id, at: written - zeros)
    zeros -= count
  }

  private func writeGap() throws(BuktiError) {
    guard let gap else { return }
    let start = written - gap.length
    try log.append(gap, of: id, at: start)
    lost.add(
      LostRange(
        range: start..<written, errno: gap.errno, attempts: gap.attempts, reason: gap.reason))
    self.gap = nil
  }
}
