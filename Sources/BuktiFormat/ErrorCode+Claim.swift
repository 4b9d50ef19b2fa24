/// What a verifier says about a bundle, one claim at a time (section 11).
public enum Claim: String, Sendable, Hashable, CaseIterable {
  /// Every byte is accounted for.
  case intact
  /// All that the bundle declares is there.
  case complete
  /// The seals are signed as their sessions ask.
  case signedBy = "signed-by"
  /// A time-stamp shows since when it exists.
  case existedBy = "existed-by"
  /// Each hand-over has both halves.
  case custody
}

/// What a finding does to its claim.
public enum Effect: String, Sendable, Hashable, CaseIterable {
  case fails
  /// Leaves it not established.
  case open
  /// Is listed, and fails it only where all is asked for.
  case exception
  case note
}

extension ErrorCode {
  /// The claim that a finding of this code belongs to; nil for refusals and errors of tools.
  public var claim: Claim? {
    switch self {
    case .unsealed, .itemUnclosed, .damage, .contentNotRead, .removed, .withheld, .withheldUnproven,
      .receiptOther,
      .receiptRollback, .receiptFork, .receiptBranch, .receiptLost, .bundleOpen, .gap, .itemState:
      .complete
    case .sealNone, .sealUnproven, .sealPolicy, .sealSignature, .sealNotEvaluated, .sealUntrusted,
      .counterSignature, .trustNone, .extendsSigners:
      .signedBy
    case .timestampMissing, .timestampNotEvaluated, .timestampNone, .logProofInvalid,
      .logProofNotEvaluated:
      .existedBy
    case .custodyNone, .custodyLost, .custodyPending, .custodyUnsigned, .custodyUntrusted,
      .custodyCovers, .custodyUnmatched:
      .custody
    case .preambleTruncated, .preambleMagic, .preambleVersion, .usage, .receiptInvalid,
      .proofInvalid, .notFound, .exists, .nameRefused, .nameAmbiguous, .io, .diskFull, .dead,
      .locked, .keyPassword, .keyInvalid, .cryptoEngine, .interrupted, .unsealedTail,
      .untrustedSeal, .damaged, .closed, .sourceChanged, .certificateInvalid, .signatureInvalid,
      .logKeyInvalid,
      .proofTruncated, .proofMagic, .proofVersion, .proofLength, .proofTrailing, .proofRecord,
      .proofFrame, .proofRange, .proofAdopted, .proofSession, .receiptSize, .contentNone,
      .contentDiffers, .sealRun:
      nil
    default: .intact
    }
  }

  /// What a finding of this code does to its claim; nil for refusals and errors of tools.
  public var effect: Effect? {
    switch self {
    case .maxPlain, .notRead, .damage, .contentNotRead, .withheldUnproven, .receiptOther,
      .receiptBranch, .receiptLost,
      .sealNone, .sealUnproven, .sealNotEvaluated, .sealUntrusted, .trustNone,
      .timestampNotEvaluated, .timestampNone, .custodyNone, .custodyLost, .custodyPending,
      .custodyUnsigned, .custodyUntrusted:
      .open
    case .withheld, .bundleOpen, .gap, .itemState:
      .exception
    case .sealSignature, .counterSignature, .logProofInvalid, .logProofNotEvaluated, .adopted,
      .refused, .torn, .optional, .notEvaluated:
      .note
    default: claim == nil ? nil : .fails
    }
  }
}
