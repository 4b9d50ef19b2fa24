import BuktiFormat

/// What is kept of an attest.
struct StampEntry {
  let record: UInt64
  let kind: AttestKind
  /// Record number of the seal that it is for.
  let seal: UInt64

  init(_ attest: Attest, number: UInt64) {
    record = number
    kind = attest.kind
    seal = attest.seal
  }

  /// Whether an attest of this kind is for one signature of a seal and not for its checkpoint.
  static func isOfSignature(_ kind: AttestKind) -> Bool {
    switch kind {
    case .timestamp, .certificates, .crl, .ocsp: true
    case .signature, .logProof, .custody: false
    }
  }
}
