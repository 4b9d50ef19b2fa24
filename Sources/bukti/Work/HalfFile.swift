import BuktiFormat
import BuktiStore
import BuktiTrust
import BuktiVerifier

/// A half of a hand-over that lies in a file of its own.
struct HalfFile {
  let path: RawPath
  let bytes: [UInt8]
  let half: DetachedHalf
  let checkpoint: Checkpoint
  /// The SHA-256 of the certificate that signed it, and its subject.
  let party: Hash
  let subject: String

  /// Reads a file and checks that its party signed it.
  ///
  /// - Throws: `signature-invalid` with the reason; `not-found`, `io`.
  init(_ path: RawPath) throws(BuktiError) {
    let bytes = try SmallFile.read(at: path)
    guard let half = try? DetachedHalf(decoding: bytes.span),
      let checkpoint = try? Checkpoint(receipt: half.checkpoint), let party = half.event.party
    else {
      throw ForeignSignature.invalid(
        path,
        "it is no half of a hand-over; bukti custody release, receive and reject make them with --detached"
      )
    }
    let report = SignatureCheck.evaluate(
      cms: half.signature, content: half.content, roots: [], pins: [],
      at: try SystemClock().now().instant.seconds)
    if let complaint = report.complaint(over: "this half") {
      throw ForeignSignature.invalid(path, complaint)
    }
    guard
      let signer = report.signers.lazy.compactMap(\.certificate).first(where: {
        $0.fingerprint == party
      })
    else { throw ForeignSignature.invalid(path, "another than its party signed it") }
    (self.path, self.bytes, self.half) = (path, bytes, half)
    (self.checkpoint, self.party, subject) = (checkpoint, party, signer.subject)
  }

  /// The seal that it is over.
  ///
  /// - Throws: `signature-invalid` where the bundle holds no such seal; the refusals of what is no bundle.
  func target(in bundle: RawPath, _ volumes: VolumeOptions) throws(BuktiError) -> StoredSeal {
    let last = try StoredSeal(nil, in: bundle, volumes)
    guard last.checkpoint.bundleID == checkpoint.bundleID else {
      throw ForeignSignature.invalid(path, "it is over a receipt of another bundle")
    }
    guard last.checkpoint != checkpoint else { return last }
    guard checkpoint.size < last.checkpoint.size,
      let found = try? StoredSeal(checkpoint.size, in: bundle, volumes),
      found.checkpoint == checkpoint
    else {
      throw ForeignSignature.invalid(
        path,
        """
        \(bundle.text) holds no seal over the \(checkpoint.size) records of its receipt: another copy may, and bukti \
        verify --receipt says how they differ
        """)
    }
    return found
  }
}
