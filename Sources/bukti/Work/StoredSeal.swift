import BuktiFormat
import BuktiStore
import BuktiTrust
import BuktiVerifier
import BuktiWriter

/// A seal that is in a bundle, to which others add what they say.
struct StoredSeal {
  let bundle: RawPath
  let volumes: VolumeOptions
  let record: UInt64
  let checkpoint: Checkpoint
  let seal: Seal
  private let reader: BundleReader

  /// - Parameter number: of its record; nil for the last one.
  /// - Throws: `not-found` where that is no seal; `seal-none`, the refusals of what is no bundle.
  init(
    _ number: UInt64?, in bundle: RawPath, _ volumes: VolumeOptions
  ) throws(BuktiError) {
    (self.bundle, self.volumes) = (bundle, volumes)
    reader = try OpenBundle.reader(bundle, volumes)
    let index = reader.index
    let end: SealedEnd
    if let number, number != index.end.sealRecord.core.number {
      guard let found = try? index.reader.prove(index.record(number)) else {
        throw BuktiError(
          .notFound, "Record \(number) is no seal; bukti verify \(bundle.text) lists the seals.")
      }
      end = found
    } else {
      end = index.end
    }
    record = end.sealRecord.core.number
    (checkpoint, seal) = (end.checkpoint, end.seal)
  }

  /// The attest of a kind that holds these very bytes for this seal; nil where there is none.
  func attest(_ kind: AttestKind, holding bytes: [UInt8]) throws(BuktiError) -> UInt64? {
    try attests(kind).first { $0.attest.values.contains(bytes) }?.record
  }

  func attests(_ kind: AttestKind) throws(BuktiError) -> [StoredAttest] {
    try reader.attests().filter { $0.attest.seal == record && $0.attest.kind == kind }
  }

  /// The record in which a certificate signed this seal, be it the seal itself or a counter-signature.
  func record(signedBy certificate: Hash) throws(BuktiError) -> UInt64? {
    if signers(of: seal.signatures).contains(certificate) { return record }
    return try attests(.signature).first {
      signers(of: $0.attest.values).contains(certificate)
    }?.record
  }

  private func signers(of signatures: [[UInt8]]) -> Set<Hash> {
    let content = checkpoint.encoded()
    let signers = signatures.flatMap {
      SignatureCheck.evaluate(cms: $0, content: content, roots: [], pins: [], at: 0).signers
    }
    return Set(signers.filter(\.isSound).compactMap { $0.certificate?.fingerprint })
  }

  /// Appends what others say, and no session.
  ///
  /// - Returns: the number of the record.
  /// - Throws: `unsealed-tail` and `attest-target` with what to do; `locked`, `disk-full`, `io`.
  func store(_ values: [[UInt8]], _ kind: AttestKind) throws(BuktiError) -> UInt64 {
    do throws(BuktiError) {
      let own = checkpoint.encoded()
      return try BundleWriter.attest(
        Attestation(kind, values, seal: record) { $0 == own }, at: bundle.bytes,
        elsewhere: volumes.elsewhere
      ).record
    } catch {
      switch error.code {
      case .unsealedTail:
        throw BuktiError(
          .unsealedTail,
          """
          Nothing was appended: records follow the last seal of \(bundle.text). Have them sealed first: bukti append \
          \(bundle.text), or bukti import-signature where a signature is awaited.
          """, record: error.record)
      case .locked:
        throw BuktiError(
          .locked, "Another process is writing to \(bundle.text); come back when it has ended.")
      default: throw volumes.explained(error, bundle)
      }
    }
  }
}
