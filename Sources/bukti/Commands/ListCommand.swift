import ArgumentParser
import BuktiFormat
import BuktiStore
import BuktiVerifier

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Lists the items, and which seal covers each.",
    usage: "bukti list <bundle> [<options>]",
    discussion: """
      Reads names and index from the last seal, whose tree proves them, not the evidence itself. --verify \
      reads the whole bundle instead, checks every digest, and lists unsealed items too.

        bukti list case.bukti
        bukti list case.bukti --long --pin FINGERPRINT
        bukti list case.bukti --json
      """)

  @Argument(help: "The bundle.")
  var bundle: RawPath

  @Flag(name: .shortAndLong, help: "With state and SHA-256, which takes a read for each item.")
  var long = false

  @Flag(help: "In JSON.")
  var json = false

  @Flag(help: "Read and check the whole bundle.")
  var verify = false

  @OptionGroup(title: "Whom you trust") var trust: TrustOptions

  mutating func run() throws {
    var output = ListOutput(isJSON: json, long: long || verify)
    guard verify else {
      try listIndexed(&output)
      return try output.end()
    }
    let report = try verified()
    for item in report.listing { try output.add(ListRow(item)) }
    try output.end()
    if report.claims[.intact] == .fails {
      Console.error("\(bundle.text) is not intact; bukti verify says what is wrong.")
      throw ExitCode(1)
    }
  }

  private func listIndexed(_ output: inout ListOutput) throws(BuktiError) {
    let reader = try OpenBundle.reader(bundle, trust)
    OpenBundle.noteUnsealed(reader, bundle)
    if !json { OpenBundle.noteSigners(reader) }
    let sessions = try reader.sessions()
    let seals = try SealNumbers(reader)
    try reader.forEachItem { (entry) throws(BuktiError) in
      var row = ListRow(entry, session: sessions[entry.session - 1])
      row.sealedBy = seals.first(after: entry.record)
      if long || json, entry.name != nil {
        let item = try reader.index.content(Item.self, of: entry.record)
        row.state = item.state
        row.sha256 = item.digests?.sha256
      }
      try output.add(row)
    }
  }

  private func verified() throws(BuktiError) -> Report {
    let input = try BundleInput(bundle)
    let progress = Progress("verified", total: try input.size())
    return try input.verify(try trust.verificationOptions(), progress: progress)
  }
}

/// Rows on standard output as they come: a list may be longer than memory.
struct ListOutput {
  private static let flushFrom = 64 << 10
  let isJSON: Bool
  let long: Bool
  private var waiting = ""
  private var isFirst = true

  init(isJSON: Bool, long: Bool) {
    self.isJSON = isJSON
    self.long = long
  }

  mutating func add(_ row: ListRow) throws(BuktiError) {
    if isJSON {
      waiting += (isFirst ? "[\n" : ",\n") + row.json.textInArray
    } else {
      waiting += row.line(long: long) + "\n"
    }
    isFirst = false
    if waiting.utf8.count >= Self.flushFrom { try flush() }
  }

  mutating func end() throws(BuktiError) {
    if isJSON { waiting += isFirst ? "[]\n" : "\n]\n" }
    try flush()
  }

  private mutating func flush() throws(BuktiError) {
    try Console.print(waiting, terminator: "")
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

  /// As the independent verifier lists it, too.
  var json: JSON {
    .object([
      "id": .integer(id), "record": .integer(record), "session": .integer(session),
      "name": name.map(Self.json(name:)) ?? .null, "kind": .optional(kind?.description),
      "size": .optional(size), "state": .optional(state?.description),
      "sha256": .optional(sha256?.hex), "sealed-by": .optional(sealedBy),
    ])
  }

  private static func json(name: [UInt8]) -> JSON {
    // Backslashes are doubled by printable, and plain all the same.
    if let text = String(validating: name, as: UTF8.self),
      printable(text) == text.replacing("\\", with: "\\\\")
    {
      return .string(text)
    }
    return .object([
      "text": .string(String(decoding: name, as: UTF8.self)), "bytes": .string(Hex.encode(name)),
    ])
  }

  func line(long: Bool) -> String {
    let name = name.map { printable($0) } ?? "(withheld)"
    let seal = sealedBy.map { "seal \($0)" } ?? "unsealed"
    var parts = ["#\(id)", kind?.description ?? "-", size.map(Bytes.text) ?? "-", seal]
    if long { parts += [state?.description ?? "-", sha256?.hex ?? "-"] }
    return (parts + [name]).joined(separator: "  ")
  }
}

/// Record numbers of the seals that count: neither refused nor adopted.
private struct SealNumbers {
  private var numbers: [UInt64] = []

  init(_ reader: BundleReader) throws(BuktiError) {
    var without = try reader.refused()
    for number in try reader.sessions() {
      guard let adopts = try reader.index.content(Session.self, of: number).adopts else { continue }
      without.append(adopts.first..<(adopts.first + adopts.count))
    }
    for number in try reader.index.records(of: .seal)
    where !without.contains(where: { $0.contains(number) }) {
      numbers.append(number)
    }
    numbers.append(reader.index.end.sealRecord.core.number)
  }

  func first(after record: UInt64) -> UInt64? {
    var low = 0
    var high = numbers.count
    while low < high {
      let middle = (low + high) / 2
      if numbers[middle] > record { high = middle } else { low = middle + 1 }
    }
    return low < numbers.count ? numbers[low] : nil
  }
}
