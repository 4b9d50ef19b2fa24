import BuktiFormat
import BuktiVerifier

/// What became of the items, in the order in which they were dealt with, in about 60 bytes for each.
///
/// An element is made when it is asked for: going through all of them in order costs least.
public struct ExtractedItems: RandomAccessCollection, Sendable {
  /// What may still change after an item was dealt with, and whether something is there at all.
  private struct Marks: OptionSet {
    let rawValue: UInt8

    static let record = Marks(rawValue: 1 << 0)
    static let name = Marks(rawValue: 1 << 1)
    static let path = Marks(rawValue: 1 << 2)
    /// The path lies beneath `UNPROVEN/` since it was first given.
    static let withdrawn = Marks(rawValue: 1 << 3)
    static let failure = Marks(rawValue: 1 << 4)
  }

  private struct State {
    var status: ExtractedItem.Status
    var marks: Marks
    /// Place of its reason among those that are common, from 1; 0 for none, 255 for one of its own.
    var reason: UInt8 = 0
  }

  /// Ranges of one item among all ranges.
  private struct Holes {
    let item: Int
    let missing: Range<Int>
    let gaps: Range<Int>
  }

  private static let ownReason = 255
  static let unproven = Array("UNPROVEN/".utf8)

  private var rows = PackedRows()
  private var states: [State] = []
  private var reasons: [String] = []
  private var ownReasons: [Int: String] = [:]
  /// Of items that have any, ascending.
  private var holes: [Holes] = []
  private var ranges: [Range<UInt64>] = []

  public var startIndex: Int { 0 }
  public var endIndex: Int { states.count }

  public subscript(position: Int) -> ExtractedItem { item(rows[position], position) }

  public struct Iterator: IteratorProtocol {
    fileprivate let items: ExtractedItems
    fileprivate var cursor = PackedRows.Cursor()
    fileprivate var position = 0

    public mutating func next() -> ExtractedItem? {
      guard let row = items.rows.next(&cursor) else { return nil }
      defer { position += 1 }
      return items.item(row, position)
    }
  }

  public func makeIterator() -> Iterator { Iterator(items: self) }

  /// How many have a status.
  public func count(_ status: ExtractedItem.Status) -> Int {
    states.count { $0.status == status }
  }

  var hasFailure: Bool { states.contains { $0.marks.contains(.failure) } }

  private func item(_ row: PackedRow, _ position: Int) -> ExtractedItem {
    let state = states[position]
    var item = ExtractedItem(
      id: row.numbers[0], record: state.marks.contains(.record) ? row.numbers[1] : nil,
      name: state.marks.contains(.name) ? row.name : nil, path: path(row, state),
      sha256: row.hash, status: state.status)
    if state.reason > 0 {
      item.reason =
        state.reason == Self.ownReason
        ? ownReasons[position] : reasons[Int(state.reason) - 1]
    }
    item.isFailure = state.marks.contains(.failure)
    if let holes = holes(of: position) {
      item.missing = Array(ranges[holes.missing])
      item.gaps = Array(ranges[holes.gaps])
    }
    return item
  }

  private func path(_ row: PackedRow, _ state: State) -> [UInt8]? {
    guard state.marks.contains(.path) else { return nil }
    return state.marks.contains(.withdrawn) ? Self.unproven + row.path : row.path
  }

  private func holes(of item: Int) -> Holes? {
    let place = holes.partitioningIndex { $0.item >= item }
    return place < holes.count && holes[place].item == item ? holes[place] : nil
  }
}

extension ExtractedItems {
  mutating func append(
    id: UInt64, record: UInt64?, name: [UInt8]?, path: [UInt8]?, sha256: Hash?,
    _ status: ExtractedItem.Status, reason: String? = nil, isFailure: Bool = false,
    missing: [Range<UInt64>] = [], gaps: [Range<UInt64>] = []
  ) {
    var row = PackedRow()
    row.numbers[0] = id
    row.numbers[1] = record ?? 0
    row.name = name ?? []
    row.path = path ?? []
    row.hash = sha256
    rows.append(row)
    var marks: Marks = isFailure ? .failure : []
    if record != nil { marks.insert(.record) }
    if name != nil { marks.insert(.name) }
    if path != nil { marks.insert(.path) }
    states.append(State(status: status, marks: marks))
    if let reason { setReason(reason, at: states.count - 1) }
    if missing.isEmpty, gaps.isEmpty { return }
    let start = ranges.count
    ranges += missing + gaps
    let middle = start + missing.count
    holes.append(
      Holes(item: states.count - 1, missing: start..<middle, gaps: middle..<ranges.count))
  }

  func path(at position: Int) -> [UInt8]? {
    states[position].marks.contains(.path) ? path(rows[position], states[position]) : nil
  }

  func status(at position: Int) -> ExtractedItem.Status { states[position].status }

  func hasPath(at position: Int) -> Bool { states[position].marks.contains(.path) }

  /// Nothing stands at its path any more, or ever did.
  mutating func skip(_ position: Int, _ reason: String) {
    states[position].status = .skipped
    states[position].marks.remove(.path)
    setReason(reason, at: position)
  }

  mutating func removePath(at position: Int) { states[position].marks.remove(.path) }

  mutating func withdraw(_ position: Int, _ reason: String) {
    states[position].status = .unproven
    states[position].marks.insert(.failure)
    setReason(reason, at: position)
  }

  /// Its path lies beneath `UNPROVEN/` now.
  mutating func movePath(at position: Int) { states[position].marks.insert(.withdrawn) }

  private mutating func setReason(_ reason: String, at position: Int) {
    if let known = reasons.firstIndex(of: reason) {
      states[position].reason = UInt8(known + 1)
    } else if reasons.count < Self.ownReason - 1 {
      reasons.append(reason)
      states[position].reason = UInt8(reasons.count)
    } else {
      ownReasons[position] = reason
      states[position].reason = UInt8(Self.ownReason)
    }
  }

  /// The last place of each of these ids.
  func places(of ids: Set<UInt64>) -> [UInt64: Int] {
    var places: [UInt64: Int] = [:]
    if ids.isEmpty { return places }
    var cursor = PackedRows.Cursor()
    var position = 0
    while let row = rows.next(&cursor) {
      if ids.contains(row.numbers[0]) { places[row.numbers[0]] = position }
      position += 1
    }
    return places
  }
}
