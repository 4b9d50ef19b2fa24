import BuktiFormat

extension Words {
  static let claims: [ErrorCode: Words] = [
    .unsealed: Words(
      "Nobody has signed for what comes after the last seal; where there is no seal, for nothing at all.",
      "Have the bundle sealed, or leave these records out of account."),
    .itemUnclosed: Words(
      "An item was begun and is not finished.",
      "If the acquisition can be resumed, do so; else what is there is a part of the item."),
    .damage: Words(
      "Something is damaged or breaks a rule of the format: whether what rests on it is complete cannot be judged.",
      damaged),
    .removed: Words(
      "The content of records is missing, and the decision that this copy goes by, if there is one, does not name them.",
      ask),
    .withheld: Words(
      "The content of records is withheld, under a decision that the bundle records.",
      "Ask whoever decided for the full bundle, if you are entitled to it."),
    .withheldUnproven: Words(
      "The decision to withhold is under no seal that was found to have the signatures it needs.",
      "Verify where signatures can be checked, or ask for a sealed copy."),
    .receiptOther: Words(
      "A receipt is for another bundle.", "Check that bundle and receipt belong together."),
    .receiptRollback: Words(
      "A receipt tells of more records than there are here: if it is right, records are missing at the end.",
      "Ask for the bundle as it was when the receipt was made."),
    .receiptFork: Words(
      "A receipt has another root over the same number of records: it was not made of the records that are here.",
      "Ask for the bundle that the receipt was made of, and why this one is another."),
    .receiptBranch: Words(
      "A receipt is of another branch, and cannot say anything about the records after the two parted.",
      "Hold the receipt against a copy of its own branch."),
    .receiptLost: Words(
      "Records that a receipt covers are lost, so that the two cannot be compared.", damaged),
    .bundleOpen: Words(
      "The bundle is not closed: more may be added.",
      "Nothing, if more is expected; else have it closed and sealed."),
    .gap: Words(
      "A range of an item was not read from its source; its digests take it as zeros, or leave it out where the item supplements another.",
      "Read in the gap record why; the range is no evidence of what was there."),
    .itemState: Words(
      "An item says of itself that it is not complete: taken in part, broken off, or not taken.",
      "Read in the item record why."),
    .sealNone: Words(
      "There is no seal that counts.", "Have the bundle sealed."),
    .sealUnproven: Words(
      "A seal cannot be judged: it is damaged or does not fit, or something before it is lost or breaks a rule.",
      damaged),
    .contentNotRead: Words(
      "Whether data that were not read or not decoded can be used is not known.",
      "Verify all of it, at level full without a sample."),
    .sealPolicy: Words(
      "A seal has too few valid signatures by the signers whom its session names.",
      "Ask the signers whether they signed, and for the signatures that are missing."),
    .sealSignature: Words(
      "A signature of a seal is invalid and does not count.",
      "Read the reason beside the signature; repeat the check with openssl."),
    .counterSignature: Words(
      "A signature that was added to a seal later is invalid; the seal stands or falls without it.",
      "Read the reason beside the counter-signature; repeat the check with openssl."),
    .sealNotEvaluated: Words(
      "Signatures that a seal needs could not be evaluated.",
      "Check them with a tool that knows their algorithm."),
    .sealUntrusted: Words(
      "Too few of a seal's signers lead to a root or fingerprint that was given: its signatures are right, but whose they are is not established.",
      "Get the right roots, or compare the fingerprints with the signers by telephone or on paper, and give them."
    ),
    .trustNone: Words(
      "No roots and no fingerprints were given, so that it is not established who the signers are.",
      "Verify again with the roots or the signers' fingerprints."),
    .extendsSigners: Words(
      "A session names signers who did not validly sign the seal that it continues from.", ask),
    .timestampMissing: Words(
      "A session asks for a time-stamp over its seals, and a seal has none.",
      "Have the seal time-stamped."),
    .timestampNotEvaluated: Words(
      "A time-stamp is there, and this version does not evaluate it.",
      "Export it and check it with openssl ts."),
    .timestampNone: Words(
      "Neither a time-stamp nor a log's witness shows when the bundle was there: that rests on its own clocks alone.",
      "Have the last seal time-stamped, or give the keys of the log and its witnesses."),
    .logProofInvalid: Words(
      "A log proof that was stored is wrong: it shows nothing, and counts for nothing.",
      "Read why beside it; ask the log for a proof of this seal."),
    .logProofNotEvaluated: Words(
      "A log proof was stored that none of the keys given can judge.",
      "Get the log's key from its operator, and give it with --log-key."),
    .custodyNone: Words(
      "There is no custody event that can be read here.",
      "Look for the custody papers outside the bundle."),
    .custodyLost: Words(
      "Custody events are not judged, because something is damaged or breaks a rule of the format.",
      damaged),
    .custodyPending: Words(
      "It is recorded that evidence was released, and not that it was received or rejected.",
      "Ask the receiving party."),
    .custodyUnsigned: Words(
      "One side of a hand-over is recorded, but has no valid signature of that side, on the first seal over it or on itself: it does not count.",
      "Ask the party to confirm it."),
    .custodyUntrusted: Words(
      "One side of a hand-over was made apart from the bundle, by somebody who leads to no root and no fingerprint that was given: it ends no hand-over.",
      "Compare the fingerprint with the party by telephone or on paper, and give it."),
    .custodyCovers: Words(
      "Whoever received or rejected evidence named a sealed state that this bundle never had.", ask),
    .custodyUnmatched: Words(
      "It is recorded that evidence was received or rejected, and there is no open release that this could answer.",
      ask),
  ]
}

extension Report {
  /// What no reading of this bundle can show, said every time.
  var notShown: [String] {
    var lines = [
      "Whether later records and seals were cut off and the bundle set back to an older seal: this cannot be seen from the file alone. "
        + receiptsHeld,
      "Whether what was acquired was true and complete at the time: whoever had a key, by right or not, could seal false data.",
      "Whether certificates were revoked: this was not checked.",
      "When anything was signed, but for what existed-by shows: times in the bundle and in signatures are claims of those who wrote them.",
      "Whether the machine that verified was itself sound.",
    ]
    if let coverage, coverage.leftOut {
      lines.insert("What was not read: \(coverage.words).", at: 0)
    }
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
