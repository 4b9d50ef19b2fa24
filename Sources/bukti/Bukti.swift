import ArgumentParser
import BuktiEngines

@main
struct Bukti: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bukti",
    abstract: "Seals digital evidence so that others can verify it, years later, without you.",
    discussion: """
      A bundle (.bukti) is one file that only grows: every byte is chained, counted and signed.

        bukti identity create examiner.pem --name "Example Examiner"
        bukti seal case.bukti disk.img photos/ --identity examiner.pem …
        bukti verify case.bukti --pin FINGERPRINT
        bukti extract case.bukti --to out/

      Keep a receipt (bukti receipt) outside the bundle: only it can show that nothing was cut off.

      Exit codes: 0 all asked for holds, 1 a claim fails, 2 something is not established, 3 finished \
      but something could not be read or was skipped, 64 usage, 65 not a bundle, 66 no input, 73 the \
      target exists, 74 input or output, 75 in use by another process, 77 wrong password, 130 interrupted.
      """,
    version: Version.text,
    subcommands: [
      SealCommand.self, AppendCommand.self, VerifyCommand.self, CompareCommand.self,
      InfoCommand.self,
      ListCommand.self,
      ShowCommand.self, ExtractCommand.self, CatCommand.self, ReceiptCommand.self,
      AttestCommand.self, CountersignCommand.self, ProveCommand.self, VerifyProofCommand.self,
      ExportSealCommand.self, SignRequestCommand.self, ImportSignatureCommand.self,
      NoteCommand.self,
      CloseCommand.self,
      CustodyCommand.self, WithholdCommand.self, IdentityCommand.self,
    ])

  static func main() async {
    await Run.main(Self.self)
  }
}

/// The version of the command and of what it stands on.
enum Version {
  static let number = "0.1.0"
  static var text: String { "bukti \(number)\nformat 1.0\n\(EngineVersions.text)" }
}
