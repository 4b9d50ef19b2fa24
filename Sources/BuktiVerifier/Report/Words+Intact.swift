import BuktiFormat

extension Words {
  static let table: [ErrorCode: Words] = framing.merging(bodies) { a, _ in a }
    .merging(order) { a, _ in a }.merging(claims) { a, _ in a }

  private static let framing: [ErrorCode: Words] = [
    .preambleTruncated: Words(
      "This is no bundle: it ends before a preamble could.", "Look for the bundle itself."),
    .preambleMagic: Words(
      "This is no bundle: it does not begin like one.", "Look for the bundle itself."),
    .preambleVersion: Words(
      "This bundle is of a version that this program does not read.", "Get a newer program."),
    .volumeMismatch: Words(
      "This volume does not belong here: its preamble is not that of the next volume of the bundle.",
      "Look for the right volume and verify again; nothing from this one on was read."),
    .frameTruncated: Words("A record is longer than what is left of the volume.", damaged),
    .frameMark: Words("There is no record where one must begin.", damaged),
    .frameCRC: Words(
      "The header of a record does not agree with its checksum: it was changed, or badly written or read.",
      damaged),
    .frameState: Words(
      "A record says neither that its content is here nor that it is withheld.", damaged),
    .frameReserved: Words("Bytes of a header that must be zero are not.", damaged),
    .frameLength: Words("The two lengths of a record differ.", damaged),
    .tornTail: Words(
      "From here to the end of the volume there is no whole record. A write that was cut off, by a power cut for instance, looks like this.",
      "If the volume may be incomplete, get it whole; if it is what there is, the next session records and removes these bytes."
    ),
    .coreReserved: Words("Bytes of a record's core that must be zero are not.", written),
    .coreInteger: Words("A number in a record's core is 2^63 or more.", written),
    .coreFlags: Words("A record has a flag that this version does not know.", written),
    .coreItem: Words(
      "A record names an item or offset where none belongs, or none where one does.", written),
    .coreOffset: Words("An item would end at 2^56 bytes or beyond.", written),
    .coreBundleID: Words("A record belongs to another bundle; it was passed over.", ask),
    .typeUnknown: Words(
      "A record has a type that this version does not know and may not ignore.",
      "Verify with a version that knows the type, if there is one."),
    .codecUnknown: Words("A record is stored in a way that this version does not know.", written),
    .codecNotAllowed: Words("A record is stored in a way that its type may not be.", written),
    .lengthStored: Words("The stored length of a record is out of range.", damaged),
    .lengthPlain: Words("The plain length of a record is out of range.", written),
    .withheldType: Words("The content of a record is missing that may never be withheld.", ask),
    .chainNumber: Words(
      "The record is not the next one: records are missing, repeated or out of order.", ask),
    .chainPrevious: Words("The record does not continue the one before it.", ask),
    .payloadDigest: Words(
      "The content of a record is not the one that its core states: it was changed, or badly written or read.",
      damaged),
    .maxPlain: Words(
      "There is more plain data than the verifier was told to decode; from here on none was.",
      "Verify again with a higher limit."),
    .notRead: Words(
      "Not all data were read and decoded, as was asked for: what was left out may be damaged.",
      "Verify all of it, at level full without a sample, before relying on it."),
  ]

  private static let bodies: [ErrorCode: Words] = [
    .deflateInvalid: Words(
      "The compressed content of a record is no whole DEFLATE stream.", written),
    .deflateTrailing: Words("Bytes follow the compressed content of a record.", written),
    .deflateLength: Words(
      "The compressed content of a record has another length than it says.", written),
    .cborTruncated: Words("The content of a record ends too soon.", written),
    .cborHead: Words("A number in the content of a record is not in its shortest form.", written),
    .cborIndefinite: Words("The content of a record has a part of indefinite length.", written),
    .cborType: Words("The content of a record has a kind of value that is not allowed.", written),
    .cborInteger: Words("A number in the content of a record is out of range.", written),
    .cborUTF8: Words("Text in the content of a record is not UTF-8.", written),
    .cborKeyType: Words("A key in the content of a record is no number.", written),
    .cborKeyOrder: Words("Keys in the content of a record are repeated or not in order.", written),
    .cborDepth: Words("The content of a record is nested too deep.", written),
    .cborLength: Words(
      "A length in the content of a record is greater than what is left.", written),
    .cborTrailing: Words("Bytes follow the content of a record.", written),
    .schemaKey: Words(
      "The content of a record has a field that this version does not know.", written),
    .schemaType: Words("A field of a record has another kind of value than it must have.", written),
    .schemaValue: Words("A field of a record has a value that it may not have.", written),
    .schemaMissing: Words("A field that a record must have is missing.", written),
  ]

  private static let order: [ErrorCode: Words] = [
    .grammarGenesis: Words("The first record, and no other, must be the genesis.", written),
    .grammarSession: Words("A record stands outside of any session.", written),
    .grammarSeal: Words("A seal does not follow a tail.", written),
    .grammarAttest: Words("An attest comes before any seal.", written),
    .grammarClose: Words("Evidence, or a second close, comes after the bundle was closed.", ask),
    .genesisSuite: Words("The genesis names another hash than the format version has.", written),
    .sessionExtends: Words("A session does not continue from an earlier seal of this bundle.", ask),
    .sessionAccount: Words(
      "A session does not account for each record between the seal that it continues from and itself.",
      ask),
    .sessionBoundary: Words(
      "A session refuses records from a place where none may begin to be refused.", written),
    .sessionPolicy: Words("The policy of a session cannot be met, or is not in order.", written),
    .markLimit: Words("Too many tails and sessions stand without a seal.", written),
    .itemId: Words("The ids of items do not ascend one by one.", written),
    .itemUnknown: Words("A record names an item or record that does not exist before it.", written),
    .itemClosed: Words("A record adds to an item that is closed.", ask),
    .itemLimit: Words("More than 256 items are open at once.", written),
    .itemTiling: Words("The data of an item overlap or leave a hole.", written),
    .itemResume: Words("An item is opened twice, or is not taken up again as it must be.", written),
    .itemSize: Words("The size of an item is not the end of its data.", written),
    .itemKind: Words(
      "An item has fields that its kind or state may not have, or lacks ones it must have.", written
    ),
    .itemReference: Words("An item refers to another one that does not fit.", written),
    .itemDigest: Words(
      "The bytes of an item do not have the digest that its item record states.",
      "Compare with the source or another copy; do not rely on this item."),
    .namesMismatch: Words("A names record differs from the items that it lists.", written),
    .namesDue: Words("A names record is missing.", written),
    .indexDue: Words("An index record is missing.", written),
    .indexUnexpected: Words("An index record comes where none is due.", written),
    .indexMismatch: Words("An index record differs from the records that it describes.", written),
    .tailMismatch: Words("A tail differs from the records before it.", written),
    .sealMismatch: Words(
      "A seal states another checkpoint than that of the records before it: it does not seal this bundle as it is here.",
      ask),
    .attestTarget: Words("An attest does not fit the seal that it names.", written),
    .withholdList: Words("A list of withheld records contradicts the records.", written),
    .adopted: Words(
      "Records that no accepted seal covered were adopted by a later session: it answers for them, and nobody is shown to have signed for them before.",
      "Read in the session why, and what was compared."),
    .refused: Words(
      "Records were refused by a later session: they stay in the file, and nothing in them counts.",
      "Read in the session why."),
    .torn: Words(
      "A session says that bytes were cut from the end of a volume, or stay there and do not count.",
      "Nothing, if a write is known to have been cut off then; else ask what happened."),
    .optional: Words(
      "A record has a type that this version does not know and may ignore.",
      "Verify with a newer version to know what it says."),
    .notEvaluated: Words(
      "A record is of a reserved type that this version does not evaluate.",
      "Verify with a newer version to know what it says."),
  ]
}
