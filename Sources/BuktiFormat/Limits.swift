/// The limits that writer and reader share, by the names of `spec/registry.md`.
public enum Limits {
  /// Integers in the file are below this (2^63), so that every language can hold them.
  public static let integer: UInt64 = 1 << 63
  /// Decoded bytes of a record.
  public static let maxPlainLength: UInt64 = 16 << 20
  /// Decoded bytes of an index record.
  public static let maxIndexLength: UInt64 = 1 << 20
  /// The highest end of an item, in bytes.
  public static let maxItemEnd: UInt64 = (1 << 56) - 1
  /// Items open at once.
  public static let maxOpenItems = 256
  /// Rows of a names record.
  public static let maxNames = 256
  /// Tails and sessions after the last seal.
  public static let maxMarks = 65_536
  /// Records without an index block of level 0.
  public static let maxUncovered = 1_048_576
  /// Signatures of a seal.
  public static let maxSignatures = 256
  /// Bytes of a CMS signature that is evaluated.
  public static let maxCMSLength = 1 << 20
  /// Elements around one in a CMS signature.
  public static let maxCMSDepth = 24
  /// SignerInfos of a CMS signature that is evaluated.
  public static let maxSigners = 64
  /// Certificates of a CMS signature that is evaluated.
  public static let maxCertificates = 256
  /// Places whose payload alone fails before a search for the next frame ends.
  public static let maxCandidates = 1_024
  /// Nesting of CBOR arrays and maps, the outermost being 1.
  public static let maxDepth = 16
  /// Values of a body: elements of its arrays, keys and values of its maps.
  public static let maxValues: UInt64 = 1_048_576
  /// Tails that one tail leans on.
  public static let maxTails = 8
  /// Records of an index block of level 0.
  public static let run: UInt64 = 256
  /// Blocks of an index block of a higher level.
  public static let fanOut: UInt64 = 64
  /// The highest level of the index.
  public static let maxIndexLevel = 7
  /// Bytes of the body of a proof of a part.
  public static let maxProofBody = 64 << 20
  /// Records that a proof shows.
  public static let maxProofRecords = 1024
  /// Bytes of the range that a proof holds: zeros take no space in it, but time to hash.
  public static let maxProofRange: UInt64 = 1 << 38
  /// Frames of the range that a proof holds.
  public static let maxProofFrames: UInt64 = 1_048_576
  /// Bytes of a log's proof.
  public static let maxLogProof = 256 << 10
  /// Hashes from the leaf to the root of a log.
  public static let maxLogPath = 63
  /// Signatures of a log's checkpoint.
  public static let maxLogSignatures = 64
  /// Plain bytes of a data record, unless a writer is told otherwise.
  public static let defaultChunk = 256 << 10
  /// Plain bytes that a verifier decodes before it stops, unless told otherwise (8 TiB).
  public static let defaultMaxPlain: UInt64 = 8 << 40
}
