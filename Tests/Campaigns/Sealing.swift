import BuktiEngines
import BuktiFixtures
public import BuktiFormat
public import BuktiTrust
public import BuktiVerifier

/// The people of the campaigns, and when everything happens.
public enum Office {
  /// In seconds since 1970.
  static let time: Int64 = 1_800_000_000
  static let now = Timestamp(instant: 1_800_000_000_000_000_000)

  /// A fresh key.
  public static func key(_ name: String) throws -> SigningKey {
    try Identity.runKey(IdentitySubject(name: name), now: 1_700_000_000)
  }

  /// A session whose policy asks for one signature of this key.
  static func session(_ key: SigningKey) -> Session {
    Session(
      who: Person(name: "Examiner"), why: "campaign", host: Host(name: "host"),
      tool: Tool(name: "campaign", version: "1"), time: now,
      policy: Policy(certificates: [key.certificate.fingerprint], needed: 1))
  }

  /// Trusts this key and no other.
  public static func options(
    pinning key: SigningKey, receipts: [Checkpoint] = []
  ) -> VerificationOptions {
    var options = VerificationOptions(time: time)
    options.pins = [key.certificate.fingerprint]
    options.receipts = receipts
    return options
  }
}

extension BundleBuilder {
  /// Appends a tail and a seal over it, and returns the seal's number.
  @discardableResult
  mutating func seal(with key: SigningKey) throws -> UInt64 {
    try tail()
    let content = checkpoint.encoded()
    let signature = try CheckpointSigner.sign(
      checkpoint: content, key: key, signingTime: Office.time)
    return try append(Seal(checkpoint: content, signatures: [signature]))
  }

  /// Begins a session that extends a seal.
  mutating func session(_ key: SigningKey, extending seal: Checkpoint) throws {
    var session = Office.session(key)
    session.extends = Extends(
      size: seal.size, root: seal.root, signers: [key.certificate.fingerprint],
      because: .sameSigner)
    try append(session)
  }

  /// The checkpoint of a seal that was appended.
  func checkpoint(of seal: UInt64) throws -> Checkpoint {
    guard let frame = Frame.all(of: bytes).first(where: { $0.header.core.number == seal }) else {
      throw BuktiError(.usage, "There is no record \(seal).")
    }
    return try Checkpoint(receipt: Seal(plain: frame.body.span).checkpoint)
  }

  /// Appends what somebody says about a seal.
  mutating func attest(to seal: UInt64) throws {
    guard let frame = Frame.all(of: bytes).first(where: { $0.header.core.number == seal }) else {
      throw BuktiError(.usage, "There is no record \(seal).")
    }
    let content = try Seal(plain: frame.body.span).checkpoint
    try append(
      Attest(
        seal: seal, sealHash: LibcryptoSHA256().recordHash(frame.header.core), kind: .custody,
        digest: LibcryptoSHA256.digest(of: content), values: [[1, 2, 3]]))
  }

  mutating func close() throws {
    try append(Close(reason: "done", by: Person(name: "Examiner"), time: Office.now))
    state.closed = true
  }
}
