public import BuktiFormat

/// The sessions that a seal covers, and the records that they refuse ([B-SES-4]).
public struct SessionHistory: Sendable {
  /// Record numbers of the sessions in force one after the other, ascending; refused ones left out.
  public private(set) var sessions: [UInt64] = []
  public private(set) var refused = RecordRanges()

  /// Goes back from the session in force: the seal that a session extends has the one before in its tail.
  ///
  /// - Throws: `damaged` where the sessions contradict each other; the codes of frames and bodies, `io`.
  public init(_ index: ProvenIndex) throws(BuktiError) {
    var refused: [Range<UInt64>] = []
    var next: UInt64? = index.end.tail.state.session
    while let number = next {
      let session = try index.content(Session.self, of: number)
      try take(session, number, &refused)
      if let adopts = session.adopts { try adopt(adopts, before: number, in: index, &refused) }
      next = nil
      if let extends = session.extends {
        guard extends.size > 0, extends.size < number else { throw Self.contradiction(number) }
        let tail = try index.content(Tail.self, of: extends.size - 1)
        guard tail.state.session < number else { throw Self.contradiction(number) }
        next = tail.state.session
      }
    }
    sessions.sort()
    refused.sort { $0.lowerBound < $1.lowerBound }
    let isOrdered = zip(refused, refused.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound }
    guard isOrdered else { throw Self.contradiction(index.end.tail.state.session) }
    self.refused = RecordRanges(refused)
    sessions.removeAll { self.refused.contains($0) }
  }

  private mutating func take(
    _ session: Session, _ number: UInt64, _ refused: inout [Range<UInt64>]
  ) throws(BuktiError) {
    sessions.append(number)
    guard let refuses = session.refuses else { return }
    guard refuses.first < number, refuses.count <= number - refuses.first else {
      throw Self.contradiction(number)
    }
    refused.append(refuses.first..<(refuses.first + refuses.count))
  }

  /// Sessions among adopted records were in force as well, and what they refused stays refused.
  private mutating func adopt(
    _ adopts: Adopts, before number: UInt64, in index: ProvenIndex, _ refused: inout [Range<UInt64>]
  ) throws(BuktiError) {
    guard adopts.first < number, adopts.count <= number - adopts.first else {
      throw Self.contradiction(number)
    }
    for adopted in adopts.first..<(adopts.first + adopts.count) {
      guard try index.row(adopted).type == .session else { continue }
      try take(try index.content(Session.self, of: adopted), adopted, &refused)
    }
  }

  /// Which session a record belongs to, counted from 1; 0 before the first.
  public func ordinal(of record: UInt64) -> Int {
    sessions.partitioningIndex { $0 > record }
  }

  private static func contradiction(_ number: UInt64) -> BuktiError {
    BuktiError(.damaged, "The sessions contradict each other.", record: number)
  }
}
