import ArgumentParser
import BuktiFormat
import BuktiStore
import BuktiVerifier
import BuktiWriter

struct ReleaseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "release",
    abstract: "Gives evidence away: the first half of a hand-over.",
    discussion: """
      Your identity seals it. The other side answers with receive or reject, in the same bundle, under its \
      own identity; until then the hand-over is pending.

        bukti custody release case.bukti --identity a.pem --counterpart "A. Lab" \\
          --exhibit EX-7 --bag B-1009 --condition "sealed, undamaged" --why "analysis"

      Without the bundle, over its receipt: a file that bukti attest stores later.

        bukti custody release --detached given.bukti-half \\
          --receipt receipt.txt --identity a.pem --counterpart "A. Lab"
      """)

  @Argument(help: "The bundle; left out with --detached.")
  var bundle: RawPath?

  @OptionGroup(title: "The event") var details: EventOptions
  @OptionGroup(title: "The other side") var counterpart: CounterpartOptions
  @OptionGroup(title: "Without the bundle") var apart: DetachedOptions
  @OptionGroup var options: StatementOptions

  func validate() throws { try apart.check(bundle) }

  mutating func run() throws {
    if let file = apart.detached, let receipt = apart.receipt {
      return try DetachedStatement(file: file, receipt: receipt, options: options)
        .write(.released, details, counterpart)
    }
    guard let bundle else { return }
    let statement = try Statement(bundle, options)
    try statement.requireItems(details.item)
    let persons = [statement.plan.person] + counterpart.persons
    var event = details.event(.released, persons, authority: statement.plan.session.authority)
    event.party = statement.plan.person.certificate
    let receipt = try statement.seal { (writer) throws(BuktiError) in try writer.event(event) }
    try statement.tell(
      "Released, and pending until the other side answers: bukti custody receive \(bundle.text)",
      receipt)
  }
}

struct ReceiveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "receive",
    abstract: "Takes evidence over: the second half of a hand-over.",
    discussion: """
      Names the seal that covers the release, so that both halves speak of the same bytes. Compare the \
      fingerprint of the giver's certificate by phone or on paper before you --accept it. With --reverify the \
      bundle is verified first, and what came of it is recorded.

        bukti custody receive case.bukti --identity lab.pem --accept FINGERPRINT …
        bukti custody receive --detached taken.bukti-half --receipt receipt.txt …
      """)

  @Argument(help: "The bundle; left out with --detached.")
  var bundle: RawPath?

  @OptionGroup var answer: AnswerOptions
  @OptionGroup var options: StatementOptions

  func validate() throws { try answer.check(bundle) }

  mutating func run() throws {
    try answer.give(.received, "Received.", bundle, options)
  }
}

struct RejectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reject",
    abstract: "Refuses to take evidence over: the other second half of a hand-over.",
    discussion: """
      Ends the hand-over: the evidence stays with the giver. Say why with --why and --condition.

        bukti custody reject case.bukti --identity lab.pem --accept FINGERPRINT \\
          --condition "bag B-1009 open" --why "seal broken on arrival"
        bukti custody reject --detached no.bukti-half --receipt receipt.txt …
      """)

  @Argument(help: "The bundle; left out with --detached.")
  var bundle: RawPath?

  @OptionGroup var answer: AnswerOptions
  @OptionGroup var options: StatementOptions

  func validate() throws { try answer.check(bundle) }

  mutating func run() throws {
    try answer.give(.rejected, "Rejected.", bundle, options)
  }
}

/// What both answers to a release take.
struct AnswerOptions: ParsableArguments {
  @Flag(help: "Verify the bundle first and record what came of it.")
  var reverify = false

  @OptionGroup(title: "The event") var details: EventOptions
  @OptionGroup(title: "The other side") var counterpart: CounterpartOptions
  @OptionGroup(title: "Without the bundle") var apart: DetachedOptions

  func check(_ bundle: RawPath?) throws {
    try apart.check(bundle)
    if reverify, bundle == nil { throw ValidationError("--reverify needs the bundle.") }
  }

  fileprivate func give(
    _ kind: EventKind, _ words: String, _ bundle: RawPath?, _ options: StatementOptions
  ) throws {
    if let file = apart.detached, let receipt = apart.receipt {
      try DetachedStatement(file: file, receipt: receipt, options: options)
        .write(kind, details, counterpart)
    } else if let bundle {
      try Answer(bundle, self, options).give(kind, words)
    }
  }
}

/// The second half of a hand-over.
private struct Answer {
  let answer: AnswerOptions
  let statement: Statement

  init(_ bundle: RawPath, _ answer: AnswerOptions, _ options: StatementOptions) throws(BuktiError) {
    self.answer = answer
    statement = try Statement(bundle, options)
    try statement.requireItems(answer.details.item)
  }

  func give(_ kind: EventKind, _ words: String) throws {
    let released = try release()
    guard let covers = statement.end.lastSeal, released.coveredFrom <= covers.size else {
      throw BuktiError(.usage, "The release is in no seal that you accept.")
    }
    let persons = [statement.plan.person] + answer.counterpart.persons
    var event = answer.details.event(
      kind, persons, authority: statement.plan.session.authority)
    event.items = event.items ?? released.event.items
    event.exhibit = event.exhibit ?? released.event.exhibit
    event.party = statement.plan.person.certificate
    event.covers = covers
    event.reverified = try answer.reverify ? verify() : .notChecked
    let half = event
    let receipt = try statement.seal { (writer) throws(BuktiError) in try writer.event(half) }
    try statement.tell(
      "\(words) It answers the release in record \(released.record).", receipt)
  }

  /// The hand-over that waits for an answer.
  private func release() throws(BuktiError) -> CustodyEvent {
    let reader = try OpenBundle.reader(statement.bundle, statement.volumes)
    guard let released = try reader.pendingRelease() else {
      throw BuktiError(
        .usage,
        "Nothing was released that waits for an answer; bukti custody log \(statement.bundle.text) shows all."
      )
    }
    return released
  }

  /// Verifies all that was handed over. Other bytes than were sealed are no reason to stay silent: that is recorded.
  private func verify() throws(BuktiError) -> Reverified {
    let input = try BundleInput(statement.bundle, statement.volumes)
    var options = VerificationOptions(time: try SystemClock().now().instant.seconds)
    options.listsItems = false
    let progress = Progress("verified", total: try input.size())
    let report = try input.verify(options, progress: progress)
    let holds = report.claims[.intact] == .holds && report.claims[.complete] != .fails
    if !holds {
      Console.error(
        "\(statement.bundle.text) does not verify, and the event says so; bukti verify says what is wrong."
      )
    }
    return holds ? .equal : .different
  }
}
