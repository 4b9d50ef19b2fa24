import ArgumentParser
import BuktiFormat
import BuktiWriter

struct RecordEventCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "Records another step: collected, examined, copied, exported, returned, disposed.",
    discussion: """
      What one side does alone. Hand-overs have their own commands: release, receive, reject.

        bukti custody record case.bukti collected --place "Example Street 1" \\
          --when 2026-01-31T09:30:00+07:00 --identity examiner.pem …
      """)

  enum Kind: String, CaseIterable, ExpressibleByArgument {
    case collected, examined, copied, exported, returned, disposed
  }

  @Argument(help: "The bundle.")
  var bundle: RawPath

  @Argument(help: "What happened.")
  var kind: Kind

  @OptionGroup(title: "The event") var details: EventOptions
  @OptionGroup(title: "The other side") var counterpart: CounterpartOptions
  @OptionGroup var options: StatementOptions

  mutating func run() throws {
    guard let kind = EventKind.allCases.first(where: { $0.description == kind.rawValue }) else {
      throw ValidationError("\(kind.rawValue) is no event.")
    }
    let statement = try Statement(bundle, options)
    try statement.requireItems(details.item)
    let persons = [statement.plan.person] + counterpart.persons
    let event = details.event(kind, persons, authority: statement.plan.session.authority)
    let receipt = try statement.seal { (writer) throws(BuktiError) in try writer.event(event) }
    try statement.tell("Recorded: \(kind).", receipt)
  }
}
