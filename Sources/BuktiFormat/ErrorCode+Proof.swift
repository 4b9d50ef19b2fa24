/// What a verifier says about a proof of a part, one claim at a time (spec/proof.md).
public enum ProofClaim: String, Sendable, Hashable, CaseIterable {
  /// The records shown stood in the bundle, under the root that the checkpoint states.
  case included
  /// They counted when the seal was made.
  case counted
  /// The bytes beside the proof, or in it, are those of the item.
  case content
  /// The seal is signed as its session asks.
  case signedBy = "signed-by"
  /// A time-stamp shows since when it exists.
  case existedBy = "existed-by"
}

extension ErrorCode {
  /// The claim of a proof that a finding of this code belongs to; nil for what no proof can come to.
  public var proofClaim: ProofClaim? {
    switch self {
    case .refused, .sessionAccount, .adopted, .proofAdopted, .proofSession: .counted
    case .withheld, .contentNone, .contentDiffers, .gap, .itemState: .content
    case .sessionPolicy, .sealPolicy, .sealSignature, .sealNotEvaluated, .sealUntrusted, .sealRun,
      .trustNone:
      .signedBy
    case .timestampNone: .existedBy
    case _ where Self.inProofs.contains(self): .included
    default: nil
    }
  }

  /// What a finding of this code does to a claim of a proof.
  public var proofEffect: Effect? {
    switch self {
    case .adopted, .sealSignature: .note
    case .gap, .itemState: .exception
    case .receiptOther, .receiptSize, .receiptBranch, .proofAdopted, .proofSession, .withheld,
      .contentNone, .sealNotEvaluated, .sealUntrusted, .sealRun, .trustNone, .timestampNone:
      .open
    default: proofClaim == nil ? nil : .fails
    }
  }

  private static let inProofs: Set<ErrorCode> = [
    .proofRecord, .proofFrame, .proofRange, .proofInvalid, .sealMismatch, .tailMismatch,
    .receiptOther, .receiptSize, .receiptBranch, .receiptFork,
    // Checks 6 to 15, 19 and 22, B-COD-1 and section 7.
    .coreReserved, .coreInteger, .coreFlags, .typeUnknown, .codecUnknown, .codecNotAllowed,
    .lengthStored, .lengthPlain, .coreItem, .coreOffset, .coreBundleID, .payloadDigest,
    .deflateInvalid, .deflateTrailing, .deflateLength, .cborTruncated, .cborHead, .cborIndefinite,
    .cborType, .cborInteger, .cborUTF8, .cborKeyType, .cborKeyOrder, .cborDepth, .cborLength,
    .cborTrailing, .schemaKey, .schemaType, .schemaValue, .schemaMissing,
  ]
}
