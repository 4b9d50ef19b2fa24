import BuktiEngines
public import BuktiFormat

/// The keys of logs and of witnesses that a verifier was given: never taken from the bundle.
public struct LogKeys: Sendable, Equatable {
  public private(set) var logs: [NoteKey] = []
  public private(set) var witnesses: [NoteKey] = []

  public init() {}

  /// Adds a log's key, as one line `NAME+ID+KEY`.
  ///
  /// - Throws: `log-key-invalid`, also for the key of a witness.
  public mutating func add(log line: [UInt8]) throws(BuktiError) {
    logs.append(try Self.key(line, other: NoteKey.cosignature, "a witness's"))
  }

  /// Adds a witness's key.
  ///
  /// - Throws: `log-key-invalid`, also for the key of a log.
  public mutating func add(witness line: [UInt8]) throws(BuktiError) {
    witnesses.append(try Self.key(line, other: NoteKey.ed25519, "a log's"))
  }

  private static func key(
    _ line: [UInt8], other: UInt8, _ whose: String
  ) throws(BuktiError) -> NoteKey {
    let key = try NoteKey(line: line, using: LibcryptoSHA256())
    guard key.type != other else {
      throw BuktiError(.logKeyInvalid, "This is the key of another role: \(whose).")
    }
    return key
  }
}

/// Whose key made a signature of a log's checkpoint.
public enum LogRole: String, Sendable {
  case log
  case witness
  /// By no key that was given.
  case unknown
}

/// One signature line of a log's checkpoint (spec section 8.4).
public struct LogSignature: Sendable, Equatable {
  /// UTF-8, as in the line.
  public let name: [UInt8]
  public let keyID: UInt32
  public let role: LogRole
  public let verdict: SignatureVerdict
  /// Seconds since 1970-01-01 UTC by the witness's clock; only of a witness's valid signature.
  public let time: UInt64?
}

/// What becomes of a log's proof.
public enum LogOutcome: String, Sendable {
  /// A log whose key was given says that it holds the checkpoint.
  case holds
  /// It shows nothing, and no key that is given later will change that.
  case invalid
  case notEvaluated = "not evaluated"
}

/// What a log's proof says of one checkpoint.
public struct LogProofReport: Sendable, Equatable {
  public let outcome: LogOutcome
  /// Nil where it cannot be read.
  public let proof: LogProof?
  /// In the order of their lines.
  public let signatures: [LogSignature]
  /// Why it is what it is, for people.
  public let reason: String

  public init(
    _ outcome: LogOutcome, _ proof: LogProof?, _ signatures: [LogSignature], _ reason: String
  ) {
    self.outcome = outcome
    self.proof = proof
    self.signatures = signatures
    self.reason = reason
  }

  /// Whether a witness whose key was given says when the checkpoint was there ([B-LOG-6]).
  public var showsTime: Bool { outcome == .holds && signatures.contains { $0.time != nil } }
}
