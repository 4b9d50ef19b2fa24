import ArgumentParser
import BuktiConsole
import BuktiExtractor
import BuktiFormat
import BuktiStore
import BuktiVerifier

struct ExtractCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "extract",
    abstract: "Writes items into a folder, and nothing that was not verified.",
    discussion: """
      Without ITEM the whole bundle is verified in one pass, and each item gets its name once its digest \
      holds; what fails goes to UNPROVEN/. Folders keep exhibits and sessions apart; names that the file \
      system cannot hold are escaped; bukti-extracted.json lists everything. Nothing is overwritten and \
      nothing is written outside of the folder. Unsealed items are left out.

        bukti extract case.bukti --to out --pin FINGERPRINT
        bukti extract case.bukti 7 2:auth.log --to out
      """)

  @Argument(help: "The bundle.")
  var bundle: RawPath

  @Argument(help: "Items: #ID, NAME or SESSION:NAME; all if left out.")
  var items: [RawPath] = []

  @Option(
    help: ArgumentHelp(
      "Folder to write to; made if it is missing, else empty.", valueName: "folder"))
  var to: RawPath

  @Flag(help: "Unsealed items too, beneath UNSEALED/.")
  var unsealed = false

  @Flag(help: "Make symbolic links; else a text file tells where each pointed.")
  var links = false

  @Flag(help: "Keep names apart that differ in case only.")
  var caseTwins = false

  @Flag(help: "Escape what Windows cannot hold in names.")
  var windows = false

  @Flag(help: "Write into a folder that holds files already; still nothing is overwritten.")
  var intoExisting = false

  @Flag(help: "Do not compare sizes with the free space first, as for sparse images.")
  var ignoreFreeSpace = false

  @Option(help: ArgumentHelp("Stop after so many plain bytes.", valueName: "bytes"))
  var maxPlain: UInt64 = Limits.defaultMaxPlain

  @OptionGroup var threads: ThreadOptions

  @Flag(name: .shortAndLong, help: "No progress on standard error.")
  var quiet = false

  @OptionGroup(title: "Whom you trust") var trust: TrustOptions
  @OptionGroup(title: "Volumes") var volumes: VolumeOptions

  mutating func run() throws {
    var verification = try trust.verificationOptions()
    verification.listsItems = false
    verification.jobs = threads.count
    let extractor = Extractor(verification, options: options)
    Interrupt.watch()
    let result = try extracted(extractor)
    try tell(result)
    // What fails comes first, then what is not established, then what was left out.
    let verdict = verdict(result.report)
    let code = result.exitCode == 1 || verdict == 0 ? result.exitCode : verdict
    if code != 0 { throw ExitCode(code) }
  }

  private func extracted(_ extractor: Extractor) throws(BuktiError) -> ExtractionResult {
    do throws(BuktiError) { return try items.isEmpty ? all(extractor) : chosen(extractor) } catch {
      switch error.code {
      case .exists where !intoExisting:
        throw BuktiError(
          .exists, "\(to.text) is not empty: name another folder, or give --into-existing.")
      case .interrupted:
        throw BuktiError(
          .interrupted,
          "Interrupted: \(to.text) holds a part, and no list of it. Begin again in another folder.")
      default: throw error
      }
    }
  }

  private var options: ExtractionOptions {
    var options = ExtractionOptions()
    options.includesUnsealed = unsealed
    options.makesLinks = links
    options.separatesCaseTwins = caseTwins
    options.escapesForWindows = windows
    options.allowsExistingFiles = intoExisting
    options.ignoresFreeSpace = ignoreFreeSpace
    options.maxPlain = maxPlain
    return options
  }

  private func all(_ extractor: Extractor) throws(BuktiError) -> ExtractionResult {
    let storages = try volumes.open(bundle)
    let progress = Progress("verified", total: nil, quiet: quiet)
    defer { progress.clear() }
    return try extractor.extractAll(
      storages, to: to.bytes, progress: { progress.update($0.bytes) },
      isCancelled: { Interrupt.isRequested })
  }

  private func chosen(_ extractor: Extractor) throws(BuktiError) -> ExtractionResult {
    let reader = try OpenBundle.reader(bundle, volumes, trust)
    OpenBundle.noteSigners(reader)
    var entries: [ItemEntry] = []
    for item in items { entries.append(try OpenBundle.find(item, in: reader, bundle)) }
    let progress = Progress("extracted", total: nil, quiet: quiet)
    defer { progress.clear() }
    return try extractor.extract(
      entries, from: reader, to: to.bytes, progress: { progress.update($0.bytes) },
      isCancelled: { Interrupt.isRequested })
  }

  /// A failing claim shows in the exit code; who signed is asked for only where somebody is trusted.
  private func verdict(_ report: Report?) -> Int32 {
    guard let report else { return 0 }
    var asked: Set<Claim> = [.intact]
    if !trust.pins.isEmpty || !trust.roots.isEmpty { asked.insert(.signedBy) }
    return report.exitCode(asked: asked, requireWhole: false)
  }

  private func tell(_ result: ExtractionResult) throws(BuktiError) {
    let done = result.items.count(.extracted)
    try Console.print("Extracted \(done) of \(result.items.count) items to \(to.text).")
    let unsealed =
      result.items.count(.unsealed) == 0
      ? 0 : result.items.count { $0.status == .unsealed && $0.path != nil }
    if unsealed > 0 {
      try Console.print("Beneath UNSEALED/, vouched for by nobody: \(unsealed) more.")
    }
    for item in result.items where item.status != .extracted {
      let name = item.name.map { printable($0) } ?? "(no name)"
      Console.note(
        "  #\(item.id) \(name): \(item.status.rawValue)\(item.reason.map { ", \($0)" } ?? "")")
    }
    guard let report = result.report else { return }
    for claim in [Claim.intact, .complete, .signedBy] {
      try Console.print("\(claim.rawValue): \(report.claims[claim]?.rawValue ?? "not established")")
    }
  }
}
