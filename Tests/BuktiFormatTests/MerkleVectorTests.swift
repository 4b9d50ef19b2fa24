import BuktiEngines
import BuktiFormat
import FoundationEssentials
import Testing

/// Proofs, right and wrong, that another implementation made; kept beside the repository.
private let folder = repositoryPath("../shared/vectors/merkle")

private struct Vector: Decodable {
  let leafIdx, treeSize, start, end, size, size1, size2: UInt64?
  let leafHash, root, root1, root2: String?
  let proof: [String]?
  let wantErr: Bool

  /// Nil for what is no SHA-256 value; the placeholders `dont care N` are filled up, so that what
  /// they stand beside is still judged.
  static func hash(_ text: String?) throws -> Hash? {
    let bytes = try #require(Base64.decode((text ?? "").utf8))
    let isPlaceholder = bytes.count == 12
    return Hash(bytes: isPlaceholder ? bytes + [UInt8](repeating: 0, count: 20) : bytes)
  }

  func hashes() throws -> [Hash]? {
    let all = try (proof ?? []).map { try Self.hash($0) }
    let known = all.compactMap { $0 }
    return known.count == all.count ? known : nil
  }
}

@Suite struct MerkleVectorTests {
  let engine = LibcryptoSHA256()

  /// An empty subtree proves nothing and is refused here; these vectors call it trivially right.
  static let emptySubtrees = [
    "subtree-is-empty-sizes-are-equal-one-subtree-root-valid-proof-is-empty.json",
    "subtree-is-empty-subtree-root-valid-proof-is-empty.json",
    "subtree-is-empty-sizes-are-equal-one-subtree-root-valid-tree-root-random-proof-is-empty.json",
    "subtree-is-empty-sizes-are-equal-zero-subtree-root-valid-tree-root-random-proof-is-empty.json",
    "subtree-is-empty-subtree-root-valid-tree-root-random-proof-is-empty.json",
    "subtree-is-empty-sizes-are-equal-zero-subtree-root-valid-proof-is-empty.json",
  ]

  @Test(arguments: ["inclusion", "subtreeinclusion", "consistency", "subtreeconsistency"])
  func vectors(area: String) throws {
    guard FileManager.default.fileExists(atPath: folder) else {
      print("skipped: no vectors in \(folder)")
      return
    }
    var counts = (accepted: 0, refused: 0)
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder + "/" + area)
    for name in names where name.hasSuffix(".json") {
      let file = try Data(contentsOf: URL(filePath: folder + "/" + area + "/" + name))
      let vector = try JSONDecoder().decode(Vector.self, from: file)
      let isDeviation = Self.emptySubtrees.contains { name.hasSuffix("/" + $0) }
      if isDeviation { #expect(vector.start == vector.end && !vector.wantErr) }
      let accepted = try judge(area, vector)
      #expect(accepted == (!vector.wantErr && !isDeviation), "\(area)/\(name)")
      if accepted { counts.accepted += 1 } else { counts.refused += 1 }
    }
    #expect(counts.accepted >= 5)
    #expect(counts.refused >= 40)
  }

  private func judge(_ area: String, _ vector: Vector) throws -> Bool {
    guard let hashes = try vector.hashes() else { return false }
    do {
      if area.hasSuffix("inclusion") {
        guard let leaf = try Vector.hash(vector.leafHash), let root = try Vector.hash(vector.root)
        else { return false }
        return try judge(InclusionProof(hashes: hashes), leaf, root, vector)
      }
      guard let root1 = try Vector.hash(vector.root1), let root2 = try Vector.hash(vector.root2)
      else { return false }
      return try judge(ConsistencyProof(hashes: hashes), root1, root2, vector)
    } catch let error as BuktiError {
      #expect(error.code == .proofInvalid)
      return false
    }
  }

  private func judge(
    _ proof: InclusionProof, _ leaf: Hash, _ root: Hash, _ vector: Vector
  ) throws -> Bool {
    let index = try #require(vector.leafIdx)
    if let size = vector.treeSize {
      try proof.verify(leafHash: leaf, index: index, size: size, root: root, using: engine)
      return true
    }
    let (start, end) = (try #require(vector.start), try #require(vector.end))
    guard let subtree = Subtree(start: start, end: end) else { return false }
    try proof.verify(leafHash: leaf, index: index, in: subtree, root: root, using: engine)
    return true
  }

  private func judge(
    _ proof: ConsistencyProof, _ root1: Hash, _ root2: Hash, _ vector: Vector
  ) throws -> Bool {
    if let old = vector.size1 {
      let new = try #require(vector.size2)
      try proof.verify(oldSize: old, oldRoot: root1, newSize: new, newRoot: root2, using: engine)
      return true
    }
    let (start, end) = (try #require(vector.start), try #require(vector.end))
    let size = try #require(vector.size)
    guard let subtree = Subtree(start: start, end: end) else { return false }
    try proof.verify(
      subtree: subtree, subtreeRoot: root1, size: size, root: root2, using: engine)
    return true
  }
}
