/// Values under record numbers, of which one that was not used of late can be found to make room.
///
/// A hand goes round: what was used since it last came by is passed over once. Nothing is shifted.
package struct ClockCache<Value> {
  private struct Slot {
    let record: UInt64
    var value: Value
    var isUsed = false
  }

  private var slots: [Slot] = []
  private var places: [UInt64: Int] = [:]
  private var hand = 0

  package init() {}

  package var count: Int { slots.count }

  package mutating func find(_ record: UInt64) -> Value? {
    guard let place = places[record] else { return nil }
    slots[place].isUsed = true
    return slots[place].value
  }

  /// Keeps a value; where there is one already, that one stays, and the new one is given back.
  @discardableResult
  package mutating func keep(_ record: UInt64, _ value: Value) -> Value? {
    guard places[record] == nil else { return value }
    places[record] = slots.count
    slots.append(Slot(record: record, value: value))
    return nil
  }

  /// Takes out a value that was not used since the hand last came by; nil where there is none at all.
  package mutating func removeOne() -> Value? {
    guard !slots.isEmpty else { return nil }
    while true {
      if hand >= slots.count { hand = 0 }
      guard slots[hand].isUsed else { break }
      slots[hand].isUsed = false
      hand += 1
    }
    // The last one takes its place, and the hand has passed it: what is new stays for a round.
    slots.swapAt(hand, slots.count - 1)
    let removed = slots.removeLast()
    places[removed.record] = nil
    if hand < slots.count { places[slots[hand].record] = hand }
    hand += 1
    return removed.value
  }
}
