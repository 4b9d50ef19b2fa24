import BuktiFormat

/// The state before each record at which a refusal may begin ([B-SES-3]).
struct StateHistory {
  private struct Entry {
    let record: UInt64
    /// A session, or directly after a tail or a seal; else only the base of a seal.
    let isMark: Bool
    let state: OrderState
  }

  private var entries: [Entry] = []

  mutating func keep(_ state: OrderState, before record: UInt64, isMark: Bool) {
    entries.append(Entry(record: record, isMark: isMark, state: state))
  }

  /// Whether a refusal may begin at `record`.
  func allows(_ record: UInt64, base: UInt64) -> Bool {
    record == base || find(record).map { entries[$0].isMark } == true
  }

  /// The state before `record`, lost or not; nil where none is kept.
  func state(before record: UInt64) -> OrderState? {
    find(record).map { entries[$0].state }
  }

  mutating func removeAll() { entries = [] }

  private func find(_ record: UInt64) -> Int? {
    let place = entries.partitioningIndex { $0.record >= record }
    return place < entries.count && entries[place].record == record ? place : nil
  }
}
