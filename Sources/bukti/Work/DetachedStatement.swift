import BuktiConsole
import BuktiFormat
import BuktiStore
import BuktiTrust
import BuktiWriter

/// A half of a hand-over, signed by one side over a receipt.
struct DetachedStatement {
  let file: RawPath
  let receipt: RawPath
  let options: StatementOptions

  /// Writes the half to its file.
  func write(
    _ kind: EventKind, _ details: EventOptions, _ counterpart: CounterpartOptions
  ) throws {
    try requireNoSession()
    let checkpoint = try ReceiptFile.read([receipt])[0]
    let caseFile = try CaseFile.read(options.person.caseFile)
    let certificate = try IdentityFile(path: options.identity).certificate()
    let person = try options.person.person(caseFile, certificate)
    var event = details.event(
      kind, [person] + counterpart.persons, authority: options.person.authority(caseFile))
    event.purpose = event.purpose ?? options.person.why ?? caseFile?.why
    event.party = certificate.fingerprint
    if kind != .released { event.reverified = .notChecked }
    let key = try IdentityFile(path: options.identity).key(options.password)
    let time = try SystemClock().now().instant.seconds
    let half = try DetachedHalf(event, over: checkpoint) { (content) throws(BuktiError) in
      try CheckpointSigner.sign(checkpoint: content, key: key, signingTime: time)
    }
    try SmallFile.create(at: file, half.encode())
    try Console.print(
      """
      Your half is in \(file.text): \(kind), over \(checkpoint.size) records, root \(checkpoint.root.hex)
      Send it to whoever has the bundle, and keep a copy: bukti attest BUNDLE \(file.text)
      """)
  }

  /// There is no session that could say such things.
  private func requireNoSession() throws(BuktiError) {
    let before = options.continuation
    guard !before.isDecided, before.accept.isEmpty, before.acceptRoots.isEmpty, !before.branch,
      before.volumes.volume.isEmpty, options.coSigners.with.isEmpty
    else {
      throw BuktiError(
        .usage,
        "With --detached there is no bundle to go on with: --accept, --adopt, --branch, --volume and --with do not go with it."
      )
    }
  }
}
