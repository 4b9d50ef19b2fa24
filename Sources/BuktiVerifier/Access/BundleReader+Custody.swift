public import BuktiFormat
public import BuktiStore

/// An event of custody and the number of its record, which is an attest where it is a detached half.
public struct CustodyEvent: Sendable, Hashable {
  public let record: UInt64
  public let event: Event
  /// Record number of the seal that a detached half is over.
  public let seal: UInt64?

  public init(record: UInt64, event: Event, seal: UInt64? = nil) {
    self.record = record
    self.event = event
    self.seal = seal
  }

  /// The size of the first seal that covers it.
  public var coveredFrom: UInt64 { seal ?? record + 1 }
}

extension BundleReader {
  /// The events that the seal covers and no session refused, in their order.
  ///
  /// Reads the whole index, and of the records only the events; who signed them is for the verifier.
  /// Those that a copy withholds are left out.
  /// - Throws: `index-mismatch`, `damaged`, the codes of frames and bodies, `io`.
  public func events() throws(BuktiError) -> [CustodyEvent] {
    let refused = try refused()
    var events: [CustodyEvent] = []
    for number in 0..<index.count {
      guard try index.row(number).type == .event,
        !refused.contains(number)
      else { continue }
      do throws(BuktiError) {
        events.append(
          CustodyEvent(record: number, event: try index.content(Event.self, of: number)))
      } catch {
        guard error.code == .withheld else { throw error }
      }
    }
    return events
  }

  /// The attests that the seal covers or that directly follow it, without those that sessions refused.
  ///
  /// - Throws: as `events()`.
  public func attests() throws(BuktiError) -> [StoredAttest] {
    try index.attests(notIn: refused())
  }

  /// The last hand-over that nobody has answered yet, going by what events and detached halves say (spec section
  /// 11.5); whether their signatures hold is for the verifier.
  ///
  /// - Throws: as `events()`.
  public func pendingRelease() throws(BuktiError) -> CustodyEvent? {
    var seen: Set<[UInt8]> = []
    var all = try events().map { (place: 2 * $0.record + 1, $0) }
    for stored in try attests() where stored.attest.kind == .custody {
      for value in stored.attest.values {
        guard let half = try? DetachedHalf(decoding: value.span),
          seen.insert(half.content).inserted
        else { continue }
        let seal = stored.attest.seal
        all.append(
          (2 * seal, CustodyEvent(record: stored.record, event: half.event, seal: seal)))
      }
    }
    all.sort { a, b in
      if a.place != b.place { return a.place < b.place }
      let (first, second) = (a.1.event.kind == .released, b.1.event.kind == .released)
      return first == second ? a.1.record < b.1.record : first
    }
    var open: [CustodyEvent] = []
    for (_, entry) in all {
      switch entry.event.kind {
      case .released: open.append(entry)
      case .received, .rejected: _ = open.popLast()
      default: break
      }
    }
    return open.last
  }
}
