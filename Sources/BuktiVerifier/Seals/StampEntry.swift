import BuktiEngines
import BuktiFormat
import BuktiTrust

/// What is kept of an attest.
struct StampEntry {
  let record: UInt64
  let kind: AttestKind
  /// Record number of the seal that it is for.
  let seal: UInt64
  /// What a log proof says; nil for other kinds.
  let log: LogProofReport?

  init(_ attest: Attest, number: UInt64, log: LogProofReport?) {
    record = number
    self.log = log
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

extension Pass {
  /// What a log says of the seal that an attest names ([B-LOG-5]); nil where it is no log proof.
  func evaluate(_ attest: Attest) -> LogProofReport? {
    guard attest.kind == .logProof else { return nil }
    guard !state.isLost, let place = findSeal(attest.seal), seals[place].content == .usable else {
      return LogProofReport(.notEvaluated, nil, [], "What the seal signs is not known or differs.")
    }
    guard attest.values.count == 1 else {
      return LogProofReport(.invalid, nil, [], "There is not one proof but \(attest.values.count).")
    }
    return LogProofCheck.evaluate(
      attest.values[0], leaf: seals[place].leaf, keys: options.logKeys, using: LibcryptoSHA256())
  }
}
