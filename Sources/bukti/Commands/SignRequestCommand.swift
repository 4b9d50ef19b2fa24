import ArgumentParser
import BuktiFormat
import BuktiStore
import BuktiVerifier
import BuktiWriter

struct SignRequestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign-request",
    abstract: "Writes the checkpoint that somebody signs elsewhere, on another machine or card.",
    usage: "bukti sign-request <bundle> --to <file> [<options>]",
    discussion: """
      After seal or append with --sign-elsewhere the bundle waits for its seal. FILE gets the three lines \
      that the seal signs; carry it to where the key is, sign it with any tool that writes CMS (CAdES), and \
      bring the signature back: bukti import-signature. Nothing may be appended in between.

        bukti seal case.bukti disk.img --sign-elsewhere card.pem …
        bukti sign-request case.bukti --to checkpoint.txt
        openssl cms -sign -cades -binary -outform DER -md sha256 \\
          -in checkpoint.txt -signer card.pem -inkey key.pem -out signature.p7s
        bukti import-signature case.bukti signature.p7s

      Where nothing waits for a seal, FILE gets the checkpoint of the last seal, or of --seal, which a \
      supervisor signs later: a counter-signature.
      """)

  @Argument(help: "The bundle.")
  var bundle: RawPath

  @Option(help: ArgumentHelp("The file to write; never overwritten.", valueName: "file"))
  var to: RawPath

  @Option(
    help: ArgumentHelp(
      "Record number of a seal that is to be counter-signed.", valueName: "number"))
  var seal: UInt64?

  @OptionGroup(title: "Volumes") var volumes: VolumeOptions

  mutating func run() throws {
    guard seal == nil, let pending = try AwaitedSeal.find(bundle, volumes) else {
      return try requestCounterSignature()
    }
    let checkpoint = pending.checkpoint
    try SmallFile.create(at: to, checkpoint.encoded())
    try Console.print(
      """
      To be signed: \(checkpoint.size) records, root \(checkpoint.root.hex)
      \(AwaitedSeal.summary(pending))
      Compare the root with the one that seal or append printed; then, where the key is:
        \(AwaitedSeal.opensslCommand(to))
      and back here, before anything else is appended:
        bukti import-signature \(bundle.shellText) signature.p7s
      """)
  }
}

extension SignRequestCommand {
  private func requestCounterSignature() throws {
    let target = try StoredSeal(seal, in: bundle, volumes)
    guard let seal else {
      throw BuktiError(
        .usage,
        """
        \(bundle.text) waits for no signature: seal \(target.record) covers all records. \
        For a counter-signature of it give --seal \(target.record).
        """)
    }
    let checkpoint = target.checkpoint
    try SmallFile.create(at: to, checkpoint.encoded())
    try Console.print(
      """
      To be counter-signed: seal \(target.record) over \(checkpoint.size) records, root \(checkpoint.root.hex)
      It is sealed already; another signature stands beside it and counts for no policy. Where the key is:
        \(AwaitedSeal.opensslCommand(to))
      and back here:
        bukti import-signature \(bundle.shellText) signature.p7s --seal \(seal)
      """)
  }
}

/// The seal that a bundle waits for.
enum AwaitedSeal {
  /// What signs the file, with openssl alone.
  static func opensslCommand(_ file: RawPath) -> String {
    """
    openssl cms -sign -cades -binary -outform DER -md sha256 \\
        -in \(file.shellText) \\
        -signer CERTIFICATE.pem -inkey KEY.pem -out signature.p7s
    """
  }

  /// - Returns: nil where it waits for none.
  /// - Throws: `unsealed-tail` with what to do, and what `PendingSeal.find` throws.
  static func find(
    _ bundle: RawPath, _ volumes: VolumeOptions
  ) throws(BuktiError) -> PendingSeal? {
    do throws(BuktiError) {
      return try PendingSeal.find(at: bundle.bytes, elsewhere: volumes.elsewhere)
    } catch {
      switch error.code {
      case .unsealedTail, .untrustedSeal:
        throw BuktiError(
          error.code,
          """
          \(bundle.text) cannot be sealed as it ends: \(error.message) \
          bukti append \(bundle.text) --sign-elsewhere CERTIFICATE lists them and says how to go on.
          """, record: error.record)
      case .locked:
        throw BuktiError(
          .locked, "Another process is writing to \(bundle.text); come back when it has ended.")
      default: throw volumes.explained(error, bundle)
      }
    }
  }

  /// What is to be sealed, and by whom.
  static func summary(_ pending: PendingSeal) -> String {
    let end = pending.checkpoint.size
    let items = pending.records.count { $0.type == .item }
    let sessions = pending.records.count { $0.type == .session }
    let policy = pending.session.policy
    var lines = [
      "No seal covers records \(pending.base) to \(end - 1) yet: "
        + "\(items) item\(items == 1 ? "" : "s"), \(sessions) session\(sessions == 1 ? "" : "s").",
      "Session \(pending.sessionRecord), of \(printable(pending.session.who.name)), needs "
        + "\(policy.needed == 1 ? "a signature" : "\(policy.needed) signatures") by:",
    ]
    lines += policy.certificates.map { "  certificate \($0.hex)" }
    return lines.joined(separator: "\n")
  }
}
