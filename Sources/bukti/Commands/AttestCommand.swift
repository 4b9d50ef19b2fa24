import ArgumentParser
import BuktiConsole
import BuktiEngines
import BuktiFormat
import BuktiStore
import BuktiTrust
import BuktiVerifier
import BuktiWriter

struct AttestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attest",
    abstract: "Stores what others say of a seal: that a log holds it, that it was handed over.",
    usage: "bukti attest <bundle> (<half> | --log-proof <file>) [<options>]",
    discussion: """
      An agency can keep a log of its receipts, of which nothing can be taken back unseen by its witnesses. \
      What is logged are the three lines of bukti receipt; what the log answers is a file \
      c2sp.org/tlog-proof@v1, which belongs behind the seal. Nothing that was sealed changes, and no \
      identity is needed. Among the bundle's seals the newest is taken that the proof is about.

      HALF is one side of a hand-over, made without the bundle: bukti custody release, receive or reject \
      with --detached. Its signature is checked, and its seal is found by its receipt.

        bukti attest case.bukti --log-proof case.tlog-proof
        bukti verify case.bukti --log-key agency.vkey --witness-key court.vkey
        bukti attest case.bukti taken.bukti-half
      """)

  @Argument(help: "The bundle.")
  var bundle: RawPath

  @Argument(help: "A half of a hand-over.")
  var half: RawPath?

  @Option(
    help: ArgumentHelp("A log's proof that it holds the seal's checkpoint.", valueName: "file"))
  var logProof: RawPath?

  @Option(help: ArgumentHelp("Record number of the seal that it is about.", valueName: "number"))
  var seal: UInt64?

  @OptionGroup(title: "Volumes") var volumes: VolumeOptions

  func validate() throws {
    guard (half == nil) != (logProof == nil) else {
      throw ValidationError("Give either a half of a hand-over, or --log-proof FILE.")
    }
    if half != nil, seal != nil {
      throw ValidationError("A half names its seal by its receipt: --seal goes with --log-proof.")
    }
  }

  mutating func run() throws {
    if let half { return try store(HalfFile(half)) }
    guard let logProof else { return }
    try store(logProof)
  }

  private func store(_ half: HalfFile) throws {
    let target = try half.target(in: bundle, volumes)
    let already = try target.attest(.custody, holding: half.bytes)
    let record = try already ?? target.store([half.bytes], .custody)
    let words =
      already == nil ? "Stored in record \(record)" : "Nothing to do: record \(record) holds this"
    try Console.print(
      """
      \(words): \(half.half.event.kind), over seal \(target.record), by \(printable(half.subject)).
      Certificate \(half.party.hex)
      It counts for those who know that certificate: bukti custody log \(bundle.text) --pin FINGERPRINT
      """)
  }

  private func store(_ logProof: RawPath) throws {
    Interrupt.watch()
    let attestation = try proof(logProof)
    // What is missing here is a volume; below it is the seal.
    _ = try volumes.open(bundle)
    do throws(BuktiError) {
      let (record, seal) = try BundleWriter.attest(
        attestation, at: bundle.bytes, elsewhere: volumes.elsewhere,
        isCancelled: { Interrupt.isRequested })
      Console.note(
        "Record \(record) of \(bundle.text): \(logProof.text), about seal \(seal). Its signatures were not checked: bukti verify --log-key does."
      )
    } catch { throw explained(error, logProof) }
  }

  private func proof(_ logProof: RawPath) throws(BuktiError) -> Attestation {
    let bytes = try SmallFile.read(at: logProof)
    let proof: LogProof
    do throws(BuktiError) { proof = try LogProof(decoding: bytes) } catch {
      throw BuktiError(error.code, "\(logProof.text): \(error.message)")
    }
    return Attestation(.logProof, [bytes], seal: seal) { checkpoint in
      let sha256 = LibcryptoSHA256()
      let leaf = LogProof.leafHash(checkpoint, using: sha256)
      return (try? proof.verify(leaf: leaf, using: sha256)) != nil
    }
  }

  private func explained(_ error: BuktiError, _ logProof: RawPath) -> BuktiError {
    switch error.code {
    case .notFound where error.record == nil && (try? FileMetadata.at(bundle.bytes)) != nil:
      let which = seal.map { "the seal \($0)" } ?? "no seal"
      return BuktiError(
        .logProofInvalid,
        seal == nil
          ? "\(logProof.text) is about no seal of \(bundle.text): ask the log for the proof of its receipt (bukti receipt)."
          : "\(logProof.text) is not about \(which) of \(bundle.text); without --seal the right one is looked for."
      )
    case .unsealedTail:
      return BuktiError(
        .unsealedTail,
        "\(bundle.text) does not end in a seal. bukti verify \(bundle.text) says what follows it; bukti append decides on it, and seals."
      )
    default: return volumes.explained(error, bundle)
    }
  }
}
