/// Shows that several leaves are in one tree: the hashes beside their paths, from left to right ([B-PRF-6]).
///
/// Each set of leaves has exactly one proof, and each hash of it one place.
public struct TreeProof: Sendable, Hashable {
  public let hashes: [Hash]

  public init(hashes: [Hash]) { self.hashes = hashes }
}

/// A leaf and its number.
public struct TreeLeaf: Sendable, Hashable {
  public let number: UInt64
  public let hash: Hash

  public init(_ number: UInt64, _ hash: Hash) {
    self.number = number
    self.hash = hash
  }
}

extension TreeProof {
  /// Makes the proof for leaves of a tree.
  ///
  /// - Parameters:
  ///   - numbers: of the leaves, strictly ascending, below `size`.
  ///   - size: leaves of the tree.
  ///   - root: the root over a run of leaves that is a node of the tree.
  public init(
    of numbers: [UInt64], size: UInt64, root: (Range<UInt64>) throws(BuktiError) -> Hash
  ) throws(BuktiError) {
    var hashes: [Hash] = []
    // What is left to do, the next one last.
    var rest = [(range: 0..<size, numbers: numbers[...])]
    while let (range, numbers) = rest.popLast() {
      if numbers.isEmpty {
        if !range.isEmpty { hashes.append(try root(range)) }
      } else if range.upperBound - range.lowerBound > 1 {
        let middle = range.treeMiddle
        let place = numbers.firstIndex { $0 >= middle } ?? numbers.endIndex
        rest.append((middle..<range.upperBound, numbers[place...]))
        rest.append((range.lowerBound..<middle, numbers[..<place]))
      }
    }
    self.hashes = hashes
  }

  /// The root of the tree of `size` leaves that these leaves and the hashes make.
  ///
  /// - Parameter leaves: strictly ascending by their numbers.
  /// - Throws: `proof-invalid` for leaves that are not, or not in the tree, and for a hash too few or too many.
  public func root(
    over leaves: [TreeLeaf], size: UInt64, using engine: some SHA256Engine
  ) throws(BuktiError) -> Hash {
    let ascend = zip(leaves, leaves.dropFirst()).allSatisfy { $0.number < $1.number }
    guard ascend, let last = leaves.last, last.number < size, size < Limits.integer else {
      throw BuktiError(.proofInvalid, "The leaves are not those of a tree.")
    }
    var rest = hashes[...]
    let root = try Self.fold(0..<size, leaves[...], &rest, engine)
    guard rest.isEmpty else { throw BuktiError(.proofInvalid, "The proof has too many hashes.") }
    return root
  }

  /// Nested no deeper than a tree of 2^63 leaves is high.
  private static func fold(
    _ range: Range<UInt64>, _ leaves: ArraySlice<TreeLeaf>, _ hashes: inout ArraySlice<Hash>,
    _ engine: some SHA256Engine
  ) throws(BuktiError) -> Hash {
    guard let first = leaves.first else {
      guard let hash = hashes.popFirst() else {
        throw BuktiError(.proofInvalid, "The proof has too few hashes.")
      }
      return hash
    }
    if range.upperBound - range.lowerBound == 1 { return first.hash }
    let middle = range.treeMiddle
    let place = leaves.firstIndex { $0.number >= middle } ?? leaves.endIndex
    let left = try fold(range.lowerBound..<middle, leaves[..<place], &hashes, engine)
    let right = try fold(middle..<range.upperBound, leaves[place...], &hashes, engine)
    return engine.nodeHash(left, right)
  }
}

extension Range<UInt64> {
  /// Where a tree over two or more leaves splits: behind the largest power of two below its size.
  package var treeMiddle: UInt64 {
    lowerBound + (1 << UInt64(63 - (upperBound - lowerBound - 1).leadingZeroBitCount))
  }
}
