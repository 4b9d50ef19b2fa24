public import BuktiFormat

/// The sessions that a seal covers, and the records that they refuse ([B-SES-4]).
public struct SessionHistory: Sendable {
  /// Record numbers of the sessions in force one after the other, ascending; refused ones left out.
  public private(set) var sessions: [UInt64] = []
  public private(set) var refused = RecordRanges()

  /// Goes back from the session in force: the seal that a session extends has the one before in its tail.
  ///
  /// Sessions among adopted records were in force as well. The newest come first, since what a refused session
  /// refused is as if it had not come.
  /// - Throws: `damaged` where the sessions contradict each other; the codes of frames and bodies, `io`.
  public init(_ index: ProvenIndex) throws(BuktiError) {
    var walk = SessionWalk()
    var scan = SessionScan(index)
    var next: UInt64? = index.end.tail.state.session
    while let number = next {
      let session = try index.content(Session.self, of: number)
      // What it accounts for lies behind the seal that it extends, so that no record is looked at twice.
      let seal = session.extends?.size ?? 0
      try walk.take(session, number, after: seal)
      if let adopts = session.adopts {
        for adopted in try scan.newestFirst(in: adopts.first..<adopts.first + adopts.count) {
          if walk.isRefused(adopted) { continue }
          try walk.take(try index.content(Session.self, of: adopted), adopted, after: seal)
        }
      }
      next = nil
      if session.extends != nil {
        guard seal > 0 else { throw SessionWalk.contradiction(number) }
        let before = try index.content(Tail.self, of: seal - 1).state.session
        guard before < seal else { throw SessionWalk.contradiction(number) }
        next = before
      }
    }
    sessions = walk.sessions.reversed()
    refused = RecordRanges(walk.refused.reversed())
  }

  /// Which session a record belongs to, counted from 1; 0 before the first.
  public func ordinal(of record: UInt64) -> Int {
    sessions.partitioningIndex { $0 > record }
  }
}

/// What the sessions from the last one back say, as far as they count.
private struct SessionWalk {
  /// Descending, as are the ranges: a session refuses what directly precedes it.
  private(set) var sessions: [UInt64] = []
  private(set) var refused: [Range<UInt64>] = []

  /// Whether a session that counts refuses a record before all that were taken.
  func isRefused(_ number: UInt64) -> Bool { refused.last.map { $0.lowerBound <= number } ?? false }

  /// Takes a session that nobody refused.
  ///
  /// - Parameter seal: number of a seal before it that counts, so that it cannot have been refused.
  mutating func take(
    _ session: Session, _ number: UInt64, after seal: UInt64
  ) throws(BuktiError) {
    guard session.accounts(upTo: number) else { throw Self.contradiction(number) }
    sessions.append(number)
    guard let refuses = session.refuses else { return }
    guard refuses.first > seal else { throw Self.contradiction(number) }
    refused.append(refuses.first..<number)
  }

  static func contradiction(_ number: UInt64) -> BuktiError {
    BuktiError(.damaged, "The sessions contradict each other.", record: number)
  }
}

extension Session {
  /// Whether the records that it adopts, then those that it refuses, come behind the seal that it extends and directly
  /// before its own, as far as it tells by itself ([B-SES-2]).
  package func accounts(upTo number: UInt64) -> Bool {
    var end = number
    if let refuses {
      guard refuses.first < end, refuses.count == end - refuses.first else { return false }
      end = refuses.first
    }
    if let adopts {
      guard adopts.first < end, adopts.count == end - adopts.first else { return false }
      end = adopts.first
    }
    return extends.map { $0.size < end } ?? true
  }
}
