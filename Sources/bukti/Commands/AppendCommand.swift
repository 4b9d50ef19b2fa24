import ArgumentParser
import BuktiConsole
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
        bukti append case.bukti more/ --next-volume /media/second …
        bukti append case.bukti --adopt "my own, read again" --identity examiner.pem …
      """)

  @Argument(help: "The bundle to add to.")
  var bundle: RawPath

  @Argument(help: "What to add.")
  var sources: [RawPath] = []

  @Option(help: "Your identity: certificate and encrypted key in PEM.")
  var identity: RawPath

  @OptionGroup(title: "What came before") var continuation: ContinuationOptions
  @OptionGroup(title: "You and your authority") var person: PersonOptions
  @OptionGroup(title: "What is taken") var source: SourceOptions
  @OptionGroup(title: "New volumes") var newVolumes: NewVolumeOptions

  @Option(
    help: ArgumentHelp(
      "Begin a new volume there, as on another disk when this one is full: a folder, or a path that is free.",
      valueName: "path"))
  var nextVolume: RawPath?

  @OptionGroup(title: "Password") var password: PasswordOptions

  mutating func run() throws {
    let acquisition = try Acquisition(sources, source)
    let acceptance = try continuation.acceptance(of: identity)
    // What stands in the way is said before the password is asked for.
    let end = try continuation.examine(bundle, acceptance, beginsVolume: nextVolume != nil)
    if end.isClosed, !sources.isEmpty {
      throw BuktiError(.closed, "\(bundle.text) is closed: it takes no more evidence.")
    }
    let plan = try SessionPlan(identity: identity, person: person, sources: source)
    let key = try plan.key(password)
    Interrupt.watch()
    let progress = Progress("added", total: acquisition.total, quiet: source.quiet)
    let writer = try BundleWriter.append(
      at: bundle.bytes, elsewhere: continuation.volumes.elsewhere,
      nextVolume: nextVolume?.bytes, session: plan.session, acceptance: acceptance,
      unsealed: continuation.decision,
      options: acquisition.writerOptions(progress, newVolumes))
    try fill(writer, acquisition, key, progress).tell()
  }

  private func fill(
    _ writer: consuming BundleWriter, _ acquisition: Acquisition, _ key: SigningKey,
    _ progress: Progress
  ) throws(BuktiError) -> AcquisitionOutcome {
    defer { progress.clear() }
    do throws(BuktiError) {
      let reports = try acquisition.run(&writer)
      try writer.closeSuspended()
      let receipt = try writer.seal([key])
      try writer.finish()
      return AcquisitionOutcome(
        bundle: bundle, reports: reports, receipt: receipt, map: acquisition.map)
    } catch { throw Acquisition.unsealed(bundle, error) }
  }
}
