import ArgumentParser
import BuktiConsole
import BuktiFormat
import BuktiStore
import BuktiWriter

/// What every command needs that adds records to a bundle but no evidence.
struct StatementOptions: ParsableArguments {
  @Option(help: "Your identity: certificate and encrypted key in PEM.")
  var identity: RawPath

  @OptionGroup(title: "What came before") var continuation: ContinuationOptions
  @OptionGroup(title: "You and your authority") var person: PersonOptions
  @OptionGroup(title: "Password") var password: PasswordOptions
  @OptionGroup(title: "Who else signs") var coSigners: CoSignerOptions
}

/// A session that only states something: opened, written, sealed.
struct Statement {
  let bundle: RawPath
  let options: StatementOptions
  var volumes: VolumeOptions { options.continuation.volumes }
  let plan: SessionPlan
  /// How the bundle ended when this was begun.
  let end: BundleEnd
  private let acceptance: Acceptance

  /// Everything that can be refused is refused here, before a password is asked for.
  init(_ bundle: RawPath, _ options: StatementOptions) throws(BuktiError) {
    self.bundle = bundle
    self.options = options
    acceptance = try options.continuation.acceptance(of: options.identity)
    end = try options.continuation.examine(bundle, acceptance)
    plan = try SessionPlan(
      identity: options.identity, person: options.person, coSigners: options.coSigners,
      startsBranch: options.continuation.branch)
  }

  /// Writes what `body` adds, and seals it.
  func seal(
    _ body: (inout BundleWriter) throws(BuktiError) -> Void
  ) throws(BuktiError) -> SealReceipt {
    let keys = try plan.keys(options.password).wait()
    Interrupt.watch()
    var writer = try BundleWriter.append(
      at: bundle.bytes, elsewhere: volumes.elsewhere,
      session: plan.session, acceptance: acceptance,
      unsealed: options.continuation.decision, options: WriterOptions(now: Clock.now))
    do throws(BuktiError) {
      try body(&writer)
      let receipt = try writer.seal(keys)
      try writer.finish()
      return receipt
    } catch { throw Acquisition.unsealed(bundle, error) }
  }

  /// What is said when all is done.
  func tell(_ what: String, _ receipt: SealReceipt) throws(BuktiError) {
    try Console.print(
      """
      \(what)
      Seal \(receipt.record), root \(receipt.root.hex)
      Keep a receipt elsewhere: bukti receipt \(bundle.text) --to FILE
      """)
  }
}
