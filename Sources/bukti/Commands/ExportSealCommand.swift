import ArgumentParser
import BuktiFormat
import BuktiStore
import BuktiVerifier

struct ExportSealCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export-seal",
    abstract: "Writes a seal's checkpoint and signatures as files that openssl reads.",
    usage: "bukti export-seal <bundle> --to <folder> [<options>]",
    discussion: """
      The folder gets seal-N.txt, the checkpoint, and seal-N.p7s, its signature (seal-N-2.p7s and so on for \
      further ones); attest-M.p7s is a counter-signature of it, or with attest-M.content a detached half of a \
      hand-over. Whoever holds the bundle's records can make the checkpoint anew from them.

        bukti export-seal case.bukti --to seals
        openssl cms -verify -cades -binary -purpose any -inform DER \\
          -in seals/seal-20.p7s -content seals/seal-20.txt \\
          -CAfile examiner.cert.pem -out /dev/null
      """)

  @Argument(help: "The bundle.")
  var bundle: RawPath

  @Option(
    help: ArgumentHelp("Record number of the seal; the last one if left out.", valueName: "number"))
  var seal: UInt64?

  @Option(help: ArgumentHelp("Folder for the files; made if it is missing.", valueName: "folder"))
  var to: RawPath

  @OptionGroup(title: "Volumes") var volumes: VolumeOptions

  mutating func run() throws {
    let reader = try OpenBundle.reader(bundle, volumes)
    let index = reader.index
    let number = seal ?? index.end.sealRecord.core.number
    let content = try find(number, in: index)
    let folder = try ConfinedDirectory(at: to.bytes)
    try ExportedFile.write(content.checkpoint, "seal-\(number).txt", folder)
    for (index, signature) in content.signatures.enumerated() {
      let suffix = index == 0 ? "" : "-\(index + 1)"
      try ExportedFile.write(signature, "seal-\(number)\(suffix).p7s", folder)
    }
    for stored in try reader.attests() where stored.attest.seal == number {
      try write(stored, content.checkpoint, folder)
    }
    let count = content.signatures.count
    Console.note(
      "Seal \(number): checkpoint and \(count) signature\(count == 1 ? "" : "s") in \(to.text).")
  }

  /// Counter-signatures, and detached halves with what their party signed.
  private func write(
    _ stored: StoredAttest, _ checkpoint: [UInt8], _ folder: ConfinedDirectory
  ) throws(BuktiError) {
    for (place, value) in stored.attest.values.enumerated() {
      let name = "attest-\(stored.record)" + (place == 0 ? "" : "-\(place + 1)")
      switch stored.attest.kind {
      case .signature: try ExportedFile.write(value, name + ".p7s", folder)
      case .custody:
        guard let half = try? DetachedHalf(decoding: value.span) else { continue }
        try ExportedFile.write(half.content, name + ".content", folder)
        try ExportedFile.write(half.signature, name + ".p7s", folder)
      default: continue
      }
    }
  }

  private func find(_ number: UInt64, in index: ProvenIndex) throws(BuktiError) -> Seal {
    if number == index.end.sealRecord.core.number { return index.end.seal }
    let record = try index.record(number)
    guard record.core.type == .seal else {
      throw BuktiError(
        .notFound, "Record \(number) is no seal; bukti verify \(bundle.text) lists the seals.")
    }
    return try index.reader.content(Seal.self, of: record)
  }
}
