import BuktiConsole
import BuktiFormat
import BuktiVerifier

/// Rows on standard output as they come: a list may be longer than memory.
struct ListOutput {
  private static let flushFrom = 64 << 10
  let isJSON: Bool
  let long: Bool
  private let width = Terminal.width(of: 1)
  private var waiting = ""
  /// Whether no row came yet.
  private(set) var isEmpty = true

  init(isJSON: Bool, long: Bool) {
    self.isJSON = isJSON
    self.long = long
  }

  mutating func add(_ row: ListRow) throws(BuktiError) {
    if isJSON {
      waiting += (isEmpty ? "[\n" : ",\n") + row.json.textInArray
    } else {
      waiting += Console.wrapped(row.line(long: long), width) + "\n"
    }
    isEmpty = false
    if waiting.utf8.count >= Self.flushFrom { try flush() }
  }

  mutating func end() throws(BuktiError) {
    if isJSON { waiting += isEmpty ? "[]\n" : "\n]\n" }
    try flush()
  }

  private mutating func flush() throws(BuktiError) {
    try Console.write(waiting)
    waiting = ""
  }
}

/// One item of the list.
struct ListRow {
  let id: UInt64
  let record: UInt64
  let session: UInt64
  let name: [UInt8]?
  let kind: ItemKind?
  let size: UInt64?
  var state: ItemState?
  var sha256: Hash?
  var sealedBy: UInt64?
  var notes: [ItemNote] = []

  init(_ entry: ItemEntry, session: UInt64) {
    id = entry.id
    record = entry.record
    self.session = session
    name = entry.name
    kind = entry.kind
    size = entry.size
  }

  init(_ item: ListedItem) {
    id = item.id
    record = item.record
    session = item.session
    name = item.name
    kind = item.kind
    size = item.size
    state = item.state
    sha256 = item.sha256
    sealedBy = item.sealedBy
  }

  /// As the independent verifier lists it, too, but for the notes.
  var json: JSON {
    var fields: [JSON.Field] = [
      .init("id", .integer(id)), .init("kind", .optional(kind?.description)),
      .init("name", name.map(Self.json(name:)) ?? .null),
    ]
    if !notes.isEmpty { fields.append(.init("notes", .array(notes.map(\.json)))) }
    fields += [
      .init("record", .integer(record)), .init("sealed-by", .optional(sealedBy)),
      .init("session", .integer(session)), .init("sha256", .optional(sha256?.hex)),
      .init("size", .optional(size)), .init("state", .optional(state?.description)),
    ]
    return .sorted(fields)
  }

  private static func json(name: [UInt8]) -> JSON {
    // Backslashes are doubled by printable, and plain all the same.
    if let text = String(validating: name, as: UTF8.self),
      printable(text) == doubled(text)
    {
      return .string(text)
    }
    return .object([
      "text": .string(String(decoding: name, as: UTF8.self)), "bytes": .string(Hex.encode(name)),
    ])
  }

  private static func doubled(_ text: String) -> String {
    text.utf8.contains(UInt8(ascii: "\\")) ? text.replacing("\\", with: "\\\\") : text
  }

  func line(long: Bool) -> String {
    let name = name.map { printable($0) } ?? "(withheld)"
    let seal = sealedBy.map { "seal \($0)" } ?? "unsealed"
    var parts = ["#\(id)", kind?.description ?? "-", size.map(Bytes.text) ?? "-", seal]
    if long { parts += [state?.description ?? "-", sha256?.hex ?? "-"] }
    return ([(parts + [name]).joined(separator: "  ")] + notes.map(\.line)).joined(separator: "\n")
  }
}
