import ArgumentParser
import BuktiFormat
import BuktiStore
import BuktiTrust
import BuktiVerifier

/// Whom the verifier trusts: said by the person who verifies, never by the bundle.
struct TrustOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Certificates in PEM that paths of signers may end in. May be repeated.", valueName: "file"))
  var roots: [RawPath] = []

  @Option(
    help: ArgumentHelp(
      """
      SHA-256 fingerprint of a signer's certificate, which you compared by phone or on paper. \
      May be repeated.
      """, valueName: "fingerprint"))
  var pin: [String] = []

  @Option(
    help: ArgumentHelp(
      "Judge paths of certificates as of this time, in seconds since 1970 (UTC).",
      valueName: "seconds"))
  var at: Int64?

  func validate() throws {
    for text in pin where Fingerprint(text) == nil {
      throw ValidationError("--pin takes 64 hexadecimal digits, with or without colons: \(text)")
    }
  }

  var pins: Set<Hash> { Set(pin.compactMap { Fingerprint($0)?.hash }) }

  func certificates() throws(BuktiError) -> [Certificate] {
    var all: [Certificate] = []
    for path in roots { all += try CertificateFile.read(path) }
    return all
  }

  func verificationOptions() throws(BuktiError) -> VerificationOptions {
    var now = at
    if now == nil { now = try SystemClock().now().instant.seconds }
    var options = VerificationOptions(time: now ?? 0)
    options.roots = try certificates()
    options.pins = pins
    return options
  }
}

/// A fingerprint as people write it: hexadecimal digits, with or without colons or spaces.
struct Fingerprint {
  let hash: Hash

  init?(_ text: String) {
    let digits = text.filter { $0 != ":" && $0 != " " }.lowercased()
    guard let bytes = Hex.decode(Array(digits.utf8)), let hash = Hash(bytes: bytes) else {
      return nil
    }
    self.hash = hash
  }
}
