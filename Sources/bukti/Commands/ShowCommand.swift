import ArgumentParser
import BuktiConsole
import BuktiEngines
import BuktiFormat
import BuktiStore
import BuktiVerifier

struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows what a bundle's records say: who, when, why, and any single record.",
    discussion: """
      Without RECORD: case, sessions, events, notes, decisions to withhold, seals. Nothing is verified: what \
      is shown is what the records say, as far as frames and chain hold up to there.

        bukti show case.bukti
        bukti show case.bukti 20 --json
      """)

  @Argument(help: "The bundle.")
  var bundle: RawPath

  @Argument(help: "A record number.")
  var record: UInt64?

  @Flag(help: "Long bytes, such as signatures, in full.")
  var full = false

  @Flag(help: "In JSON, one record a line.")
  var json = false

  @OptionGroup(title: "Volumes") var volumes: VolumeOptions

  mutating func run() throws {
    let visitor = RecordPrinter(only: record, json: json, full: full)
    var options = VerificationOptions(time: 0)
    options.listsItems = false
    options.maxPlain = 0  // data are not decoded: their records say enough
    try read(options, visitor)
    if let record, !visitor.isDone {
      throw BuktiError(
        .notFound,
        "Record \(record) is not in \(bundle.text), holds data only, or cannot be read; bukti verify says more."
      )
    }
  }

  private func read(
    _ options: VerificationOptions, _ visitor: RecordPrinter
  ) throws(BuktiError) {
    let input = try BundleInput(bundle, volumes)
    Interrupt.watch()
    do throws(BuktiError) {
      _ = try input.verify(options, visitor: visitor) { visitor.isDone || Interrupt.isRequested }
    } catch {
      guard error.code == .interrupted, visitor.isDone else { throw error }
    }
  }
}

/// Prints records as a pass meets them.
private final class RecordPrinter: BundleVisitor {
  private static let story: Set<RecordType> = [
    .genesis, .session, .event, .note, .withhold, .close, .seal, .attest, .renew, .keys,
  ]

  private let only: UInt64?
  private let json: Bool
  private let full: Bool
  private(set) var isDone = false

  init(only: UInt64?, json: Bool, full: Bool) {
    self.only = only
    self.full = full
    self.json = json
  }

  func record(
    _ number: UInt64, type: RecordType, item: UInt64, _ body: RecordBody
  ) throws(BuktiError) {
    guard let content = body.content else { return }
    if let only {
      guard number == only else { return }
      isDone = true
    } else if !Self.story.contains(type) {
      return
    }
    if json {
      let line = JSON.object([
        "record": .integer(number), "type": .string(type.description), "item": .integer(item),
        "content": RecordFields.value(of: content),
      ])
      try Console.write(line.line + "\n")
    } else {
      let concerned = item == 0 ? "" : ", item #\(item)"
      try Console.print("Record \(number): \(type)\(concerned)")
      try Console.print(RecordText(isFull: full).lines(of: content, indent: 2))
    }
  }
}
