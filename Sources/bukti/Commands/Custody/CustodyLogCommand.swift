import ArgumentParser
import BuktiConsole
import BuktiFormat
import BuktiStore
import BuktiVerifier

struct CustodyLogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "Prints the chain of custody, exhibit by exhibit.",
    usage: "bukti custody log <bundle> [<options>]",
    discussion: """
      Verifies the bundle on the way, so that each event says what it is worth: a half that its party did \
      not sign, or an answer to nothing, is shown as such and counts for nothing.

        bukti custody log case.bukti --pin FINGERPRINT-OF-A --pin FINGERPRINT-OF-B
        bukti custody log case.bukti --as csv > custody.csv
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case text, json, csv
  }

  @Argument(help: "The bundle.")
  var bundle: RawPath

  @Option(help: "text, json or csv.")
  var `as` = Format.text

  @OptionGroup(title: "Whom you trust") var trust: TrustOptions
  @OptionGroup(title: "Volumes") var volumes: VolumeOptions

  mutating func run() throws {
    let events = EventCollector()
    var options = try trust.verificationOptions()
    options.maxPlain = 0  // events say enough without decoding the evidence
    options.listsItems = false
    let input = try BundleInput(bundle, volumes)
    Interrupt.watch()
    let progress = Progress("verified", total: try input.size())
    let report = try input.verify(options, visitor: events, progress: progress)
    let log = CustodyLog(events.events, report)
    switch `as` {
    case .text: try Console.print(log.text)
    case .json: try Console.write(log.json.text)
    case .csv: try Console.write(log.csv)
    }
    switch report.claims[.custody] {
    case .holds: return
    case .fails: throw ExitCode(1)
    case .notEstablished, nil: throw ExitCode(2)
    }
  }
}

/// Keeps the events of a pass, without those that a session refuses later.
private final class EventCollector: BundleVisitor {
  private(set) var events: [CustodyEvent] = []

  func record(
    _ number: UInt64, type: RecordType, item: UInt64, _ body: RecordBody
  ) throws(BuktiError) {
    if let event = body.content as? Event {
      events.append(CustodyEvent(record: number, event: event))
    }
  }

  func refused(
    first: UInt64, count: UInt64, session: UInt64, back state: TailState
  ) throws(BuktiError) {
    events.removeAll { first..<first + count ~= $0.record }
  }
}
