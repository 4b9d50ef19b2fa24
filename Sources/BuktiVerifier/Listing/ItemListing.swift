import BuktiFormat

/// The items of a bundle in the order in which they were closed, in about 50 bytes for each.
///
/// An element is made when it is asked for: going through all of them in order costs least.
public struct ItemListing: RandomAccessCollection, Sendable {
  private var rows = PackedRows()
  private var standing: RecordStanding?

  init() {}

  /// The items that no session refused.
  init(_ all: ItemListing, _ standing: RecordStanding) {
    if standing.refused.isEmpty {
      rows = all.rows
    } else {
      var cursor = PackedRows.Cursor()
      while let row = all.rows.next(&cursor) {
        if !standing.refused.contains(row.numbers[1]) { rows.append(row) }
      }
    }
    self.standing = standing
  }

  mutating func append(
    id: UInt64, record: UInt64, session: UInt64, _ item: Item?, _ digests: DigestVerdict
  ) {
    var row = PackedRow()
    let facts = item.map { 1 | $0.kind.rawValue << 8 | $0.state.rawValue << 16 } ?? 0
    row.numbers = [id, record, session, item?.size ?? 0, facts, digests.number, 0, 0]
    row.name = item?.name ?? []
    row.hash = item?.digests?.sha256
    rows.append(row)
  }

  public var startIndex: Int { 0 }
  public var endIndex: Int { rows.count }

  public subscript(position: Int) -> ListedItem { ListedItem(rows[position], standing) }

  public struct Iterator: IteratorProtocol {
    fileprivate let rows: PackedRows
    fileprivate let standing: RecordStanding?
    fileprivate var cursor = PackedRows.Cursor()

    public mutating func next() -> ListedItem? {
      rows.next(&cursor).map { ListedItem($0, standing) }
    }
  }

  public func makeIterator() -> Iterator { Iterator(rows: rows, standing: standing) }
}

extension ListedItem {
  fileprivate init(_ row: PackedRow, _ standing: RecordStanding?) {
    let facts = row.numbers[4]
    let isKnown = facts != 0
    self.init(
      id: row.numbers[0], record: row.numbers[1], session: row.numbers[2],
      name: isKnown ? row.name : nil, kind: ItemKind(rawValue: facts >> 8 & 0xFF),
      size: isKnown ? row.numbers[3] : nil, state: ItemState(rawValue: facts >> 16 & 0xFF),
      sha256: row.hash, digests: DigestVerdict(number: row.numbers[5]),
      sealedBy: standing?.seal(over: row.numbers[1]))
  }
}

extension DigestVerdict {
  private static let all: [DigestVerdict] = [
    .none, .holds, .fails, .notChecked(.withheld), .notChecked(.damaged), .notChecked(.limit),
    .notChecked(.notRead),
  ]

  fileprivate var number: UInt64 {
    switch self {
    case .none: 0
    case .holds: 1
    case .fails: 2
    case .notChecked(.withheld): 3
    case .notChecked(.damaged): 4
    case .notChecked(.limit): 5
    case .notChecked(.notRead): 6
    }
  }

  fileprivate init(number: UInt64) { self = Self.all[Int(number)] }
}
