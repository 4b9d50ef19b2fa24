import BuktiFormat

/// Takes the bytes of one item from front to back and writes its data and gap records.
final class ItemStream {
  /// The id of the item.
  let id: UInt64
  /// Bytes taken so far: the end reached.
  private(set) var end: UInt64
  /// What is missing of it.
  private(set) var lost: LostRanges
  private let log: RecordLog
  private let digests: DigestSet
  /// Zeros taken and not written yet, so that one record can hold many chunks of them.
  private var zeros: UInt64 = 0
  /// A gap taken and not written yet, so that unreadable blocks side by side become one.
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
  }

  /// Takes up to 16 MiB that were read.
  /// - Throws: `disk-full`, `io`, `dead`, `usage` beyond the end that items may have.
  func take(_ chunk: RawSpan) throws(BuktiError) {
    if chunk.byteCount == 0 { return }
    let count = UInt64(chunk.byteCount)
    switch log.encoder.encode(chunk) {
    case .zeros: return try takeZeros(count)
    case .stored: try write(.stored, chunk, plainLength: count)
    case .deflated(let body): try write(.deflate, body.span.raw, plainLength: count)
    }
    digests.update(chunk)
  }

  /// Takes zeros that need not be read: a hole.
  func takeZeros(_ count: UInt64) throws(BuktiError) {
    try reach(count)
    try flushGap()
    digests.updateZeros(count)
    zeros += count
    end += count
    while zeros >= Limits.maxPlainLength { try flushZeros(Limits.maxPlainLength) }
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

  private func take(_ next: Gap) throws(BuktiError) {
    if next.length == 0 { return }
    try reach(next.length)
    try flushZeros(zeros)
    digests.updateZeros(next.length)
    if let before = gap, before.errno == next.errno, before.attempts == next.attempts,
      before.reason == next.reason
    {
      gap?.length += next.length
    } else {
      try flushGap()
      gap = next
    }
    end += next.length
  }

  /// Whether something was taken that no record holds yet.
  var isWaiting: Bool { zeros > 0 || gap != nil }

  /// Writes what waits and returns the digests of all that was taken.
  func finish() throws(BuktiError) -> Digests {
    try flush()
    return digests.values()
  }

  /// Writes what waits, so that a mark tells how far the item got.
  func flush() throws(BuktiError) {
    try flushZeros(zeros)
    try flushGap()
  }

  private func write(
    _ codec: Codec, _ body: RawSpan, plainLength: UInt64
  ) throws(BuktiError) {
    try reach(plainLength)
    try flush()
    try log.appendData(codec, of: id, at: end, plainLength: plainLength, body: body)
    end += plainLength
  }

  private func flushZeros(_ count: UInt64) throws(BuktiError) {
    if count == 0 { return }
    try log.appendData(
      .zeroRun, of: id, at: end - zeros, plainLength: count, body: RawSpan())
    zeros -= count
  }

  private func flushGap() throws(BuktiError) {
    guard let gap else { return }
    let start = end - gap.length
    try log.append(gap, of: id, at: start)
    lost.add(
      LostRange(
        range: start..<end, errno: gap.errno, attempts: gap.attempts, reason: gap.reason))
    self.gap = nil
  }

  private func reach(_ count: UInt64) throws(BuktiError) {
    guard end <= Limits.maxItemEnd, count <= Limits.maxItemEnd - end else {
      throw BuktiError(.usage, "An item ends below 2^56 bytes.")
    }
  }
}
