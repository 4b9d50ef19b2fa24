public import BuktiFormat
import BuktiStore

/// An event of custody and the number of its record.
public struct CustodyEvent: Sendable, Hashable {
  public let record: UInt64
  public let event: Event

  public init(record: UInt64, event: Event) {
    self.record = record
    self.event = event
  }
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

  /// The last hand-over that nobody has answered yet, going by the events alone (spec section 11.5).
  ///
  /// - Throws: as `events()`.
  public func pendingRelease() throws(BuktiError) -> CustodyEvent? {
    var open: [CustodyEvent] = []
    for entry in try events() {
      switch entry.event.kind {
      case .released: open.append(entry)
      case .received, .rejected: _ = open.popLast()
      default: break
      }
    }
    return open.last
  }
}
