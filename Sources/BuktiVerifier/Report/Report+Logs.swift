import BuktiFormat
import BuktiTrust

extension Report {
  func writeLogProofs(_ page: inout Page) {
    if logProofs.isEmpty { return }
    page.heading("Log proofs")
    let listed = logProofs.prefix(Self.listedProofs)
    for stored in listed { page.write(stored) }
    if listed.count < logProofs.count {
      page.line("\(logProofs.count - listed.count) more: --json lists them")
    }
    page.paragraph(
      "A log proof that holds shows that whoever has the log's key said: this checkpoint is in the log. "
        + "It does not show who sealed, nor when: only a witness gives a time, by its own clock. That the log "
        + "shows everybody the same entries is more than one proof can say; a witness says that it saw a log "
        + "which only grew.")
  }

  private static let listedProofs = 40
}

extension Page {
  fileprivate mutating func write(_ stored: StoredLogProof) {
    let said = stored.said
    line("Record \(stored.record), of the seal \(stored.seal): \(said.outcome.rawValue)")
    if let proof = said.proof {
      paragraph(
        "Log \(printable(proof.origin)): entry \(proof.index) of \(proof.size), root \(proof.root.hex)",
        indent: 3)
    }
    paragraph(said.reason, indent: 3)
    for signature in said.signatures { paragraph(signature.words, indent: 3) }
  }
}

extension LogSignature {
  fileprivate var words: String {
    let who =
      switch role {
      case .log: "Log key"
      case .witness: "Witness"
      case .unknown: "Not a key that was given,"
      }
    let words = "\(who) \(printable(name)) \(keyText): \(verdict.rawValue)"
    return time.map { "\(words), saw it at \(UTC.text(seconds: Int64(clamping: $0)))" } ?? words
  }

  /// The id in eight hexadecimal digits.
  fileprivate var keyText: String {
    Hex.encode((0..<4).map { UInt8(truncatingIfNeeded: keyID >> (24 - 8 * UInt32($0))) })
  }

  fileprivate var json: JSON {
    .object([
      "name": .string(String(decoding: name, as: UTF8.self)),
      "key": .string(keyText),
      "role": .string(role.rawValue),
      "mathematics": .string(verdict.rawValue),
      "time": .optional(time),
    ])
  }
}

extension StoredLogProof {
  var json: JSON {
    let proof = said.proof
    return .object([
      "record": .integer(record),
      "seal": .integer(seal),
      "outcome": .string(said.outcome.rawValue),
      "reason": .string(said.reason),
      "origin": .optional(proof.map { String(decoding: $0.origin, as: UTF8.self) }),
      "index": .optional(proof?.index),
      "size": .optional(proof?.size),
      "root": .optional(proof?.root.hex),
      "signatures": .array(said.signatures.map(\.json)),
    ])
  }
}
