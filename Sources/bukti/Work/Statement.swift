import ArgumentParser
import BuktiConsole
import BuktiFormat
import BuktiStore
import BuktiVerifier
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

  /// Refuses numbers of items that are not there, while nothing is written yet.
  ///
  /// - Throws: `usage`.
  func requireItems(_ ids: [UInt64]) throws(BuktiError) {
    for id in ids where id >= end.nextItemID {
      throw BuktiError(
        .usage,
        "There is no item \(id) in \(bundle.text); bukti list \(bundle.shellText) shows all.")
    }
  }

  /// Writes what `body` adds, and seals it, also what stands there when `body` fails: unsealed it would be in
  /// the way of whatever comes next.
  ///
  /// - Parameter prepare: done once the keys are open, before anything is written.
  func seal(
    preparing prepare: () throws(BuktiError) -> Void = {},
    _ body: (inout BundleWriter) throws(BuktiError) -> Void
  ) throws(BuktiError) -> SealReceipt {
    let keys = try plan.keys(options.password).wait()
    Interrupt.watch()
    try prepare()
    var writerOptions = WriterOptions(now: Clock.now)
    // Closing what an earlier session left open reads all of it again.
    let rereading = Progress("read again", total: nil)
    writerOptions.isInterrupted = { Interrupt.isRequested }
    writerOptions.rereading = { rereading.update($0) }
    var writer = try BundleWriter.append(
      at: bundle.bytes, elsewhere: volumes.elsewhere,
      session: plan.session, acceptance: acceptance,
      unsealed: options.continuation.decision, options: writerOptions)
    var failure: BuktiError?
    do throws(BuktiError) { try body(&writer) } catch { failure = error }
    rereading.clear()
    if let failure, Filling.isFatal(failure) { throw Acquisition.unsealed(bundle, failure) }
    let receipt: SealReceipt
    do throws(BuktiError) {
      receipt = try writer.seal(keys)
      try writer.finish()
    } catch { throw Acquisition.unsealed(bundle, error.code == .dead ? failure ?? error : error) }
    if let failure { throw stopped(failure, receipt) }
    return receipt
  }

  private func stopped(_ error: BuktiError, _ receipt: SealReceipt) -> BuktiError {
    BuktiError(
      error.code,
      "\(error.sentence) What was written until then is sealed (seal \(receipt.record)).",
      errno: error.errno)
  }

  /// What is said when all is done.
  func tell(_ what: String, _ receipt: SealReceipt) throws(BuktiError) {
    try Console.print(
      """
      \(what)
      Seal \(receipt.record), root \(receipt.root.hex)
      Keep a receipt elsewhere: bukti receipt \(bundle.shellText) --to FILE
      """)
  }
}
