/// Shows that a tree extends an earlier one, or holds a subtree (RFC 6962 section 2.1.2).
public struct ConsistencyProof: Sendable, Hashable {
  public let hashes: [Hash]

  public init(hashes: [Hash]) { self.hashes = hashes }
}

extension ConsistencyProof {
  /// Makes the proof that the tree over all leaf hashes extends the one over the first `size`.
  ///
  /// - Throws: `proof-invalid` for size 0, which proves nothing, and for more than there are.
  public init(
    from size: Int, leafHashes: [Hash], using engine: some SHA256Engine
  ) throws(BuktiError) {
    guard 1...max(1, leafHashes.count) ~= size, !leafHashes.isEmpty else {
      throw BuktiError(.proofInvalid, "No proof leads from \(size) to \(leafHashes.count) leaves.")
    }
    var path: [Hash] = []
    var tree = leafHashes[...]
    while tree.endIndex > size {
      let middle = tree.startIndex + splitPoint(tree.count)
      let (left, right) = (tree[..<middle], tree[middle...])
      path.append(engine.treeRoot(size <= middle ? right : left))
      tree = size <= middle ? left : right
    }
    // The old tree itself needs no hash: the verifier has its root.
    if tree.startIndex > 0 { path.append(engine.treeRoot(tree)) }
    hashes = path.reversed()
  }

  /// Checks that the tree of `newSize` leaves extends the one of `oldSize`.
  ///
  /// - Throws: `proof-invalid` where it does not, for an old size of 0, and where the proof has a
  ///   hash too few or too many (none at equal sizes).
  public func verify(
    oldSize: UInt64, oldRoot: Hash, newSize: UInt64, newRoot: Hash,
    using engine: some SHA256Engine
  ) throws(BuktiError) {
    guard let old = Subtree(start: 0, end: oldSize) else {
      throw BuktiError(.proofInvalid, "No proof leads from a tree of \(oldSize) leaves.")
    }
    try verify(subtree: old, subtreeRoot: oldRoot, size: newSize, root: newRoot, using: engine)
  }

  /// Checks that the tree of `size` leaves holds a subtree with this root.
  ///
  /// - Throws: `proof-invalid`.
  public func verify(
    subtree: Subtree, subtreeRoot: Hash, size: UInt64, root: Hash, using engine: some SHA256Engine
  ) throws(BuktiError) {
    guard subtree.end <= size, size < Limits.integer else {
      throw BuktiError(.proofInvalid, "A tree of \(size) leaves ends before \(subtree.end).")
    }
    var walk = Walk(subtree, size: size, root: subtreeRoot)
    var rest = hashes[...]
    if !walk.subtreeIsNode {
      guard let first = rest.popFirst() else {
        throw BuktiError(.proofInvalid, "The proof is too short.")
      }
      walk.begin(with: first)
    }
    for hash in rest { try walk.climb(hash, using: engine) }
    guard walk.isAtTop else { throw BuktiError(.proofInvalid, "The proof is too short.") }
    guard walk.subtreeRoot == subtreeRoot else {
      throw BuktiError(.proofInvalid, "The proof gives another root of the earlier tree.")
    }
    guard walk.treeRoot == root else {
      throw BuktiError(.proofInvalid, "The proof gives another root.")
    }
  }
}

/// The way from the last leaf of a subtree up to the root, in node numbers of the level reached.
private struct Walk {
  /// First and last node of the subtree, and the last node of the tree.
  private var first: UInt64
  private var last: UInt64
  private var end: UInt64
  private(set) var subtreeRoot: Hash
  private(set) var treeRoot: Hash

  /// Goes up to the level where the right edge of the subtree is a whole node of the tree.
  init(_ subtree: Subtree, size: UInt64, root: Hash) {
    (first, last, end) = (subtree.start, subtree.end - 1, size - 1)
    (subtreeRoot, treeRoot) = (root, root)
    while first != last, last == end || last & 1 == 1 { up() }
  }

  /// Whether the subtree is one node, which the verifier knows already.
  var subtreeIsNode: Bool { first == last }

  var isAtTop: Bool { end == 0 }

  mutating func begin(with hash: Hash) { (subtreeRoot, treeRoot) = (hash, hash) }

  mutating func climb(_ hash: Hash, using engine: some SHA256Engine) throws(BuktiError) {
    guard end > 0 else { throw BuktiError(.proofInvalid, "The proof is too long.") }
    if last & 1 == 1 || last == end {
      if first < last { subtreeRoot = engine.nodeHash(hash, subtreeRoot) }
      treeRoot = engine.nodeHash(hash, treeRoot)
      while last & 1 == 0, last > 0 { up() }
    } else {
      treeRoot = engine.nodeHash(treeRoot, hash)
    }
    up()
  }

  private mutating func up() { (first, last, end) = (first >> 1, last >> 1, end >> 1) }
}
