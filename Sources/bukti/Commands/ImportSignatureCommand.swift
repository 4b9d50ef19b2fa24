import ArgumentParser
import BuktiFormat
import BuktiStore
import BuktiTrust
import BuktiVerifier
import BuktiWriter

struct ImportSignatureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import-signature",
    abstract: "Takes signatures that were made elsewhere: as a seal, or beside one.",
    usage: "bukti import-signature <bundle> <files> ... [<options>]",
    discussion: """
      FILE is a CMS signature over what sign-request wrote, as openssl makes it. It is checked against the \
      records and the policy of their session, and stored byte for byte. All signatures that the policy asks \
      for are given at once; --identity adds one that is made here. Doing it twice changes nothing.

        bukti import-signature case.bukti signature.p7s
        bukti import-signature case.bukti card.p7s --identity examiner.pem

      Where nothing waits for a seal they are counter-signatures of the last one, or of --seal.
      """)

  @Argument(help: "The bundle.")
  var bundle: RawPath

  @Argument(help: "Signatures, each a file in DER.")
  var files: [RawPath]

  @Option(
    help: ArgumentHelp(
      "Sign with this identity, too: certificate and encrypted key in PEM.", valueName: "identity"))
  var identity: RawPath?

  @Option(
    help: ArgumentHelp(
      "Record number of a seal that they counter-sign.", valueName: "number"))
  var seal: UInt64?

  @OptionGroup(title: "Password") var password: PasswordOptions
  @OptionGroup(title: "Volumes") var volumes: VolumeOptions

  func validate() throws {
    if files.isEmpty { throw ValidationError("Name the files with the signatures.") }
    if seal != nil, identity != nil {
      throw ValidationError("--seal takes what others signed; bukti countersign signs here.")
    }
  }

  mutating func run() throws {
    guard seal == nil, let pending = try AwaitedSeal.find(bundle, volumes) else {
      return try addToSeal()
    }
    let (receipt, count) = try seal(pending)
    try Console.print(
      """
      Sealed: \(bundle.text), by \(count) signature\(count == 1 ? "" : "s").
      Seal \(receipt.record), root \(receipt.root.hex)
      Keep a receipt elsewhere: bukti receipt \(bundle.text) --to FILE
      """)
  }

  private func seal(_ pending: PendingSeal) throws(BuktiError) -> (SealReceipt, Int) {
    let policy = pending.session.policy
    var signatures: [[UInt8]] = []
    var signers: Set<Hash> = []
    for file in files {
      let signature = try ForeignSignature(
        file, over: pending.checkpoint,
        """
        the \(pending.checkpoint.size) records that wait for a seal; if any were appended since the request, it is \
        void: write a new one with bukti sign-request
        """)
      guard !policy.certificates.allSatisfy({ signature.signers[$0] == nil }) else {
        let who = signature.signers.map { "\(printable($0.value)), certificate \($0.key.hex)" }
        throw ForeignSignature.invalid(
          file,
          "it is by \(who.joined(separator: " and ")), whom the policy of session \(pending.sessionRecord) does not name"
        )
      }
      // A second one by the same people adds nothing.
      if signers.isSuperset(of: signature.signers.keys) { continue }
      signatures.append(signature.bytes)
      signers.formUnion(signature.signers.keys)
    }
    if let identity {
      let key = try IdentityFile(path: identity).key(password)
      guard policy.certificates.contains(key.certificate.fingerprint) else {
        throw BuktiError(
          .usage, "The policy of session \(pending.sessionRecord) does not name \(identity.text).")
      }
      if signers.insert(key.certificate.fingerprint).inserted {
        signatures.append(
          try CheckpointSigner.sign(
            checkpoint: pending.checkpoint.encoded(), key: key,
            signingTime: try SystemClock().now().instant.seconds))
      }
    }
    let count = signers.intersection(policy.certificates).count
    guard UInt64(count) >= policy.needed else {
      throw BuktiError(
        .signatureInvalid,
        """
        Nothing was appended: session \(pending.sessionRecord) needs \(policy.needed) signatures, and \(count) of \
        these count. Give all of them at once.
        """)
    }
    if pending.tornBytes > 0 {
      Console.note(
        """
        The last \(pending.tornBytes) bytes of \(bundle.text) are no records, as after a power cut; they are kept in a \
        file beside it and cut off.
        """)
    }
    let receipt = try BundleWriter.seal(
      at: bundle.bytes, elsewhere: volumes.elsewhere, pending.checkpoint, with: signatures,
      options: WriterOptions(now: Clock.now))
    return (receipt, count)
  }

  /// Nothing waits for a seal: the signatures are in the last one already, or stand beside one.
  private func addToSeal() throws {
    let target = try StoredSeal(seal, in: bundle, volumes)
    var added: [[UInt8]] = []
    for file in files {
      let bytes = try SmallFile.read(at: file)
      let there =
        target.seal.signatures.contains(bytes)
        ? target.record : try target.attest(.signature, holding: bytes)
      if let there {
        try Console.print("Nothing to do: record \(there) of \(bundle.text) holds \(file.text).")
        continue
      }
      let signature = try ForeignSignature(
        file, over: target.checkpoint,
        """
        seal \(target.record), and \(bundle.text) waits for no other; if records were appended since the request, it is void. \
        A counter-signature of another seal takes --seal
        """)
      guard seal != nil else {
        throw ForeignSignature.invalid(
          file,
          """
          \(bundle.text) waits for no signature: seal \(target.record) covers all records. \
          As a counter-signature of it give --seal \(target.record)
          """)
      }
      if !added.contains(signature.bytes) { added.append(signature.bytes) }
    }
    if added.isEmpty { return }
    if let identity {
      throw BuktiError(
        .usage, "\(bundle.text) waits for no seal: bukti countersign signs with \(identity.text).")
    }
    let record = try target.store(added, .signature)
    try Console.print(
      """
      Counter-signed: seal \(target.record) of \(bundle.text), in record \(record).
      Over \(target.checkpoint.size) records, root \(target.checkpoint.root.hex)
      """)
  }
}
