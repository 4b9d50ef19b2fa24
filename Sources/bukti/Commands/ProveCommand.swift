import ArgumentParser
import BuktiFormat
import BuktiStore
import BuktiVerifier

struct ProveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove",
    abstract: "Writes a proof that one item, or a range of it, is in the sealed bundle.",
    usage: "bukti prove <bundle> <item> --to <file> [<options>]",
    discussion: """
      One small file, with which a court checks one photo without getting the disk: bukti verify-proof, \
      the Python verifier and openssl read it. The item's bytes are not in it, but for those of --range; give \
      them beside it. ITEM is as for bukti cat. By itself the proof is by the seal that ends the item's \
      session; with --seal it is by a later one, such as the one that a receipt is of.

        bukti prove case.bukti photo.jpg --to photo.bukti-proof
        bukti prove case.bukti 2:auth.log --range 4096:512 --to log.bukti-proof
      """)

  @Argument(help: "The bundle.")
  var bundle: RawPath

  @Argument(help: "The item: #ID, NAME or SESSION:NAME.")
  var item: RawPath

  @Option(help: ArgumentHelp("The file to make, as in photo.bukti-proof.", valueName: "file"))
  var to: RawPath

  @Option(
    help: ArgumentHelp(
      "Carry so many bytes from an offset, and prove them.", valueName: "offset:length"))
  var range: CatCommand.ByteRange?

  @Option(help: ArgumentHelp("Record number of the seal to prove by.", valueName: "number"))
  var seal: UInt64?

  @OptionGroup(title: "Volumes") var volumes: VolumeOptions

  mutating func run() throws {
    let reader = try OpenBundle.reader(bundle, volumes)
    let entry = try OpenBundle.find(item, in: reader, bundle)
    let part = range.map { $0.offset..<$0.offset + $0.length }
    let plan = try plan(reader, entry, part)
    let file = try UnprovenFile(to)
    try plan.write(to: file)
    try file.keep()
    Console.note(
      "\(to.text): item #\(entry.id) by seal \(plan.seal), \(file.size) bytes. Its signatures were not checked: bukti verify-proof does."
    )
  }

  private func plan(
    _ reader: BundleReader, _ entry: ItemEntry, _ part: Range<UInt64>?
  ) throws(BuktiError) -> ProofPlan {
    do throws(BuktiError) {
      return try reader.planProof(of: entry, seal: seal, range: part)
    } catch {
      switch error.code {
      case .notFound where seal != nil:
        throw BuktiError(
          .notFound,
          "\(error.message) bukti verify \(bundle.text) lists the seals; it has to be a later one than the item, neither refused nor adopted."
        )
      case .usage: throw BuktiError(.usage, "\(item.text): \(error.message)")
      default: throw error
      }
    }
  }
}
