extension SHA256Engine {
  /// SHA-256(0x00, data): a leaf of the tree (RFC 6962 section 2.1).
  public func leafHash(_ data: Span<UInt8>) -> Hash {
    let prefix = InlineArray<1, UInt8>(repeating: 0)
    return hash(prefix.span.raw, then: data.raw)
  }

  /// SHA-256(0x01, left, right): an inner node of the tree.
  public func nodeHash(_ left: Hash, _ right: Hash) -> Hash {
    var node = InlineArray<65, UInt8>(repeating: 1)
    left.copy(to: &node, at: 1)
    right.copy(to: &node, at: 33)
    return hash(node.span.raw)
  }

  /// The root of the tree without leaves: SHA-256 of nothing.
  public var emptyRoot: Hash { hash(RawSpan()) }
}

extension Hash {
  fileprivate func copy(to node: inout InlineArray<65, UInt8>, at start: Int) {
    func put(_ word: UInt64, at place: Int) {
      for index in 0..<8 {
        node[place + index] = UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * index))
      }
    }
    put(words.0, at: start)
    put(words.1, at: start + 8)
    put(words.2, at: start + 16)
    put(words.3, at: start + 24)
  }
}
