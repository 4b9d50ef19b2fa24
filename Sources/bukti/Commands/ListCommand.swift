import ArgumentParser
import BuktiFormat
import BuktiStore
import BuktiVerifier

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Lists the items, which seal covers each, and what notes say of them.",
    usage: "bukti list <bundle> [<item> ...] [<options>]",
    discussion: """
      Reads names and index from the last seal, whose tree proves them, not the evidence itself. --verify \
      reads the whole bundle instead, checks every digest, and lists unsealed items too. ITEM is '#ID' or ID, \
      a name, or SESSION:NAME, sessions counted from 1; every item of that name is listed.

        bukti list case.bukti
        bukti list case.bukti 2:auth.log
        bukti list case.bukti --long --pin FINGERPRINT
      """)

  @Argument(help: "The bundle.")
  var bundle: RawPath

  @Argument(help: "Items: #ID, NAME or SESSION:NAME; all if left out.")
  var items: [RawPath] = []

  @Flag(name: .shortAndLong, help: "With state and SHA-256, which takes a read for each item.")
  var long = false

  @Flag(help: "In JSON.")
  var json = false

  @Flag(help: "Read and check the whole bundle.")
  var verify = false

  @OptionGroup(title: "Whom you trust") var trust: TrustOptions
  @OptionGroup(title: "Volumes") var volumes: VolumeOptions

  mutating func run() throws {
    var output = ListOutput(isJSON: json, long: long || verify)
    let isIntact = try verify ? listVerified(&output) : listIndexed(&output)
    try output.end()
    if output.isEmpty, !items.isEmpty {
      throw BuktiError(
        .notFound, "There is no such item; bukti list \(bundle.text) shows all.")
    }
    if !isIntact {
      Console.error("\(bundle.text) is not intact; bukti verify says what is wrong.")
      throw ExitCode(1)
    }
  }

  private func listIndexed(_ output: inout ListOutput) throws(BuktiError) -> Bool {
    let reader = try OpenBundle.reader(bundle, volumes, trust)
    OpenBundle.noteUnsealed(reader, bundle)
    if !json { OpenBundle.noteSigners(reader) }
    let wanted = WantedItems(items)
    let sessions = try reader.sessions()
    let marks = try reader.index.records(of: [.seal, .note])
    let seals = try SealNumbers(reader, marks[.seal] ?? [])
    let notes = try ItemNotes(reader, marks[.note] ?? [])
    try reader.forEachItem { (entry) throws(BuktiError) in
      guard wanted.contains(entry.id, entry.name, session: entry.session) else { return }
      var row = ListRow(entry, session: sessions[entry.session - 1])
      row.sealedBy = seals.first(after: entry.record)
      row.notes = notes.of(entry.id)
      if long || json, entry.name != nil {
        let item = try reader.index.content(Item.self, of: entry.record)
        row.state = item.state
        row.sha256 = item.digests?.sha256
      }
      try output.add(row)
    }
    return true
  }

  private func listVerified(_ output: inout ListOutput) throws(BuktiError) -> Bool {
    let input = try BundleInput(bundle, volumes)
    let progress = Progress("verified", total: try input.size())
    let notes = NoteCollector()
    let report = try input.verify(
      try trust.verificationOptions(), visitor: notes, progress: progress)
    let wanted = WantedItems(items)
    for item in report.listing {
      let session = notes.ordinal(ofSession: item.session)
      guard wanted.contains(item.id, item.name, session: session) else { continue }
      var row = ListRow(item)
      row.notes = notes.notes.of(item.id)
      try output.add(row)
    }
    return report.claims[.intact] != .fails
  }
}

/// What was asked for; everything where nothing was.
private struct WantedItems {
  private let selectors: [ItemSelector]

  init(_ items: [RawPath]) { selectors = items.map { ItemSelector($0.bytes) } }

  func contains(_ id: UInt64, _ name: [UInt8]?, session: Int) -> Bool {
    if selectors.isEmpty { return true }
    return selectors.contains { selector in
      switch selector {
      case .id(let wanted): wanted == id
      case .name(let wanted): wanted == name
      case .nameInSession(let ordinal, let wanted): ordinal == session && wanted == name
      }
    }
  }
}

/// Record numbers of the seals that count: neither refused nor adopted.
private struct SealNumbers {
  private var numbers: [UInt64] = []

  init(_ reader: BundleReader, _ seals: [UInt64]) throws(BuktiError) {
    var without = try reader.refused()
    for number in try reader.sessions() {
      guard let adopts = try reader.index.content(Session.self, of: number).adopts else { continue }
      without.insert(adopts.first..<adopts.first + adopts.count)
    }
    for number in seals where !without.contains(number) {
      numbers.append(number)
    }
    numbers.append(reader.index.end.sealRecord.core.number)
  }

  func first(after record: UInt64) -> UInt64? {
    let place = numbers.partitioningIndex { $0 > record }
    return place < numbers.count ? numbers[place] : nil
  }
}
