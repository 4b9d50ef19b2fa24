import BuktiFormat
import BuktiStore

/// Finds the last seal from the end of a bundle, however the end looks.
struct EndSearch {
  private static let blockSize = 64 << 10

  let reader: FrameReader
  let acceptance: Acceptance

  /// What the search came to.
  enum Outcome {
    case sealed(SealedBase, signers: [Hash], because: AcceptedBecause)
    /// There is no seal: everything must be read from the first record on.
    case none
  }

  /// Goes back to the last seal that is accepted.
  ///
  /// - Throws: `untrusted-seal` where the last seal is by somebody else, unless the acceptance goes back;
  ///   `damaged` where too many places look like frames; `io`.
  func run() throws(BuktiError) -> Outcome {
    var cursor = try whole(endingAt: reader.size)
    if cursor == nil { cursor = try search(before: reader.size) }
    while let frame = cursor {
      if let base = try reader.base(frame) {
        if let accepted = acceptance.judge(base.seal) {
          return .sealed(base, signers: accepted.signers, because: accepted.because)
        }
        if !acceptance.goesBack { throw Self.untrusted(frame.core.number) }
      }
      if frame.core.number == 0, frame.start == UInt64(Preamble.size) { return .none }
      cursor = try reader.frame(before: frame)
      if cursor == nil { cursor = try search(before: frame.start) }
    }
    return .none
  }

  static func untrusted(_ number: UInt64) -> BuktiError {
    BuktiError(
      .untrustedSeal,
      "The last seal is by nobody you accept: confirm its signer, or go back to an earlier seal.",
      record: number)
  }

  private func whole(endingAt end: UInt64) throws(BuktiError) -> FoundFrame? {
    guard let frame = try reader.frame(endingAt: end), try reader.hasPayload(frame) else {
      return nil
    }
    return frame
  }

  /// The last whole frame that begins before a place, by its sync mark.
  private func search(before end: UInt64) throws(BuktiError) -> FoundFrame? {
    var failures = 0
    var high = end
    while high > UInt64(Preamble.size) {
      let low = max(UInt64(Preamble.size), high - min(high, UInt64(Self.blockSize)))
      // The mark may begin in this block and end in the one after it.
      let block = try reader.bytes(Int(high - low) + FrameHeader.mark.count - 1, at: low)
      for place in (0..<Int(high - low)).reversed() {
        guard Self.hasMark(block, at: place),
          let frame = try reader.candidate(at: low + UInt64(place)), frame.end <= end
        else { continue }
        if try reader.hasPayload(frame) { return frame }
        failures += 1
        guard failures < Limits.maxCandidates else {
          throw BuktiError(.damaged, "Too many places look like frames and are none.")
        }
      }
      high = low
    }
    return nil
  }

  /// Judges bytes from `start` to the end of the volume, where no frame goes on the chain.
  ///
  /// They are torn, as a loss of power leaves them, unless something stands behind them that can only
  /// have been written once they were on stable storage: then they are damage.
  /// - Throws: `damaged`; `io`.
  func requireTorn(
    from start: UInt64, number: UInt64, previous: Hash
  ) throws(BuktiError) {
    var place = start + 1
    while place < reader.size {
      let block = try reader.bytes(Self.blockSize + FrameHeader.mark.count - 1, at: place)
      let count = min(block.count, Self.blockSize)
      for offset in 0..<count where Self.hasMark(block, at: offset) {
        guard let frame = try reader.candidate(at: place + UInt64(offset)),
          frame.core.number >= number, try reader.hasPayload(frame)
        else { continue }
        let isNext = frame.core.number == number && frame.core.previous == previous
        let isFollowed = try self.isFollowed(frame)
        if isNext || isFollowed || frame.core.type == .seal {
          throw BuktiError(
            .damaged, "Records before this one are damaged: nothing is appended to the bundle.",
            offset: start, record: number)
        }
      }
      place += UInt64(count)
    }
  }

  private static func hasMark(_ block: [UInt8], at place: Int) -> Bool {
    block[place] == FrameHeader.mark[0] && block[place...].starts(with: FrameHeader.mark)
  }

  /// Whether a frame is a tail that another record follows, which is written only after a sync.
  private func isFollowed(_ frame: FoundFrame) throws(BuktiError) -> Bool {
    guard frame.core.type == .tail, let next = try reader.candidate(at: frame.end) else {
      return false
    }
    return next.core.previous == frame.hash
  }
}
