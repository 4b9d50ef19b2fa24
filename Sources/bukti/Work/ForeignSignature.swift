import BuktiFormat
import BuktiStore
import BuktiTrust

/// A signature that was made elsewhere and came as a file.
struct ForeignSignature {
  /// As received, in DER or BER.
  let bytes: [UInt8]
  /// Fingerprints of the certificates that made it, and their subjects.
  let signers: [Hash: String]

  /// Reads a file and holds it against what it should sign.
  ///
  /// - Parameter what: what that is, in words.
  /// - Throws: `signature-invalid` with the reason; `not-found`, `usage`, `io`.
  init(
    _ file: RawPath, over checkpoint: Checkpoint, _ what: String
  ) throws(BuktiError) {
    let bytes = try SmallFile.read(at: file)
    if bytes.starts(with: Array("-----BEGIN".utf8)) || bytes.starts(with: Array("MIME-V".utf8)) {
      throw Self.invalid(
        file, "it is text; openssl cms -sign writes what is needed with -outform DER")
    }
    let report = SignatureCheck.evaluate(
      cms: bytes, content: checkpoint.encoded(), roots: [], pins: [],
      at: try SystemClock().now().instant.seconds)
    if let complaint = report.complaint(over: what) { throw Self.invalid(file, complaint) }
    var signers: [Hash: String] = [:]
    for certificate in report.signers.compactMap(\.certificate) {
      signers[certificate.fingerprint] = certificate.subject
    }
    self.bytes = bytes
    self.signers = signers
  }

  static func invalid(_ file: RawPath, _ why: String) -> BuktiError {
    BuktiError(.signatureInvalid, "\(file.text) is not taken: \(why). Nothing was appended.")
  }
}
