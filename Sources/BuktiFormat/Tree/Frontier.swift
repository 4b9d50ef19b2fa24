/// A tree that only grows, reduced to what its root needs: one hash for each bit of its size.
public struct Frontier: Sendable, Hashable {
  /// Leaves taken so far.
  public private(set) var count: UInt64
  /// The roots of the maximal perfect subtrees, largest first.
  public private(set) var hashes: [Hash]

  /// The tree without leaves.
  public init() {
    count = 0
    hashes = []
  }

  /// Takes up a tree where it was left; nil when the hashes are not as many as the size has bits set.
  public init?(count: UInt64, hashes: [Hash]) {
    guard count < Limits.integer, hashes.count == count.nonzeroBitCount else { return nil }
    self.count = count
    self.hashes = hashes
  }

  /// Appends a leaf, given its hash.
  public mutating func append(_ leafHash: Hash, using engine: some SHA256Engine) {
    var hash = leafHash
    var rest = count
    while rest & 1 == 1, let left = hashes.popLast() {
      hash = engine.nodeHash(left, hash)
      rest >>= 1
    }
    hashes.append(hash)
    count += 1
  }

  /// The root of the tree (RFC 6962 section 2.1).
  public func root(using engine: some SHA256Engine) -> Hash {
    guard var root = hashes.last else { return engine.emptyRoot }
    for left in hashes.dropLast().reversed() { root = engine.nodeHash(left, root) }
    return root
  }
}
