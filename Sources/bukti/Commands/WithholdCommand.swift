import ArgumentParser
import BuktiConsole
import BuktiEngines
import BuktiFormat
import BuktiStore
import BuktiVerifier
import BuktiWriter

struct WithholdCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "withhold",
    abstract: "Makes a copy without some items; every seal of the original still verifies on it.",
    usage: "bukti withhold <bundle> <items> ... --to <copy> [<options>]",
    discussion: """
      The decision is recorded and sealed in the bundle first, then the copy is made: it names what it lacks, \
      by whose decision and why. What was never decided cannot be left out unseen. A folder stands for all \
      that lies in it.

      Level content leaves out the bytes and the item record, whose digests identify a known file; name, kind \
      and size stay. Level metadata leaves out the names as well, and notes and events about these items alone. \
      What always shows: that there are records, their lengths, and which belong together.

        bukti withhold case.bukti letters/counsel.eml --to disclosed.bukti \\
          --identity examiner.pem --reason "legal privilege" \\
          --recipient "Example Defence" --authority order --authority-number 7/2026
      """)

  enum Level: String, CaseIterable, ExpressibleByArgument {
    case content, metadata
  }

  @Argument(help: "The bundle.")
  var bundle: RawPath

  @Argument(help: "What to withhold: ID, NAME or SESSION:NAME.")
  var items: [RawPath]

  @Option(help: ArgumentHelp("The copy to make; never overwritten.", valueName: "copy"))
  var to: RawPath

  @Option(help: ArgumentHelp("Why it is withheld; recorded, and seen by all.", valueName: "text"))
  var reason: String

  @Option(help: ArgumentHelp("For whom the copy is made.", valueName: "name"))
  var recipient: String

  @Option(help: "content, or metadata: that too.")
  var level = Level.content

  @Option(help: ArgumentHelp("Who decided; you, if left out.", valueName: "name"))
  var decidedBy: String?

  @OptionGroup var options: StatementOptions

  func validate() throws {
    if items.isEmpty { throw ValidationError("Name the items to withhold.") }
  }

  mutating func run() throws {
    try requireFree()
    options.person.why = options.person.why ?? "withholding: \(reason)"
    let statement = try Statement(bundle, options)
    guard statement.end.unsealedCount == 0 else {
      throw BuktiError(
        .unsealedTail, "Seal what is unsealed first: bukti append \(bundle.text).")
    }
    guard let authority = statement.plan.session.authority else {
      throw BuktiError(
        .usage, "Say by which authority: --authority order --authority-number 7/2026.")
    }
    let reader = try OpenBundle.reader(bundle, options.continuation.volumes)
    let selection = try WithheldItems(items, in: reader)
    let plan = try WithholdingPlan(selection.ids, levelOfPlan, in: reader.index)
    let decider = decidedBy.map { Person(name: $0) } ?? statement.plan.person
    let decision = Withhold(
      reason: reason, authority: authority, decidedBy: decider, recipient: recipient,
      staysPublic: staysPublic, runs: plan.runs, time: Clock.now())
    // The decision cannot be taken back: first it is seen that there is a place for the copy.
    let target = CopyFile(path: to)
    let receipt = try statement.seal(preparing: target.make) { (writer) throws(BuktiError) in
      try writer.withhold(plan, decision)
    }
    try copy(plan, to: target)
    let residue = try verify(selection)
    try tell(selection, plan, receipt, residue)
  }

  private var levelOfPlan: WithholdingLevel {
    level == .content ? .content : .contentAndMetadata
  }

  private var staysPublic: String {
    let always = "that there are such records, their numbers, item ids, lengths and codecs"
    return level == .content ? "names, kinds and sizes of the items; \(always)" : always
  }

  private func requireFree() throws(BuktiError) {
    do throws(BuktiError) { _ = try FileMetadata.at(to.bytes) } catch {
      if error.code == .notFound { return }
      throw error
    }
    throw BuktiError(
      .exists, "\(to.text) exists already and is not overwritten; name another file.")
  }

  private func copy(_ plan: WithholdingPlan, to target: CopyFile) throws(BuktiError) {
    let source = try RecordReader(
      opening: options.continuation.volumes.open(bundle), sha256: LibcryptoSHA256(),
      deflate: FastDeflate()
    ).volumes
    let progress = Progress("copied", total: source.end)
    defer { progress.clear() }
    do throws(BuktiError) {
      try WithheldCopy(
        of: source, to: target.named(), progress: { progress.update($0) },
        isCancelled: { Interrupt.isRequested }
      ).write(without: plan.runs)
    } catch {
      throw BuktiError(
        error.code,
        """
        The decision is sealed in \(bundle.text), but \(to.text) is not whole: \(error.sentence) Remove it and run \
        the command again.
        """, errno: error.errno)
    }
  }

  /// Reads the whole copy, as its recipient will, and looks for what should be gone.
  private func verify(_ selection: WithheldItems) throws(BuktiError) -> Residue {
    let residue = Residue(of: selection, level)
    var options = VerificationOptions(time: try SystemClock().now().instant.seconds)
    options.listsItems = false
    let input = try BundleInput(to, self.options.continuation.volumes)
    let progress = Progress("verified", total: try input.size())
    let report = try input.verify(options, visitor: residue, progress: progress)
    guard report.claims[.intact] == .holds, report.claims[.complete] != .fails else {
      throw BuktiError(
        .damaged, "\(to.text) does not verify: do not hand it on. bukti verify says what is wrong.")
    }
    return residue
  }

  private func tell(
    _ selection: WithheldItems, _ plan: WithholdingPlan, _ receipt: SealReceipt, _ residue: Residue
  ) throws {
    let records = plan.runs.reduce(0) { $0 + $1.count }
    let count = selection.entries.count
    try Console.print(
      """
      Withheld \(count) item\(count == 1 ? "" : "s") in \(records) records from \(to.text), which verifies.
      Seal \(receipt.record), root \(receipt.root.hex)
      The decision is in both; the recipient needs nothing else: bukti verify \(to.text)
      """)
    if residue.records.isEmpty { return }
    Console.error("what is withheld is still mentioned in the copy, by other evidence:")
    for (record, what) in residue.records.prefix(20) { Console.note("  record \(record): \(what)") }
    if residue.records.count > 20 { Console.note("  and \(residue.records.count - 20) more") }
    throw ExitCode(3)
  }
}
