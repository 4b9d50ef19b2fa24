import BuktiFormat
import BuktiStore

/// The sessions that led to the last seal, one part of the bundle after the other, from the last.
struct SealedParts {
  /// What one session answers for, and the last seal by which it does.
  struct Part {
    let record: UInt64
    let session: Session
    /// Number of the seal that the next session extends, or of the last seal.
    let seal: UInt64
  }

  private(set) var parts: [Part] = []

  /// Goes back until a part says something of record `number`.
  ///
  /// - Throws: `damaged` where the sessions contradict each other; the codes of frames and bodies, `io`.
  init(_ index: ProvenIndex, until number: UInt64) throws(BuktiError) {
    var next: (seal: UInt64, session: UInt64)? = (
      index.end.sealRecord.core.number, index.end.tail.state.session
    )
    while let (seal, record) = next {
      let session = try index.content(Session.self, of: record)
      parts.append(Part(record: record, session: session, seal: seal))
      next = nil
      if place(of: number) != nil { return }
      guard let size = session.extends?.size else { return }
      guard size > 0, size < record else { throw Self.contradiction(record) }
      let tail = try index.content(Tail.self, of: size - 1)
      guard tail.state.session < size else { throw Self.contradiction(record) }
      next = (size, tail.state.session)
    }
  }

  /// Place of the part that says something of a record; nil where none does.
  func place(of number: UInt64) -> Int? {
    parts.firstIndex { $0.says(number) }
  }

  /// Place of the part by whose session a seal is; nil for one that is adopted or refused, or further back.
  func place(ofSeal number: UInt64) -> Int? {
    parts.firstIndex { $0.record < number && number <= $0.seal }
  }

  private static func contradiction(_ number: UInt64) -> BuktiError {
    BuktiError(.damaged, "The sessions contradict each other.", record: number)
  }
}

extension SealedParts.Part {
  /// Whether it is the part's own record, or one that its session refuses or adopts.
  fileprivate func says(_ number: UInt64) -> Bool {
    if number > record { return number < seal }
    let refused = session.refuses.map { $0.first <= number && number - $0.first < $0.count }
    let adopted = session.adopts.map { $0.first <= number && number - $0.first < $0.count }
    return refused ?? false || adopted ?? false
  }
}
