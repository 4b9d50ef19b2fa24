import ArgumentParser
import BuktiFormat
import BuktiStore
import BuktiTrust
import BuktiVerifier
import BuktiWriter

struct CountersignCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "countersign",
    abstract: "Adds your signature to a seal that is there, as a supervisor does later.",
    usage: "bukti countersign <bundle> --identity <identity> [<options>]",
    discussion: """
      Your signature stands beside the seal and says that you saw this state of the bundle. It counts for no \
      policy and changes nothing that was sealed; bukti verify lists it. Verify the bundle before you sign. \
      Where your key is elsewhere: sign-request --seal, then import-signature --seal.

        bukti countersign case.bukti --identity supervisor.pem
        bukti countersign case.bukti --seal 20 --identity supervisor.pem
      """)

  @Argument(help: "The bundle.")
  var bundle: RawPath

  @Option(help: "Your identity: certificate and encrypted key in PEM.")
  var identity: RawPath

  @Option(
    help: ArgumentHelp("Record number of the seal; the last one if left out.", valueName: "number"))
  var seal: UInt64?

  @OptionGroup(title: "Password") var password: PasswordOptions
  @OptionGroup(title: "Volumes") var volumes: VolumeOptions

  mutating func run() throws {
    let target = try StoredSeal(seal, in: bundle, volumes)
    let certificate = try IdentityFile(path: identity).certificate()
    if let there = try target.record(signedBy: certificate.fingerprint) {
      try Console.print(
        "Nothing to do: record \(there) holds a signature of seal \(target.record) by this certificate."
      )
      return
    }
    let key = try IdentityFile(path: identity).key(password)
    let signature = try CheckpointSigner.sign(
      checkpoint: target.checkpoint.encoded(), key: key,
      signingTime: try SystemClock().now().instant.seconds)
    let record = try target.store([signature], .signature)
    try Console.print(
      """
      Counter-signed: seal \(target.record) of \(bundle.text), in record \(record).
      Over \(target.checkpoint.size) records, root \(target.checkpoint.root.hex)
      """)
  }
}
