public import BuktiFormat
import CBuktiCrypto

/// Judges proofs that a log holds a checkpoint (spec section 8.4).
public enum LogProofCheck {
  /// Judges a proof of one leaf; bad input is an outcome, never an error.
  ///
  /// - Parameters:
  ///   - bytes: the proof as it was received.
  ///   - leaf: the leaf hash of what a seal signs, `LogProof.leafHash(_:using:)`.
  ///   - keys: those of the verifier.
  ///   - engine: for leaf and path.
  public static func evaluate(
    _ bytes: [UInt8], leaf: Hash, keys: LogKeys, using engine: some SHA256Engine
  ) -> LogProofReport {
    let proof: LogProof
    do throws(BuktiError) { proof = try LogProof(decoding: bytes) } catch {
      return LogProofReport(.invalid, nil, [], error.message)
    }
    let signatures = proof.note.signatures.map { judge($0, proof.note.text, keys) }
    do throws(BuktiError) { try proof.verify(leaf: leaf, using: engine) } catch {
      return LogProofReport(
        .invalid, proof, signatures, "It does not lead from this checkpoint: \(error.message)")
    }
    let (outcome, reason) = outcome(proof, signatures)
    return LogProofReport(outcome, proof, signatures, reason)
  }

  /// [B-LOG-5] once the path is right.
  private static func outcome(
    _ proof: LogProof, _ signatures: [LogSignature]
  ) -> (LogOutcome, String) {
    if signatures.contains(where: { $0.verdict == .invalid }) {
      return (.invalid, "A signature is not by the key whose name and id it bears.")
    }
    let valid = signatures.filter { $0.role == .log && $0.verdict == .valid }
    if valid.contains(where: { $0.name != proof.origin }) {
      return (.invalid, "The log's key signed it for another log.")
    }
    if !valid.isEmpty { return (.holds, "A log whose key was given says that it holds it.") }
    if signatures.contains(where: { $0.role == .log }) {
      return (.notEvaluated, "The log's key is of a type that is not evaluated.")
    }
    return (.notEvaluated, "No key was given of a log that signed it.")
  }

  /// [B-LOG-4].
  private static func judge(
    _ signature: NoteSignature, _ text: [UInt8], _ keys: LogKeys
  ) -> LogSignature {
    let log = keys.logs.filter { $0.made(signature) }
    let given = log.isEmpty ? keys.witnesses.filter { $0.made(signature) } : log
    let role: LogRole = given.isEmpty ? .unknown : log.isEmpty ? .witness : .log
    let answers = given.map { check(signature, text, $0, role) }
    let verdict: SignatureVerdict =
      answers.contains(.valid) ? .valid : answers.contains(.invalid) ? .invalid : .notEvaluated
    let isTimed = verdict == .valid && role == .witness
    return LogSignature(
      name: signature.name, keyID: signature.keyID, role: role, verdict: verdict,
      time: isTimed ? signature.time : nil)
  }

  private static func check(
    _ signature: NoteSignature, _ text: [UInt8], _ key: NoteKey, _ role: LogRole
  ) -> SignatureVerdict {
    switch (role, key.type) {
    case (.log, NoteKey.ed25519):
      return verify(key, signature.bytes, text)
    case (.witness, NoteKey.cosignature):
      guard let time = signature.time else { return .invalid }
      let head = Array("cosignature/v1\ntime \(time)\n".utf8)
      return verify(key, Array(signature.bytes.dropFirst(8)), head + text)
    default:
      return .notEvaluated
    }
  }

  private static func verify(
    _ key: NoteKey, _ signature: [UInt8], _ message: [UInt8]
  ) -> SignatureVerdict {
    guard signature.count == 64 else { return .invalid }
    guard key.bytes.count == 32 else { return .notEvaluated }
    let answer = unsafe key.bytes.withUnsafeBufferPointer { key in
      unsafe signature.withUnsafeBufferPointer { signature in
        unsafe message.withUnsafeBufferPointer { message in
          unsafe bukti_ed25519_verify(
            key.baseAddress, signature.baseAddress, message.baseAddress, message.count)
        }
      }
    }
    return answer == 1 ? .valid : answer == 0 ? .invalid : .notEvaluated
  }
}

extension NoteSignature {
  /// The time of a cosignature; nil where it is no time below 2^63.
  fileprivate var time: UInt64? {
    guard bytes.count >= 8 else { return nil }
    let time = bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return time < Limits.integer ? time : nil
  }
}
