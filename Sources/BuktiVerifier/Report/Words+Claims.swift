import BuktiFormat

extension Words {
  static let claims: [ErrorCode: Words] = [
    .unsealed: Words(
      "Records follow the last seal: nobody has signed for them.",
      "Have the bundle sealed, or leave these records out of account."),
    .itemUnclosed: Words(
      "An item was begun and never finished.",
      "If the acquisition can be resumed, do so; else what is there is a part of the item."),
    .damage: Words(
      "What is damaged, or comes after damage that hides the order, cannot be judged.", damaged),
    .removed: Words("The content of records was taken out without a decision that says so.", ask),
    .withheld: Words(
      "The content of records is withheld under a decision recorded in the bundle.",
      "Ask whoever decided for the full bundle, if you are entitled to it."),
    .withheldUnproven: Words(
      "The decision to withhold is under no seal whose signatures were found to meet their policy.",
      "Verify where signatures can be checked, or ask for a sealed copy."),
    .receiptOther: Words(
      "A receipt is for another bundle.", "Check that bundle and receipt belong together."),
    .receiptRollback: Words(
      "A receipt is of a later state: records that were there then are missing at the end.",
      "Ask for the bundle as it was when the receipt was made."),
    .receiptFork: Words(
      "A receipt is of another history: the bundle is not the one that the receipt was made of.",
      "Ask for the bundle that the receipt was made of, and who changed this one."),
    .receiptBranch: Words(
      "A receipt is of another branch, and cannot say anything about the records after the two parted.",
      "Hold the receipt against a copy of its own branch."),
    .receiptLost: Words(
      "Records that a receipt covers are lost, so that the two cannot be compared.", damaged),
    .bundleOpen: Words(
      "The bundle is not closed: more may follow.",
      "Nothing, if more is expected; else have it closed and sealed."),
    .gap: Words(
      "A range of an item was not read; its digests take it as zeros, or leave it out where the item supplements another.",
      "Read in the gap record why; the range is no evidence of what was there."),
    .itemState: Words(
      "An item is not complete.", "Read in the item record why."),
    .sealNone: Words(
      "There is no seal: nobody has signed for anything.", "Have the bundle sealed."),
    .sealUnproven: Words(
      "A seal cannot be judged, because it is damaged, does not fit, or records before it are lost.",
      damaged),
    .sealPolicy: Words(
      "A seal has fewer valid signatures than its session's policy asks for.",
      "Ask the signers whether they signed, and for the signatures that are missing."),
    .sealSignature: Words(
      "A signature of a seal is invalid and does not count.",
      "Read the reason beside the signature; repeat the check with openssl."),
    .counterSignature: Words(
      "A signature that was added to a seal later is invalid; the seal stands or falls without it.",
      "Read the reason beside the counter-signature; repeat the check with openssl."),
    .sealNotEvaluated: Words(
      "Signatures that the policy needs could not be evaluated.",
      "Check them with a tool that knows their algorithm."),
    .sealUntrusted: Words(
      "The signers lead to no root and no fingerprint that was given: the mathematics hold, but not who they are.",
      "Get the right roots, or compare the fingerprints with the signers by telephone or on paper, and give them."
    ),
    .trustNone: Words(
      "No roots and no fingerprints were given, so that nobody is known to be who they say.",
      "Verify again with the roots or the signers' fingerprints."),
    .extendsSigners: Words(
      "A session names signers who did not validly sign the seal that it continues from.", ask),
    .timestampMissing: Words(
      "The policy asks for a time-stamp, and there is none.", "Have the seal time-stamped."),
    .timestampNotEvaluated: Words(
      "A time-stamp is there, and this version does not evaluate it.",
      "Export it and check it with openssl ts."),
    .timestampNone: Words(
      "Nothing shows when it was there, neither a time-stamp nor a log's witness: that rests on its own clocks alone.",
      "Have the last seal time-stamped, or give the keys of the log and its witnesses."),
    .logProofInvalid: Words(
      "A log proof that was stored is wrong: it shows nothing, and counts for nothing.",
      "Read why beside it; ask the log for a proof of this seal."),
    .logProofNotEvaluated: Words(
      "A log proof was stored that none of the keys given can judge.",
      "Get the log's key from its operator, and give it with --log-key."),
    .custodyNone: Words(
      "No custody event is recorded.", "Look for the custody papers outside the bundle."),
    .custodyLost: Words("Because of damage the custody events are not judged.", damaged),
    .custodyPending: Words(
      "The evidence was released and its receipt is not recorded.", "Ask the receiving party."),
    .custodyUnsigned: Words(
      "A half of a hand-over has no valid signature of its party, on the first seal over it or on the half itself, and does not count.",
      "Ask the party to confirm it."),
    .custodyUntrusted: Words(
      "A half of a hand-over was made apart from the bundle, by somebody who leads to no root and no fingerprint that was given.",
      "Compare the fingerprint with the party by telephone or on paper, and give it."),
    .custodyCovers: Words("What was received is no seal of this bundle.", ask),
    .custodyUnmatched: Words(
      "Evidence was received or rejected that was not released before.", ask),
  ]
}

extension Report {
  /// What no reading of this bundle can show, said every time.
  var notShown: [String] {
    var lines = [
      "Whether later records and seals were cut off and the bundle set back to an older seal: this cannot be seen from the file alone. "
        + receiptsHeld,
      "Whether what was acquired was true and complete at the time: whoever held the key could seal false data.",
      "Whether certificates were revoked: this was not checked.",
      "When anything was signed: times in the bundle and in signatures are claims of those who wrote them.",
      "Whether the machine that verified was itself sound.",
    ]
    if pinsGiven > 0 {
      lines.append(
        "Whether a certificate that was given by its fingerprint was within its validity: for such a certificate the dates are not enforced."
      )
    }
    return lines
  }

  private var receiptsHeld: String {
    if receipts.isEmpty { return "No receipt was given to hold it against." }
    let sizes = receipts.map { "\($0.receipt.size)" }.joined(separator: ", ")
    return "It was held against \(receipts.count) receipt(s), of \(sizes) records."
  }
}
