import ArgumentParser
import BuktiConsole
import BuktiFormat
import BuktiStore
import BuktiVerifier

struct ReceiptCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "receipt",
    abstract: "Prints the last seal's checkpoint: three lines to keep outside the bundle.",
    discussion: """
      On paper, in a file of another agency, in a message: with it, bukti verify --receipt shows later \
      that the bundle still holds everything that it held then. Nobody can see that from the bundle alone.

        bukti receipt case.bukti --to receipt.txt
      """)

  @Argument(help: "The bundle.")
  var bundle: RawPath

  @Option(help: ArgumentHelp("Write it to a new file instead.", valueName: "file"))
  var to: RawPath?

  @OptionGroup(title: "Volumes") var volumes: VolumeOptions

  mutating func run() throws {
    let checkpoint = try OpenBundle.reader(bundle, volumes).index.end.seal.checkpoint
    guard let to else { return try StandardStream.output.write(checkpoint) }
    try SmallFile.create(at: to, checkpoint)
    Console.note(
      "Receipt of \(bundle.text) in \(to.text). Its signatures were not checked: bukti verify does."
    )
  }
}
