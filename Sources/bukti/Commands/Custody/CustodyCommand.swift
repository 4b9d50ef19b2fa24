import ArgumentParser

struct CustodyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "custody",
    abstract: "Records who had the evidence, hand-overs from both sides, and prints the chain.",
    discussion: """
      A hand-over is two halves. Each is sealed by the one whose half it is, so that neither side can make \
      the other's: release by who gives, receive or reject by who takes. Until it is answered, a release is \
      pending, and bukti verify says so.

        bukti custody release case.bukti --identity a.pem \\
          --counterpart "Example Lab" --why "analysis"
        bukti custody receive case.bukti --identity b.pem \\
          --accept FINGERPRINT-OF-A --reverify --why "analysis"
        bukti custody log case.bukti
      """,
    subcommands: [
      ReleaseCommand.self, ReceiveCommand.self, RejectCommand.self, RecordEventCommand.self,
      CustodyLogCommand.self,
    ])
}
