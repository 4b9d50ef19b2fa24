import ArgumentParser
import BuktiFormat
import BuktiStore
import BuktiTrust
import BuktiWriter

struct AppendCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "append",
    abstract: "Adds evidence to a bundle and seals it; without a SOURCE, seals what is unsealed.",
    discussion: """
      The new session goes on from the last seal, if you accept its signer: your own, one that you \
      confirm (--accept), or one that leads to your trust list (--accept-roots). Records after that seal \
      are nobody's word, as after a power cut or a forgery: nothing is appended until you adopt or refuse \
      them, and your choice is recorded. A torn end is cut off, kept beside the bundle, and recorded.

        bukti append case.bukti more/ --identity examiner.pem --why "second visit"
        tcpdump -w - | bukti append case.bukti - --name lan.pcap --kind capture …
        bukti append case.bukti --adopt "my own, read again" --identity examiner.pem …
      """)

  @Argument(help: "The bundle to add to.")
  var bundle: RawPath

  @Argument(help: "What to add.")
  var sources: [RawPath] = []

  @Option(help: "Your identity: certificate and encrypted key in PEM.")
  var identity: RawPath

  @Option(
    help: ArgumentHelp(
      "Go on from a seal by this certificate, which you compared by phone or on paper. May be repeated.",
      valueName: "fingerprint"))
  var accept: [String] = []

  @Option(
    help: ArgumentHelp(
      "Go on from a seal whose signer leads to these certificates. May be repeated.",
      valueName: "file"))
  var acceptRoots: [RawPath] = []

  @Option(
    help: ArgumentHelp("Adopt the unsealed records: you answer for them.", valueName: "reason"))
  var adopt: String?

  @Option(
    help: ArgumentHelp("Refuse the unsealed records: they mean nothing.", valueName: "reason"))
  var refuse: String?

  @Option(
    help: ArgumentHelp(
      "With --adopt and --refuse: adopt the records before this one, refuse it and the rest.",
      valueName: "record"))
  var refuseFrom: UInt64?

  @Flag(help: "With --refuse: go back to the last seal that you accept, past seals by others.")
  var goBack = false

  @OptionGroup(title: "You and your authority") var person: PersonOptions
  @OptionGroup(title: "What is taken") var source: SourceOptions
  @OptionGroup(title: "Password") var password: PasswordOptions

  func validate() throws {
    for text in accept where Fingerprint(text) == nil {
      throw ValidationError("--accept takes 64 hexadecimal digits, with or without colons: \(text)")
    }
    if (adopt != nil && refuse != nil) != (refuseFrom != nil) {
      throw ValidationError("--refuse-from goes with both --adopt and --refuse, and only then.")
    }
    if goBack, refuse == nil { throw ValidationError("--go-back goes with --refuse.") }
  }

  mutating func run() throws {
    let acquisition = try Acquisition(sources, source)
    let acceptance = try acceptance()
    // What stands in the way is said before the password is asked for.
    try examine(acceptance)
    let plan = try SessionPlan(identity: identity, person: person, sources: source)
    let key = try plan.key(password)
    Interrupt.watch()
    let progress = Progress("added", total: acquisition.total, quiet: source.quiet)
    let writer = try BundleWriter.append(
      at: bundle.bytes, session: plan.session, acceptance: acceptance, unsealed: decision,
      options: acquisition.writerOptions(progress))
    try fill(writer, acquisition, key, progress).tell()
  }

  private func fill(
    _ writer: consuming BundleWriter, _ acquisition: Acquisition, _ key: SigningKey,
    _ progress: Progress
  ) throws(BuktiError) -> AcquisitionOutcome {
    defer { progress.clear() }
    do throws(BuktiError) {
      let reports = try acquisition.run(&writer)
      try closeSuspended(&writer)
      let receipt = try writer.seal([key])
      try writer.finish()
      return AcquisitionOutcome(bundle: bundle, reports: reports, receipt: receipt)
    } catch { throw Acquisition.unsealed(bundle, error) }
  }

  /// An item that a crash cut short is closed with the bytes that it has, so that they can be extracted.
  private func closeSuspended(_ writer: inout BundleWriter) throws(BuktiError) {
    for item in writer.suspendedItems {
      do throws(BuktiError) {
        try writer.abandon(item.id, reason: "it was begun in an earlier session and not resumed")
      } catch {
        guard error.code == .usage else { throw error }

        Console.note("Item #\(item.id) stays open: \(error.message)")
      }
    }
  }

  private var decision: UnsealedDecision {
    switch (adopt, refuse, refuseFrom) {
    case (let adopt?, let refuse?, let from?):
      .adoptBefore(from, reason: adopt, refusing: refuse)
    case (let adopt?, _, _): .adopt(reason: adopt)
    case (_, let refuse?, _): .refuse(reason: refuse)
    default: .ask
    }
  }

  private func acceptance() throws(BuktiError) -> Acceptance {
    var acceptance = Acceptance(time: try SystemClock().now().instant.seconds)
    acceptance.ownCertificates = [try IdentityFile(path: identity).certificate().fingerprint]
    acceptance.confirmed = Set(accept.compactMap { Fingerprint($0)?.hash })
    for path in acceptRoots {
      acceptance.trustList += try CertificateFile.read(path)
    }
    acceptance.goesBack = goBack
    return acceptance
  }

  /// The end of the bundle, which no other process is writing to.
  private func end(_ acceptance: Acceptance) throws(BuktiError) -> BundleEnd {
    do throws(BuktiError) {
      return try BundleWriter.examine(
        FileStorage.openForAppending(at: bundle.bytes), acceptance)
    } catch {
      switch error.code {
      case .locked:
        throw BuktiError(
          .locked, "Another process is writing to \(bundle.text); append when it has ended.")
      case .untrustedSeal:
        throw BuktiError(
          .untrustedSeal,
          """
          The last seal of \(bundle.text) is by nobody you accept. bukti verify shows its signer's fingerprint: \
          compare it by phone or on paper, then give --accept FINGERPRINT, or --accept-roots FILE. Or refuse \
          what follows the last seal that you accept: --refuse REASON --go-back.
          """, record: error.record)
      default: throw error
      }
    }
  }

  /// Lists what no accepted seal covers, and says how to decide.
  private func examine(_ acceptance: Acceptance) throws(BuktiError) {
    let end = try end(acceptance)
    if end.isClosed, !sources.isEmpty {
      throw BuktiError(.closed, "\(bundle.text) is closed: it takes no more evidence.")
    }
    if end.tornBytes > 0 {
      Console.note(
        """
        The last \(end.tornBytes) bytes of \(bundle.text) are no records, as after a power cut. Appending moves \
        them to \(bundle.text).torn-…, and the session says so.
        """)
    }
    guard end.unsealedCount > 0, adopt == nil, refuse == nil else { return }
    let follow = end.unsealedCount == 1 ? "record follows" : "records follow"
    Console.note(
      "\(end.unsealedCount) \(follow) the last seal that you accept, and no accepted seal covers them:"
    )
    for record in end.unsealed.prefix(20) {
      let item = record.item == 0 ? "" : ", item #\(record.item)"
      Console.note("  record \(record.number): \(record.type), \(record.plainLength) bytes\(item)")
    }
    if end.unsealedCount > 20 { Console.note("  and \(end.unsealedCount - 20) more") }
    throw BuktiError(
      .unsealedTail,
      """
      Nothing was appended. If they are yours, --adopt REASON makes you answer for them; else --refuse REASON \
      leaves them without meaning. Both are recorded.
      """)
  }
}
