/// Shows that a leaf is in a tree: the hashes beside its path, from the leaf up (RFC 6962 section 2.1.1).
public struct InclusionProof: Sendable, Hashable {
  public let hashes: [Hash]

  public init(hashes: [Hash]) { self.hashes = hashes }
}

extension InclusionProof {
  /// Makes the proof for the leaf at `index` from all leaf hashes of the tree.
  ///
  /// - Throws: `proof-invalid` where there is no such leaf.
  public init(
    index: Int, leafHashes: [Hash], using engine: some SHA256Engine
  ) throws(BuktiError) {
    guard leafHashes.indices.contains(index) else {
      throw BuktiError(.proofInvalid, "There is no leaf \(index) in a tree of \(leafHashes.count).")
    }
    var path: [Hash] = []
    var tree = leafHashes[...]
    while tree.count > 1 {
      let middle = tree.startIndex + splitPoint(tree.count)
      let (left, right) = (tree[..<middle], tree[middle...])
      path.append(engine.treeRoot(index < middle ? right : left))
      tree = index < middle ? left : right
    }
    hashes = path.reversed()
  }

  /// Checks that the leaf at `index` is in the tree of `size` leaves with this root.
  ///
  /// - Throws: `proof-invalid` where it is not, or the proof has a hash too few or too many.
  public func verify(
    leafHash: Hash, index: UInt64, size: UInt64, root: Hash, using engine: some SHA256Engine
  ) throws(BuktiError) {
    guard index < size else {
      throw BuktiError(.proofInvalid, "There is no leaf \(index) in a tree of \(size).")
    }
    var place = index
    var last = size - 1
    var hash = leafHash
    for sibling in hashes {
      guard last > 0 else { throw BuktiError(.proofInvalid, "The proof is too long.") }
      if place & 1 == 1 || place == last {
        hash = engine.nodeHash(sibling, hash)
        // A node at the right edge without a right neighbour goes up unchanged.
        while place & 1 == 0, place > 0 { (place, last) = (place >> 1, last >> 1) }
      } else {
        hash = engine.nodeHash(hash, sibling)
      }
      (place, last) = (place >> 1, last >> 1)
    }
    guard last == 0 else { throw BuktiError(.proofInvalid, "The proof is too short.") }
    guard hash == root else { throw BuktiError(.proofInvalid, "The proof gives another root.") }
  }

  /// Checks that the leaf at `index` of the whole tree is in a subtree with this root.
  ///
  /// - Throws: `proof-invalid`.
  public func verify(
    leafHash: Hash, index: UInt64, in subtree: Subtree, root: Hash, using engine: some SHA256Engine
  ) throws(BuktiError) {
    guard index >= subtree.start else {
      throw BuktiError(.proofInvalid, "Leaf \(index) is before \(subtree.start).")
    }
    try verify(
      leafHash: leafHash, index: index - subtree.start, size: subtree.count, root: root,
      using: engine)
  }
}
