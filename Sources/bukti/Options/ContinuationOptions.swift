import ArgumentParser
import BuktiFormat
import BuktiStore
import BuktiTrust
import BuktiWriter

/// On whose seal a session goes on, and what becomes of what nobody sealed.
struct ContinuationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Go on from a seal by this certificate, which you compared by phone or on paper. May be repeated.",
      valueName: "fingerprint"))
  var accept: [String] = []

  @Option(
    help: ArgumentHelp(
      "Go on from a seal whose signer leads to these certificates. May be repeated.",
      valueName: "file"))
  var acceptRoots: [RawPath] = []

  @Option(
    help: ArgumentHelp("Adopt the unsealed records: you answer for them.", valueName: "reason"))
  var adopt: String?

  @Option(
    help: ArgumentHelp("Refuse the unsealed records: they mean nothing.", valueName: "reason"))
  var refuse: String?

  @Option(
    help: ArgumentHelp(
      "With --adopt and --refuse: adopt the records before this one, refuse it and the rest.",
      valueName: "record"))
  var refuseFrom: UInt64?

  @Flag(help: "With --refuse: go back to the last seal that you accept, past seals by others.")
  var goBack = false

  @Flag(
    help: "Begin a branch: this copy goes its own way from here, and says so in its receipts.")
  var branch = false

  @OptionGroup var volumes: VolumeOptions

  func validate() throws {
    for text in accept where Fingerprint(text) == nil {
      throw ValidationError("--accept takes 64 hexadecimal digits, with or without colons: \(text)")
    }
    if (adopt != nil && refuse != nil) != (refuseFrom != nil) {
      throw ValidationError("--refuse-from goes with both --adopt and --refuse, and only then.")
    }
    if goBack, refuse == nil { throw ValidationError("--go-back goes with --refuse.") }
  }

  var decision: UnsealedDecision {
    switch (adopt, refuse, refuseFrom) {
    case (let adopt?, let refuse?, let from?):
      .adoptBefore(from, reason: adopt, refusing: refuse)
    case (let adopt?, _, _): .adopt(reason: adopt)
    case (_, let refuse?, _): .refuse(reason: refuse)
    default: .ask
    }
  }

  /// - Parameter elsewhere: certificates of those who will sign elsewhere.
  func acceptance(
    of identity: RawPath?, elsewhere: [Certificate] = []
  ) throws(BuktiError) -> Acceptance {
    var acceptance = Acceptance(time: try SystemClock().now().instant.seconds)
    acceptance.ownCertificates = Set(elsewhere.map(\.fingerprint))
    if let identity {
      acceptance.ownCertificates.insert(
        try IdentityFile(path: identity).certificate().fingerprint)
    }
    acceptance.confirmed = Set(accept.compactMap { Fingerprint($0)?.hash })
    for path in acceptRoots {
      acceptance.trustList += try CertificateFile.read(path)
    }
    acceptance.goesBack = goBack
    return acceptance
  }

  /// Whether the operator decided what becomes of the unsealed.
  var isDecided: Bool { adopt != nil || refuse != nil }

  /// Looks at the end of the bundle; lists what no accepted seal covers, and says how to decide.
  ///
  /// - Parameters:
  ///   - beginsVolume: whether a new volume leaves those before it as they are.
  ///   - comparesLater: whether the unsealed is compared with its source, which decides.
  func examine(
    _ bundle: RawPath, _ acceptance: Acceptance, beginsVolume: Bool = false,
    comparesLater: Bool = false
  ) throws(BuktiError) -> BundleEnd {
    let end = try end(of: bundle, acceptance)
    if end.tornBytes > 0 {
      let place = end.volumes > 1 ? "a file beside it" : "\(bundle.text).torn-…"
      let stay = beginsVolume || end.tornBytesStay
      let fate = stay ? "There they stay" : "Appending moves them to \(place)"
      Console.note(
        """
        The last \(end.tornBytes) bytes of \(end.volumes > 1 ? "a volume" : bundle.text) are no records, as after \
        a power cut. \(fate), and the session says so.
        """)
    }
    guard end.unsealedCount > 0, !isDecided, !comparesLater else { return end }
    throw undecided(end)
  }

  /// Lists what no accepted seal covers, and says how to decide.
  func undecided(_ end: BundleEnd) -> BuktiError {
    list(end)
    let isAwaited = end.unsealed.last?.type == .tail && end.broken == nil
    let hint =
      isAwaited
      ? " If they only wait for a signature that is made elsewhere: bukti sign-request." : ""
    return BuktiError(
      .unsealedTail,
      """
      Nothing was appended. If they are yours, --adopt REASON makes you answer for them; else --refuse REASON \
      leaves them without meaning. Both are recorded.\(hint)
      """)
  }

  private func list(_ end: BundleEnd) {
    let follow = end.unsealedCount == 1 ? "record follows" : "records follow"
    Console.note(
      "\(end.unsealedCount) \(follow) the last seal that you accept, and no accepted seal covers them:"
    )
    for record in end.unsealed.prefix(20) {
      let item = record.item == 0 ? "" : ", item #\(record.item)"
      Console.note("  record \(record.number): \(record.type), \(record.plainLength) bytes\(item)")
    }
    if end.unsealedCount > 20 { Console.note("  and \(end.unsealedCount - 20) more") }
  }

  /// The end of the bundle, which no other process is writing to.
  private func end(of bundle: RawPath, _ acceptance: Acceptance) throws(BuktiError) -> BundleEnd {
    do throws(BuktiError) {
      return try BundleWriter.examine(
        at: bundle.bytes, elsewhere: volumes.elsewhere, acceptance)
    } catch {
      switch error.code {
      case .locked:
        throw BuktiError(
          .locked, "Another process is writing to \(bundle.text); append when it has ended.")
      case .untrustedSeal:
        throw BuktiError(
          .untrustedSeal,
          """
          The last seal of \(bundle.text) is by nobody you accept. bukti verify shows its signer's fingerprint: \
          compare it by phone or on paper, then give --accept FINGERPRINT, or --accept-roots FILE. Or refuse \
          what follows the last seal that you accept: --refuse REASON --go-back.
          """, record: error.record)
      default: throw volumes.explained(error, bundle)
      }
    }
  }
}
