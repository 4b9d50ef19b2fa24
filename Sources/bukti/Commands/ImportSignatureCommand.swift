import ArgumentParser
import BuktiFormat
import BuktiStore
import BuktiTrust
import BuktiVerifier
import BuktiWriter

struct ImportSignatureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import-signature",
    abstract: "Seals a bundle with signatures that were made elsewhere.",
    usage: "bukti import-signature <bundle> <files> ... [<options>]",
    discussion: """
      FILE is a CMS signature over what sign-request wrote, as openssl makes it. It is checked against the \
      records and the policy of their session, and stored byte for byte. All signatures that the policy asks \
      for are given at once; --identity adds one that is made here. Doing it twice changes nothing.

        bukti import-signature case.bukti signature.p7s
        bukti import-signature case.bukti card.p7s --identity examiner.pem
      """)

  @Argument(help: "The bundle.")
  var bundle: RawPath

  @Argument(help: "Signatures, each a file in DER.")
  var files: [RawPath]

  @Option(
    help: ArgumentHelp(
      "Sign with this identity, too: certificate and encrypted key in PEM.", valueName: "identity"))
  var identity: RawPath?

  @OptionGroup(title: "Password") var password: PasswordOptions
  @OptionGroup(title: "Volumes") var volumes: VolumeOptions

  mutating func run() throws {
    guard let pending = try AwaitedSeal.find(bundle, volumes) else { return try tellSealed() }
    let receipt = try seal(pending)
    try Console.print(
      """
      Sealed: \(bundle.text), by \(files.count + (identity == nil ? 0 : 1)) signature(s).
      Seal \(receipt.record), root \(receipt.root.hex)
      Keep a receipt elsewhere: bukti receipt \(bundle.text) --to FILE
      """)
  }

  private func seal(_ pending: PendingSeal) throws(BuktiError) -> SealReceipt {
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
      signatures.append(signature.bytes)
      signers.formUnion(signature.signers.keys)
    }
    if let identity {
      let key = try IdentityFile(path: identity).key(password)
      signers.insert(key.certificate.fingerprint)
      signatures.append(
        try CheckpointSigner.sign(
          checkpoint: pending.checkpoint.encoded(), key: key,
          signingTime: try SystemClock().now().instant.seconds))
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
    return try BundleWriter.seal(
      at: bundle.bytes, elsewhere: volumes.elsewhere, pending.checkpoint, with: signatures,
      options: WriterOptions(now: Clock.now))
  }

  /// Nothing waits for a signature: done before, or never asked for.
  private func tellSealed() throws(BuktiError) {
    let end = try OpenBundle.reader(bundle, volumes).index.end
    for file in files {
      let bytes = try SmallFile.read(at: file)
      guard end.seal.signatures.contains(bytes) else {
        throw ForeignSignature.invalid(
          file, "\(bundle.text) waits for no signature, and its last seal does not hold this one")
      }
    }
    try Console.print(
      "Nothing to do: seal \(end.sealRecord.core.number) of \(bundle.text) holds this already.")
  }
}
