import BuktiEngines
import BuktiFormat

/// What is kept of a seal until the end.
struct SealEntry {
  enum Content {
    case usable
    case unusable
    case mismatched
  }

  let record: UInt64
  let hash: Hash
  /// The root of the tree over the records before it; nil where that is not known.
  let root: Hash?
  let content: Content
  /// Whether its checkpoint was held against the tree and is right; without that it says nothing of other records.
  let isRight: Bool
  /// Whether the order was lost when it came, or by it: no later record may name it.
  let cameWhileLost: Bool
  /// The session whose policy counts; nil where it is not known.
  let session: SessionFacts?
  /// The branch in force when it came.
  let branch: BranchID?
  let checkpointDigest: Hash
  /// The checkpoint as a leaf of a log.
  let leaf: Hash
  /// SHA-256 of each signature's bytes.
  let signatureDigests: [Hash]
  let signatures: [SignatureFacts]
  /// One above the seal and the attests that directly follow it and are right (section 5.1).
  var base: UInt64

  /// Whether its signatures may be judged (spec section 11.3), refusal and adoption apart.
  var isJudgeable: Bool { content == .usable && root != nil && session != nil }
}

extension Seal {
  /// Whether the checkpoint says this size and root, whatever its origin ([B-DMG-8]).
  func states(size: UInt64, root: Hash) -> Bool {
    guard let end = checkpoint.firstIndex(of: UInt8(ascii: "\n")) else { return false }
    return checkpoint[(end + 1)...].elementsEqual("\(size)\n\(Base64.encode(root.bytes))\n".utf8)
  }
}

extension Pass {
  /// The newest seal that a later record may name.
  var lastSeal: SealEntry? { state.lastSeal.map { seals[$0] } }

  /// Whether a close was taken in that is not unsealed: anyone can append one ([B-ORD-7]).
  var isClosed: Bool {
    guard let close = state.close else { return false }
    return state.isLost || (lastSeal.map { $0.record > close } ?? false)
  }

  /// Place of the seal with this record number.
  func findSeal(_ record: UInt64) -> Int? {
    let place = seals.partitioningIndex { $0.record >= record }
    return place < seals.count && seals[place].record == record ? place : nil
  }

  /// [B-ORD-3] and [B-SEA-1].
  func checkSeal(_ record: Record) -> ErrorCode? {
    guard lastType == .tail else { return .grammarSeal }
    state.marks = 0
    guard case .seal(let seal) = record.body, let root else { return nil }
    let expected = Checkpoint(
      bundleID: bundleID, branch: state.branch, size: record.number, root: root)
    return seal.checkpoint == expected.encoded() ? nil : .sealMismatch
  }

  /// Keeps a seal, and judges its signatures where they may count.
  func addSeal(_ record: Record, _ code: ErrorCode?, cameWhileLost: Bool) throws(BuktiError) {
    var seal = Seal(checkpoint: [], signatures: [])
    var content = SealEntry.Content.unusable
    if case .seal(let read) = record.body {
      seal = read
      content = code == .sealMismatch ? .mismatched : .usable
    }
    if content == .usable { try visitor?.seal(seal, record: record.number) }
    let root = root
    let counts = content == .usable && root != nil && knownSession != nil
    seals.append(
      SealEntry(
        record: record.number, hash: record.hash, root: root, content: content,
        isRight: content == .usable && root != nil && code == nil, cameWhileLost: cameWhileLost,
        session: knownSession,
        branch: state.branch,
        checkpointDigest: LibcryptoSHA256.digest(of: seal.checkpoint),
        leaf: LogProof.leafHash(seal.checkpoint, using: LibcryptoSHA256()),
        signatureDigests: seal.signatures.map { LibcryptoSHA256.digest(of: $0) },
        signatures: counts ? evaluate(seal) : [], base: record.number + 1))
    if !cameWhileLost { state.lastSeal = seals.count - 1 }
  }
}
