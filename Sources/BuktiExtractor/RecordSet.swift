/// Numbers of records, in a bit for each where they lie close together.
struct RecordSet {
  private var words: [UInt64: UInt64] = [:]
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  func contains(_ record: UInt64) -> Bool {
    words[record / 64, default: 0] & Self.bit(record) != 0
  }

  mutating func insert(_ record: UInt64) {
    if contains(record) { return }
    words[record / 64, default: 0] |= Self.bit(record)
    count += 1
  }

  /// Takes a record out; whether it was there.
  @discardableResult
  mutating func remove(_ record: UInt64) -> Bool {
    guard contains(record) else { return false }
    words[record / 64, default: 0] &= ~Self.bit(record)
    count -= 1
    return true
  }

  private static func bit(_ record: UInt64) -> UInt64 { 1 << (record % 64) }
}
