import ArgumentParser
import BuktiFormat
import BuktiWriter

struct CloseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "close",
    abstract: "Ends the evidence: nobody adds an item after it.",
    discussion: """
      Notes, custody and seals can still follow. bukti verify says of a bundle that is not closed that more \
      may come; closing answers that.

        bukti close case.bukti --identity examiner.pem --why "examination finished"
      """)

  @Argument(help: "The bundle.")
  var bundle: RawPath

  @OptionGroup var options: StatementOptions

  mutating func run() throws {
    let statement = try Statement(bundle, options)
    if statement.end.isClosed {
      throw BuktiError(.closed, "\(bundle.text) is closed already.")
    }
    let reason = statement.plan.session.why
    let receipt = try statement.seal { (writer) throws(BuktiError) in
      try writer.closeSuspended()
      try writer.close(reason: reason)
    }
    try statement.tell("Closed: \(bundle.text) takes no more evidence.", receipt)
  }
}
