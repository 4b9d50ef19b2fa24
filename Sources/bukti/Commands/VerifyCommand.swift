import ArgumentParser
import BuktiConsole
import BuktiFormat
import BuktiStore
import BuktiVerifier

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Says what holds, what fails and what is not established, and why.",
    usage: "bukti verify <bundles> ... [<options>]",
    discussion: """
      Reads the whole bundle once and writes nothing. Without --roots or --pin the signatures are \
      checked but nobody is trusted, so that signed by is not established. Without a receipt nobody \
      can see that a later state was cut off: the report says so.

        bukti verify case.bukti --pin FINGERPRINT --receipt receipt.txt
        bukti verify case.bukti --roots national-ca.pem --json
        bukti verify case.bukti --log-key agency.vkey --witness-key court.vkey
        bukti verify case.bukti --level stored --sample 5%
        ssh lab cat case.bukti | bukti verify - --pin FINGERPRINT

      Exit code: 0 if intact, complete and signed by hold, 1 if one fails, 2 if one is not established; \
      --require adds to what is asked for. Of several bundles, what fails counts before what cannot be read, and that \
      before what is not established.
      """)

  @Argument(help: "Bundles, or - for standard input.")
  var bundles: [RawPath]

  @OptionGroup(title: "Whom you trust") var trust: TrustOptions
  @OptionGroup(title: "Logs") var logs: LogOptions
  @OptionGroup(title: "Volumes") var volumes: VolumeOptions

  @Option(
    help: ArgumentHelp("A receipt to hold the bundle against. May be repeated.", valueName: "file"))
  var receipt: [RawPath] = []

  @Option(
    help: ArgumentHelp(
      """
      Ask for more: whole (exceptions count as failing), existed-by, custody, log (the last seal is in a \
      log whose key is given). May be repeated.
      """, valueName: "what"))
  var require: [Requirement] = []

  @Option(
    help: ArgumentHelp(
      "Stop decoding after so many plain bytes; a blank disk is lawfully huge.", valueName: "bytes")
  )
  var maxPlain: UInt64 = Limits.defaultMaxPlain

  @Option(
    help: ArgumentHelp(
      """
      How much of the data is read: seals (none), stored (as stored, not decoded) or full. Less than full leaves \
      intact and complete not established.
      """, valueName: "level"))
  var level: VerificationLevel = .full

  @Option(
    help: ArgumentHelp(
      "Read only so many per cent of the data records, picked at random: 10%.", valueName: "percent"
    ))
  var sample: Percentage?

  @Option(
    help: ArgumentHelp(
      "Pick the sample that an earlier report names by this number.", valueName: "number"))
  var seed: UInt64?

  @Flag(help: "The report in JSON, as in spec/report.schema.json.")
  var json = false

  @Flag(
    help: "One such report a line, with the path; of what cannot be read, the path and the code.")
  var jsonLines = false

  @OptionGroup var threads: ThreadOptions

  @Flag(name: .shortAndLong, help: "No progress on standard error.")
  var quiet = false

  enum Requirement: String, ExpressibleByArgument, CaseIterable {
    case whole
    case existedBy = "existed-by"
    case custody
    case log
  }

  func validate() throws {
    if bundles.count > 1, !volumes.volume.isEmpty {
      throw ValidationError("--volume goes with one bundle.")
    }
    if seed != nil, sample == nil { throw ValidationError("--seed goes with --sample.") }
    if let seed, seed >= Limits.integer {
      throw ValidationError("--seed is below \(Limits.integer).")
    }
    if sample != nil, level == .seals {
      throw ValidationError("--sample picks data, and --level seals reads none.")
    }
    if json, bundles.count > 1 {
      throw ValidationError("--json is one report: for several bundles give --json-lines.")
    }
  }

  mutating func run() throws {
    var options = try trust.verificationOptions()
    options.maxPlain = maxPlain
    // A report tells of items by number only; a million of them would take their names' memory.
    options.listsItems = false
    options.jobs = threads.count
    options.level = level
    options.sample = sample.map { sample in
      DataSample(
        percent: sample.value, seed: seed ?? UInt64.random(in: 0..<Limits.integer >> 31))
    }
    options.receipts = try ReceiptFile.read(receipt)
    options.logKeys = try logs.keys()
    Interrupt.watch()
    var worst: Int32 = 0
    for bundle in bundles {
      if bundles.count > 1, !json, !jsonLines { try Console.print("\(bundle.text):") }
      worst = Self.worse(worst, try verify(bundle, options))
    }
    if worst != 0 { throw ExitCode(worst) }
  }

  /// What fails counts most, then what could not be looked at, then what is not established.
  private static func worse(_ a: Int32, _ b: Int32) -> Int32 {
    let rank = { (code: Int32) -> Int32 in
      switch code {
      case 0: 0
      case 1: 3
      case 64...: 2
      default: 1
      }
    }
    return rank(b) > rank(a) ? b : a
  }

  private var asked: Set<Claim> {
    var claims: Set<Claim> = [.intact, .complete, .signedBy]
    if require.contains(.existedBy) { claims.insert(.existedBy) }
    if require.contains(.custody) { claims.insert(.custody) }
    return claims
  }

  private func verify(_ bundle: RawPath, _ options: VerificationOptions) throws(BuktiError) -> Int32
  {
    let report: Report
    do throws(BuktiError) { report = try read(bundle, options) } catch {
      guard bundles.count > 1 || jsonLines, error.code != .interrupted else { throw error }
      Console.error("\(bundle.text): \(error.explained)")
      if jsonLines {
        try Console.write(
          JSON.object([
            "path": .string(printable(bundle.bytes)), "refused": .string(error.code.rawValue),
          ]).line + "\n")
      }
      return error.code.exitCode
    }
    if jsonLines {
      try Console.write(report.jsonLine(path: printable(bundle.bytes)) + "\n")
    } else {
      let text = { report.text(width: Console.width, emphasis: Console.emphasis) }
      try Console.write(json ? report.json() : text())
    }
    let exit = report.exitCode(asked: asked, requireWhole: require.contains(.whole))
    if exit == 1, !json, !jsonLines, report.exitCode(asked: asked, requireWhole: false) != 1 {
      try Console.print(
        "\nThe whole was asked for, and there are exceptions: they count as failing.")
    }
    return exit == 0 && require.contains(.log) && !report.isLogged ? 2 : exit
  }

  private func read(_ bundle: RawPath, _ options: VerificationOptions) throws(BuktiError) -> Report
  {
    let input = try BundleInput(bundle, volumes)
    let progress = Progress("verified", total: try input.size(), quiet: quiet)
    return try input.verify(options, progress: progress)
  }
}
