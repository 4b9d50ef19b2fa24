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
        bukti receipt case.bukti --as qr
        bukti receipt case.bukti --as png --to receipt.png
      """)

  @Argument(help: "The bundle.")
  var bundle: RawPath

  @Option(
    help: ArgumentHelp(
      """
      text: the three lines; json: with bundle, records and root named; qr: a code to photograph from the \
      terminal; png: the same as a picture.
      """, valueName: "form"))
  var `as` = Form.text

  @Option(help: ArgumentHelp("Write it to a new file instead.", valueName: "file"))
  var to: RawPath?

  @OptionGroup(title: "Volumes") var volumes: VolumeOptions

  enum Form: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
    case qr
    case png
  }

  func validate() throws {
    if `as` == .png, to == nil, Terminal.isTerminal(1) {
      throw ValidationError("A picture does not go to a terminal: name a file with --to.")
    }
  }

  mutating func run() throws {
    let checkpoint = try OpenBundle.reader(bundle, volumes).checkpoint
    let bytes = try written(checkpoint)
    guard let to else { return try StandardStream.output.write(bytes) }
    try SmallFile.create(at: to, bytes)
    Console.note(
      "Receipt of \(bundle.text) in \(to.text). Its signatures were not checked: bukti verify does."
    )
  }

  private func written(_ checkpoint: Checkpoint) throws(BuktiError) -> [UInt8] {
    let bytes = checkpoint.encoded()
    switch `as` {
    case .text: return bytes
    case .json: return Array(ReceiptFile.json(checkpoint).utf8)
    case .qr:
      let isColoured = to == nil && Terminal.takesColour(1)
      return Array(try QRCode(bytes).text(isColoured: isColoured).utf8)
    case .png: return try QRCode(bytes).png()
    }
  }
}
