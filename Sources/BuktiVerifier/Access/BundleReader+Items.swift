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

  /// Reads `ID`, `SESSION:NAME` or `NAME`; a name of digits alone is asked for with its session.
  public init(_ text: [UInt8]) {
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
    let history = try history()
    var entries: [ItemEntry] = []
    try forEachNames { (rows) throws(BuktiError) in
      entries += rows.reversed().map { ItemEntry($0, history) }
    }
    entries.reverse()
    for closed in index.end.tail.state.unnamed {
      let item = try item(of: closed.record)
      entries.append(ItemEntry(closed.id, closed.record, item, history))
    }
    return entries
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
    case .name(let name): return try only(items().filter { $0.name == name })
    case .nameInSession(let session, let name):
      return try only(items().filter { $0.name == name && $0.session == session })
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
    return ItemEntry(id, found.number, try item(of: found.number), history)
  }

  private func only(_ found: [ItemEntry]) throws(BuktiError) -> ItemEntry {
    guard let first = found.first else {
      throw BuktiError(.notFound, "The seal covers no item of this name.")
    }
    if found.count == 1 { return first }
    let shown = found.prefix(20).map { "\($0.id) (session \($0.session))" }.joined(separator: ", ")
    let more = found.count > 20 ? " and \(found.count - 20) more" : ""
    throw BuktiError(
      .nameAmbiguous,
      "\(found.count) items have this name: \(shown)\(more). Ask for one by its id.")
  }

  /// Goes through the names records from the newest to the oldest.
  private func forEachNames(
    _ body: ([NameRow]) throws(BuktiError) -> Void
  ) throws(BuktiError) {
    var restated: [UInt64: [NameRow]] = [:]
    var next = index.end.tail.state.names
    while let number = next {
      let record = try index.record(number)
      if record.header.state == .withheld {
        // It names the one before it, so that this one must be found among the rows.
        try body(restated[number] ?? [])
        next = try index.last(.names, in: 0..<number, notIn: history().refused)
        continue
      }
      let names = try index.reader.content(Names.self, of: record)
      for part in names.restated ?? [] where restated[part.record] == nil {
        restated[part.record] = part.rows
      }
      try body(names.rows)
      if let previous = names.previous, previous >= number {
        throw BuktiError(.namesMismatch, record: number)
      }
      next = names.previous
    }
  }
}

extension ItemEntry {
  fileprivate init(_ row: NameRow, _ history: SessionHistory) {
    id = row.item
    record = row.record
    session = history.ordinal(of: row.record)
    name = row.name
    kind = row.kind
    size = row.size
  }

  fileprivate init(_ id: UInt64, _ record: UInt64, _ item: Item?, _ history: SessionHistory) {
    self.id = id
    self.record = record
    session = history.ordinal(of: record)
    name = item?.name
    kind = item?.kind
    size = item?.size
  }
}
