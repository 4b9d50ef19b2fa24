import ArgumentParser
import BuktiConsole
import BuktiFormat
import BuktiStore
import BuktiVerifier

struct VerifyProofCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify-proof",
    abstract: "Says what a proof of a part shows, without the bundle.",
    usage: "bukti verify-proof <proof> [--content <file>] [<options>]",
    discussion: """
      A proof (bukti prove makes one) shows that an item was in a sealed bundle, and by its SHA-256 which \
      bytes are meant: give them with --content. A proof of a range carries its bytes, and --to writes them. \
      --export writes what openssl needs to check the signatures by itself.

        bukti verify-proof photo.bukti-proof --content photo.jpg --pin FINGERPRINT
        bukti verify-proof log.bukti-proof --to lines.txt --roots national-ca.pem
        bukti verify-proof photo.bukti-proof --export seal

      Exit code: 0 if included, counted and signed by hold, and content where there is any, 1 if one fails, \
      2 if one is not established, 65 if it is no proof.
      """)

  @Argument(help: "The proof, or - for standard input.")
  var proof: RawPath

  @Option(
    help: ArgumentHelp(
      "The bytes that the proof is about: the item's, or those of its range.", valueName: "file"))
  var content: RawPath?

  @Option(
    help: ArgumentHelp(
      "Write the bytes of a range to a new file, if they count.", valueName: "file"))
  var to: RawPath?

  @Option(
    help: ArgumentHelp(
      "Write checkpoint and signatures to a folder, as openssl reads them.", valueName: "folder"))
  var export: RawPath?

  @OptionGroup(title: "Whom you trust") var trust: TrustOptions

  @Option(
    help: ArgumentHelp("A receipt to hold the proof against. May be repeated.", valueName: "file"))
  var receipt: [RawPath] = []

  @Option(
    help: ArgumentHelp(
      "Ask for more: whole (exceptions count as failing), existed-by. May be repeated.",
      valueName: "what"))
  var require: [Requirement] = []

  @Flag(help: "The report in JSON, as in spec/proof.schema.json.")
  var json = false

  enum Requirement: String, ExpressibleByArgument, CaseIterable {
    case whole
    case existedBy = "existed-by"
  }

  mutating func run() throws {
    var options = try trust.verificationOptions()
    options.receipts = try ReceiptFile.read(receipt)
    Interrupt.watch()
    let target = try to.map { path throws(BuktiError) in try UnprovenFile(path) }
    let report = try verify(options, target)
    try keep(target, report)
    if let export { try write(report, to: export) }
    let text = { report.text(width: Console.width, emphasis: Console.emphasis) }
    try Console.write(json ? report.json() : text())
    let exit = report.exitCode(
      asked: asked(report), requireWhole: require.contains(.whole))
    if exit != 0 { throw ExitCode(exit) }
  }

  private func verify(
    _ options: VerificationOptions, _ target: UnprovenFile?
  ) throws -> ProofReport {
    let source =
      proof.bytes == Array("-".utf8)
      ? FileDescriptorSource.standardInput
      : try FileDescriptorSource.open(at: proof.bytes) { Interrupt.isRequested }
    var beside: FileDescriptorSource?
    if let content {
      beside = try FileDescriptorSource.open(at: content.bytes) { Interrupt.isRequested }
    }
    do throws(BuktiError) {
      return try ProofVerifier(options).verify(source, content: beside, range: target)
    } catch {
      guard error.code.refusesProof else { throw error }
      Console.error("\(proof.text): \(error.code.meaningInProof) [\(error.code.rawValue)]")
      throw ExitCode(65)
    }
  }

  /// The bytes of a range are kept where they count; who signed for them is for the report to say.
  private func keep(_ target: UnprovenFile?, _ report: ProofReport) throws(BuktiError) {
    guard let target else { return }
    if report.subject != nil, report.subject?.range == nil {
      throw BuktiError(.usage, "\(proof.text) has no range: there are no bytes to write.")
    }
    guard report.claims[.included] == .holds || report.claims[.included] == .notEstablished,
      report.subject != nil, report.claims[.counted] != .fails
    else {
      return Console.note("Nothing was written: the bytes of the range do not count.")
    }
    try target.keep()
  }

  private func asked(_ report: ProofReport) -> Set<ProofClaim> {
    var claims: Set<ProofClaim> = [.included, .counted, .signedBy]
    if content != nil || report.subject?.range != nil { claims.insert(.content) }
    if require.contains(.existedBy) { claims.insert(.existedBy) }
    return claims
  }

  private func write(_ report: ProofReport, to path: RawPath) throws(BuktiError) {
    let folder = try ConfinedDirectory(at: path.bytes)
    try ExportedFile.write(report.checkpoint, "checkpoint.txt", folder)
    for (index, signature) in report.cms.enumerated() {
      let suffix = index == 0 ? "" : "-\(index + 1)"
      try ExportedFile.write(signature, "signature\(suffix).p7s", folder)
    }
  }
}

extension ErrorCode {
  /// Whether a file with this error is no proof at all, and nothing else is said of it.
  fileprivate var refusesProof: Bool {
    switch self {
    case .proofTruncated, .proofMagic, .proofVersion, .proofLength, .proofTrailing: true
    default: rawValue.hasPrefix("cbor-") || rawValue.hasPrefix("schema-")
    }
  }
}
