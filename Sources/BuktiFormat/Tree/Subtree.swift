/// A run of leaves whose root is a node of every tree that holds it, perhaps but for its right edge.
///
/// It begins at a multiple of the power of two that its size fits into; from 0 any end will do.
public struct Subtree: Sendable, Hashable {
  public let start: UInt64
  public let end: UInt64

  /// Leaves from `start` to before `end`; nil where they are none or do not stand together in a tree.
  public init?(start: UInt64, end: UInt64) {
    guard start < end, end < Limits.integer else { return nil }
    let spread = (end - start - 1).leadingZeroBitCount
    let mask: UInt64 = spread == 64 ? 0 : .max >> UInt64(spread)
    guard start & mask == 0 else { return nil }
    self.start = start
    self.end = end
  }

  public var count: UInt64 { end - start }
}

extension SHA256Engine {
  /// The root over the leaf hashes of a whole tree or subtree.
  public func treeRoot(_ leafHashes: ArraySlice<Hash>) -> Hash {
    var frontier = Frontier()
    for leaf in leafHashes { frontier.append(leaf, using: self) }
    return frontier.root(using: self)
  }
}

/// The largest power of two below `count`, where a tree of 2 or more leaves splits.
func splitPoint(_ count: Int) -> Int {
  1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
}
