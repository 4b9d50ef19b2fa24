import BuktiFormat

extension Words {
  /// What a code means where it is said of a proof of a part.
  static func ofProof(_ code: ErrorCode) -> Words {
    proofs[code] ?? Words(of(code).message, changed)
  }

  private static let changed =
    "Keep the file as it is, and ask who made the proof for another one, or for the bundle."
  private static let prover =
    "Ask whoever made the proof for one that shows more, or for the bundle."

  static let proofs: [ErrorCode: Words] = [
    .proofTruncated: Words("The proof ends too soon.", "Get the file again."),
    .proofMagic: Words("This is no proof of a part.", "Bundles are for bukti verify."),
    .proofVersion: Words(
      "This proof is of a version that this program does not read.", "Get a newer program."),
    .proofLength: Words("The proof is longer than a proof may be.", changed),
    .proofTrailing: Words("Bytes follow the proof that belong to nothing.", changed),
    .proofRecord: Words("The proof does not show the records that it has to show.", changed),
    .proofFrame: Words("A frame of the range is not one of this item.", changed),
    .proofRange: Words("The frames do not cover the range, each where the last one ends.", changed),
    .proofInvalid: Words(
      "The hashes do not lead to a root: there are too few or too many.", changed),
    .sealMismatch: Words(
      "The records do not lead to what was signed: they, or the hashes beside them, are others.",
      changed),
    .tailMismatch: Words("The tail that was signed is of another tree.", changed),
    .receiptOther: Words("A receipt is for another bundle.", "Check that both belong together."),
    .receiptSize: Words(
      "A receipt is of another seal, so that the two cannot be compared.",
      "Ask for a proof by the seal that the receipt is of (bukti prove --seal)."),
    .receiptBranch: Words(
      "A receipt is of another branch.", "Hold the receipt against a copy of its own branch."),
    .receiptFork: Words(
      "A receipt has another root over the same number of records: it was not made of the records that this proof is about.",
      "Ask for the bundle that the receipt was made of, and why this one is another."),
    .refused: Words(
      "The record was refused by a later session: it does not count.",
      "Do not use it; read in the bundle why it was refused."),
    .sessionAccount: Words(
      "No session accounts for the record: nobody who sealed says that it counts, or was there before.",
      "Do not use it; have the bundle verified, and ask who keeps it."),
    .adopted: Words(
      "A later session adopted the record and answers for it: nobody is shown to have signed for it before.",
      "Read in the session why it was adopted."),
    .proofAdopted: Words(
      "The proof does not show that no session among the adopted records had refused it.", prover),
    .proofSession: Words(
      "The record is of an earlier session, and the proof does not show what later ones said of it.",
      prover),
    .withheld: Words(
      "The item's name, size and digest are withheld: only that there was such a record is shown.",
      "Ask whoever decided to withhold it, if you are entitled to it."),
    .contentNone: Words(
      "No bytes were compared: none were given beside the proof, or the item has none.",
      "Give the file that the proof is about: --content FILE."),
    .contentDiffers: Words(
      "The bytes beside the proof are not the ones that it is about.",
      "Check that the right file was given; if so, it is not what was sealed."),
    .gap: Words(
      "A part of the range was not read from the source; zeros stand for it.",
      "That part is no evidence of what was there."),
    .itemState: Words(
      "The item says of itself that it is not complete: taken in part, broken off, or not taken.",
      "Read in the item record why: bukti show."),
    .sessionPolicy: Words(
      "Whose signatures the session asks for is not in order, so that none can count.",
      changed),
    .sealPolicy: Words(
      "There are too few valid signatures by the signers whom the session names.",
      "Ask the signers whether they signed, and for the signatures that are missing."),
    .sealRun: Words(
      "Only the run certificate signed, and the proof does not show the earlier seal that allows it to.",
      "Ask for a proof by a seal of the long-lived certificate, or verify the bundle."),
    .timestampNone: Words(
      "The proof carries no time-stamp: when its records were sealed rests on their own clocks alone.",
      "Verify the bundle, which may hold one."),
  ]
}

extension ProofFinding {
  /// One or two sentences.
  var message: String { Words.ofProof(code).message }
  var advice: String { Words.ofProof(code).advice }
}

extension ErrorCode {
  /// What it means as a refusal of a proof.
  package var meaningInProof: String { Words.ofProof(self).message }
}

extension ProofReport {
  /// What no proof of a part can show, said every time.
  var notShown: [String] {
    [
      "Whether the bundle is intact and complete, and what else it holds: a proof shows what was there, never what was not.",
      "Whether records followed this seal, and a later session refused the item or the seal itself: whoever made the proof may have kept that back. "
        + receiptsHeld,
      subject?.range == nil
        ? "Whether bytes that were not given beside the proof are those of the item."
        : "What the item holds outside the range.",
      "When anything was signed: times in records and signatures are claims of those who wrote them.",
      "Whether certificates were revoked: this was not checked.",
      "Whether what was acquired was true and complete at the time: whoever had a key, by right or not, could seal false data.",
      "Whether the machine that verified was itself sound.",
    ]
  }

  private var receiptsHeld: String {
    receipts.isEmpty
      ? "No receipt was given to hold it against."
      : "It was held against \(receipts.count) receipt(s); only one of the same size says anything."
  }
}
