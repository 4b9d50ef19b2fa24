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

      --resume goes on with an item that ^C, a full disk or a power cut stopped: it checks that SOURCE is the \
      same by size, serial number and the last 16 MiB stored. Unsealed bytes of it are compared with SOURCE: \
      equal ones are adopted, others refused and read again. An image that was begun with --map needs that map.

        bukti append case.bukti more/ --identity examiner.pem --why "second visit"
        bukti append --resume case.bukti /dev/sdb --identity examiner.pem …
        tcpdump -w - | bukti append case.bukti - --name lan.pcap --seal-every 60s …
        bukti append case.bukti more/ --next-volume /media/second …
        bukti append case.bukti --adopt "my own, read again" --identity e.pem …
      """)

  @Argument(help: "The bundle to add to.")
  var bundle: RawPath

  @Argument(help: "What to add.")
  var sources: [RawPath] = []

  @Option(help: "Your identity: certificate and encrypted key in PEM.")
  var identity: RawPath?

  @Flag(help: "Go on with the item that SOURCE was interrupted in: the same file or device.")
  var resume = false

  @Option(
    help: ArgumentHelp("With --resume: which item, where several are suspended.", valueName: "id"))
  var item: UInt64?

  @Option(
    help: ArgumentHelp(
      "Close a suspended item as aborted, with the bytes that it has. May be repeated.",
      valueName: "id"))
  var abandon: [UInt64] = []

  @OptionGroup(title: "What came before") var continuation: ContinuationOptions
  @OptionGroup(title: "You and your authority") var person: PersonOptions
  @OptionGroup(title: "What is taken") var source: SourceOptions
  @OptionGroup(title: "Long work") var longRun: LongRunOptions
  @OptionGroup(title: "New volumes") var newVolumes: NewVolumeOptions

  @Option(
    help: ArgumentHelp(
      "Begin a new volume there, as on another disk when this one is full: a folder, or a path that is free.",
      valueName: "path"))
  var nextVolume: RawPath?

  @OptionGroup(title: "Password") var password: PasswordOptions
  @OptionGroup(title: "Who else signs") var coSigners: CoSignerOptions
  @OptionGroup(title: "Who else signs") var elsewhere: ElsewhereOptions

  func validate() throws {
    if resume, sources.count != 1 { throw ValidationError("--resume takes exactly one SOURCE.") }
    if item != nil, !resume { throw ValidationError("--item goes with --resume.") }
    if let item, abandon.contains(item) {
      throw ValidationError("Item \(item) is either resumed or abandoned.")
    }
  }

  mutating func run() throws {
    let acquisition = try Acquisition(sources, source)
    let others = try elsewhere.certificates()
    let acceptance = try continuation.acceptance(of: identity, elsewhere: others)
    // What stands in the way is said before the password is asked for.
    let end = try continuation.examine(
      bundle, acceptance, beginsVolume: nextVolume != nil, comparesLater: resume)
    try acquisition.requireOthers(than: bundle)
    if end.isClosed, !sources.isEmpty {
      throw BuktiError(.closed, "\(bundle.text) is closed: it takes no more evidence.")
    }
    let resumption =
      resume ? try Resumption(of: item, bundle, acquisition, continuation, acceptance, end) : nil
    let plan = try SessionPlan(
      identity: identity, person: person, coSigners: coSigners, elsewhere: others, sources: source,
      startsBranch: continuation.branch)
    let run = try RunKey(longRun, isPossible: !elsewhere.isUsed)
    let keys = elsewhere.isUsed ? nil : try plan.keys(password)
    // Before anything is written: a wrong password, and ^C while it is tried, leave the bundle as it is.
    try keys?.wait()
    Interrupt.watch()
    let progress = Progress("added", total: acquisition.total, quiet: source.quiet)
    var options = acquisition.writerOptions(progress, newVolumes, run.seals(keys))
    let rereading = Progress("read again", total: resumption?.size, quiet: source.quiet)
    options.rereading = { rereading.update($0) }
    let writer = try BundleWriter.append(
      at: bundle.bytes, elsewhere: continuation.volumes.elsewhere,
      nextVolume: nextVolume?.bytes, session: run.certified(plan.session), acceptance: acceptance,
      unsealed: resumption?.decision ?? continuation.decision,
      options: options)
    let filling = Filling(
      bundle: bundle, acquisition: acquisition, keys: keys, progress: progress,
      volumes: continuation.volumes.volume, resumed: resumption?.id)
    let outcome = try filling.run(writer) { (writer, reports) throws(BuktiError) in
      if let resumption {
        reports.append(try resumption.run(&writer))
      } else {
        try acquisition.run(&writer, &reports)
      }
      // What is left open is named with the way to go on.
      if Interrupt.isRequested { return }
      for id in abandon {
        try writer.abandon(id, reason: "the examiner does not go on with it")
      }
      try writer.closeSuspended(onlyUnnamed: true)
    }
    try outcome.tell()
  }
}
