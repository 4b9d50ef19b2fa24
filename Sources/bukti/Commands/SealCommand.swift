import ArgumentParser
import BuktiConsole
import BuktiFormat
import BuktiStore
import BuktiTrust
import BuktiWriter

struct SealCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "seal",
    abstract: "Makes a bundle of evidence and seals it.",
    discussion: """
      BUNDLE must not exist: bukti append adds to one. SOURCE is a file, a block device, a folder, or - \
      for standard input. Links are not followed; devices and sockets in a folder are recorded, never \
      opened. What cannot be read is recorded, and the exit code is 3.

      Long work is synced every 30 seconds and sealed on its way (--seal-every). ^C suspends what is being \
      read, and seals; bukti append --resume goes on with it, also after a power cut.

        bukti seal case.bukti disk.img photos/ --identity examiner.pem \\
          --case-number EX-1 --why "order 1/2026"
        nc -l 9000 | bukti seal case.bukti - --name memory.lime --kind memory …
        bukti seal case.bukti /dev/sdb --skip-after 64 --write-map sdb.map …
      """)

  @Argument(help: "The bundle to make.")
  var bundle: RawPath

  @Argument(help: "What to seal.")
  var sources: [RawPath]

  @Option(help: "Your identity: certificate and encrypted key in PEM.")
  var identity: RawPath?

  @OptionGroup(title: "Case") var caseOptions: CaseOptions
  @OptionGroup(title: "You and your authority") var person: PersonOptions
  @OptionGroup(title: "What is taken") var source: SourceOptions
  @OptionGroup(title: "Long work") var longRun: LongRunOptions
  @OptionGroup(title: "New volumes") var newVolumes: NewVolumeOptions
  @OptionGroup(title: "Password") var password: PasswordOptions
  @OptionGroup(title: "Who else signs") var coSigners: CoSignerOptions
  @OptionGroup(title: "Who else signs") var elsewhere: ElsewhereOptions

  mutating func run() throws {
    if (try? FileMetadata.at(bundle.bytes)) != nil {
      throw BuktiError(
        .exists, "\(bundle.text) exists already; bukti append \(bundle.text) … adds to it.")
    }
    let acquisition = try Acquisition(sources, source)
    let plan = try SessionPlan(
      identity: identity, person: person, coSigners: coSigners,
      elsewhere: elsewhere.certificates(), sources: source)
    let genesis = Genesis(
      case: try caseOptions.details(plan.caseFile, agency: plan.person.agency),
      creator: plan.person, tool: SessionPlan.tool, time: plan.session.time)
    let run = try RunKey(longRun, isPossible: !elsewhere.isUsed)
    let keys = elsewhere.isUsed ? nil : try plan.keys(password)
    let unnamed = try keys.flatMap { (_) throws(BuktiError) in try unnamedFile(acquisition) }
    if unnamed == nil { try keys?.wait() }
    Interrupt.watch()
    let progress = Progress("sealed", total: acquisition.total, quiet: source.quiet)
    var options = acquisition.writerOptions(progress, newVolumes, run.seals(keys))
    options.isInterrupted = { Interrupt.isRequested || keys?.haveFailed == true }
    let writer = try BundleWriter.create(
      at: bundle.bytes, in: unnamed, genesis: genesis, session: run.certified(plan.session),
      options: options)
    if let unnamed {
      keys?.start { [path = bundle.bytes] () throws(BuktiError) in try unnamed.giveName(path) }
    }
    let filling = Filling(bundle: bundle, acquisition: acquisition, keys: keys, progress: progress)
    let outcome = try filling.run(writer) { (writer, reports) throws(BuktiError) in
      try acquisition.run(&writer, &reports, until: options.isInterrupted)
    }
    try outcome.tell()
  }

  /// A file that gets its name once the keys are open, so that evidence is read while a password is tried and a
  /// wrong one leaves nothing behind; nil where the password comes first.
  private func unnamedFile(_ acquisition: Acquisition) throws(BuktiError) -> FileStorage? {
    guard acquisition.canBeginAnew, !acquisition.holds(bundle), newVolumes.volumeSize == nil,
      source.jobs != 1
    else { return nil }
    return try FileStorage.createUnnamed(for: bundle.bytes)
  }
}
