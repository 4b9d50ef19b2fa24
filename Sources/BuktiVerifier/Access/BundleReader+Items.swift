public import BuktiFormat
import BuktiStore

/// An item that the seal covers and that an item record closed.
public struct ItemEntry: Sendable, Hashable {
  public let id: UInt64
  /// Number of the item record.
  public let record: UInt64
  /// In which session it was closed, counted from 1.
  public let session: Int
  /// Raw bytes; nil where they are withheld, as are kind and size.
  public let name: [UInt8]?
  public let kind: ItemKind?
  /// In bytes.
  public let size: UInt64?
}

/// How an operator asks for one item.
public enum ItemSelector: Sendable, Hashable {
  case id(UInt64)
  case name([UInt8])
  /// A name within a session, counted from 1.
  case nameInSession(Int, [UInt8])

  /// Reads `#ID`, `ID`, `SESSION:NAME` or `NAME`; a name that looks like an id is asked for with its session.
  public init(_ text: [UInt8]) {
    if text.first == UInt8(ascii: "#"), text.dropFirst().allSatisfy({ 0x30...0x39 ~= $0 }),
      let id = UInt64(String(decoding: text.dropFirst(), as: UTF8.self))
    {
      self = .id(id)
      return
    }
    let digits = text.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    let number = UInt64(String(decoding: digits, as: UTF8.self))
    if let number, digits.count == text.count {
      self = .id(number)
    } else if let number = number.flatMap({ Int(exactly: $0) }), digits.endIndex + 1 < text.count,
      text[digits.endIndex] == UInt8(ascii: ":")
    {
      self = .nameInSession(number, Array(text[(digits.endIndex + 1)...]))
    } else {
      self = .name(text)
    }
  }
}

extension BundleReader {
  /// Lists the items in the order in which they were closed, from the names records and the tail.
  ///
  /// Items whose names a copy withholds, and that no later names record states again, are not found.
  /// - Throws: the codes of frames and bodies, `damaged`, `io`.
  public func items() throws(BuktiError) -> [ItemEntry] {
    var entries: [ItemEntry] = []
    try forEachItem { (entry) throws(BuktiError) in entries.append(entry) }
    return entries
  }

  /// Goes through the same items one by one, in memory that does not grow with their names.
  ///
  /// - Throws: as `items()`, and what `body` throws.
  public func forEachItem(
    _ body: (ItemEntry) throws(BuktiError) -> Void
  ) throws(BuktiError) {
    let history = try history()
    var pages = NamesPages(self)
    // Each leads to the one before it only: the way back is gone through once for the places alone.
    var places: [NamesPages.Place] = []
    while let place = try pages.next() { places.append(place) }
    for place in places.reversed() {
      for row in try pages.rows(place) { try body(try ItemEntry(row, history)) }
    }
    for closed in index.end.tail.state.unnamed { try body(unnamed(closed, history)) }
  }

  private func unnamed(
    _ closed: UnnamedItem, _ history: SessionHistory
  ) throws(BuktiError) -> ItemEntry {
    try ItemEntry(closed.id, closed.record, try item(of: closed.record), history)
  }

  /// Finds one item.
  ///
  /// - Throws: `not-found`; `name-ambiguous` with the candidates; the codes of frames and bodies, `io`.
  public func find(_ selector: ItemSelector) throws(BuktiError) -> ItemEntry {
    switch selector {
    case .id(let id):
      guard let entry = try entry(of: id) else {
        throw BuktiError(.notFound, "The seal covers no closed item \(id).")
      }
      return entry
    case .name(let name): return try only { $0.name == name }
    case .nameInSession(let session, let name):
      return try only { $0.name == name && $0.session == session }
    }
  }

  /// The item record's content; nil where it is withheld.
  func item(of record: UInt64) throws(BuktiError) -> Item? {
    do throws(BuktiError) { return try index.content(Item.self, of: record) } catch {
      if error.code == .withheld { return nil }
      throw error
    }
  }

  private func entry(of id: UInt64) throws(BuktiError) -> ItemEntry? {
    let history = try history()
    let query = ItemQuery(itemID: id, types: [.item], refused: history.refused)
    guard id > 0, let found = try index.last(query, upTo: 0) else { return nil }
    let record = try index.record(found.number, found.row)
    guard record.core.type == .item, record.core.itemID == id else {
      throw BuktiError(.indexMismatch, record: found.number)
    }
    return try ItemEntry(id, found.number, try item(of: found.number), history)
  }

  private func only(_ matches: (ItemEntry) -> Bool) throws(BuktiError) -> ItemEntry {
    let history = try history()
    var found = Matches()
    for closed in index.end.tail.state.unnamed.reversed() {
      let entry = try unnamed(closed, history)
      if matches(entry) { found.add(entry) }
    }
    var pages = NamesPages(self)
    while let place = try pages.next() {
      for row in try pages.rows(place).reversed() {
        let entry = try ItemEntry(row, history)
        if matches(entry) { found.add(entry) }
      }
    }
    return try found.only()
  }
}

/// Items of one name, the newest first; as many are kept as an operator may want to choose from.
private struct Matches {
  private static let kept = 20
  private var newest: [ItemEntry] = []
  private var count = 0

  mutating func add(_ entry: ItemEntry) {
    count += 1
    if newest.count < Self.kept { newest.append(entry) }
  }

  func only() throws(BuktiError) -> ItemEntry {
    guard let first = newest.first else {
      throw BuktiError(.notFound, "The seal covers no item of this name.")
    }
    if count == 1 { return first }
    let shown = newest.reversed().map { "#\($0.id) (session \($0.session))" }
      .joined(separator: ", ")
    let earlier = count > newest.count ? ", and \(count - newest.count) earlier ones" : ""
    throw BuktiError(
      .nameAmbiguous, "\(count) items have this name: \(shown)\(earlier). Ask for one by its #ID.")
  }
}

extension ItemEntry {
  fileprivate init(_ row: NameRow, _ history: SessionHistory) throws(BuktiError) {
    id = row.item
    record = row.record
    session = try history.ordinal(ofItemRecord: row.record)
    name = row.name
    kind = row.kind
    size = row.size
  }

  fileprivate init(
    _ id: UInt64, _ record: UInt64, _ item: Item?, _ history: SessionHistory
  ) throws(BuktiError) {
    self.id = id
    self.record = record
    session = try history.ordinal(ofItemRecord: record)
    name = item?.name
    kind = item?.kind
    size = item?.size
  }
}

extension SessionHistory {
  /// In which session an item was closed, counted from 1.
  ///
  /// - Throws: `names-mismatch`: where an item record is told by who wrote the bundle, and may be told wrong.
  fileprivate func ordinal(ofItemRecord record: UInt64) throws(BuktiError) -> Int {
    let ordinal = ordinal(of: record)
    guard ordinal > 0 else {
      throw BuktiError(
        .namesMismatch, "An item is said to be closed before the first session.", record: record)
    }
    return ordinal
  }
}
