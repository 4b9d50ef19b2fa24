import BuktiFixtures
import BuktiEngines
import BuktiFormat
import Testing

/// RFC 6962 section 2.1 as it is written there: slow, recursive, plain to see.
struct ReferenceTree {
  let engine = LibcryptoSHA256()

  func root(_ leaves: [Hash]) -> Hash {
    switch leaves.count {
    case 0: engine.emptyRoot
    case 1: leaves[0]
    default: node(root(left(leaves)), root(right(leaves)))
    }
  }

  func path(_ m: Int, _ leaves: [Hash]) -> [Hash] {
    guard leaves.count > 1 else { return [] }
    let k = split(leaves)
    return m < k
      ? path(m, left(leaves)) + [root(right(leaves))]
      : path(m - k, right(leaves)) + [root(left(leaves))]
  }

  func proof(_ m: Int, _ leaves: [Hash]) -> [Hash] { subproof(m, leaves, true) }

  private func subproof(_ m: Int, _ leaves: [Hash], _ isOld: Bool) -> [Hash] {
    guard m < leaves.count else { return isOld ? [] : [root(leaves)] }
    let k = split(leaves)
    return m <= k
      ? subproof(m, left(leaves), isOld) + [root(right(leaves))]
      : subproof(m - k, right(leaves), false) + [root(left(leaves))]
  }

  private func node(_ a: Hash, _ b: Hash) -> Hash {
    engine.digest([1] + a.bytes + b.bytes)
  }

  private func split(_ leaves: [Hash]) -> Int {
    var k = 1
    while k * 2 < leaves.count { k *= 2 }
    return k
  }

  private func left(_ leaves: [Hash]) -> [Hash] { Array(leaves[..<split(leaves)]) }
  private func right(_ leaves: [Hash]) -> [Hash] { Array(leaves[split(leaves)...]) }
}

@Suite struct TreeTests {
  let engine = LibcryptoSHA256()
  let reference = ReferenceTree()

  private func leaves(_ count: Int) -> [Hash] {
    (0..<count).map { engine.leafHash([UInt8($0 & 255), UInt8($0 >> 8)].span) }
  }

  @Test func rootsOfRFC6962() {
    #expect(
      engine.emptyRoot.hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(
      engine.digest([0]).hex
        == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")
    #expect(engine.emptyRoot == engine.digest([]))
    #expect(
      engine.nodeHash(.zero, .zero)
        == engine.digest([1] + [UInt8](repeating: 0, count: 64)))
  }

  @Test func theFrontierFoldsToTheRoot() {
    let all = leaves(300)
    var frontier = Frontier()
    for size in 0...300 {
      #expect(frontier.count == UInt64(size))
      #expect(frontier.root(using: engine) == reference.root(Array(all.prefix(size))))
      #expect(frontier.hashes == perfectRoots(Array(all.prefix(size))))
      let resumed = Frontier(count: frontier.count, hashes: frontier.hashes)
      #expect(resumed == frontier)
      if size < 300 { frontier.append(all[size], using: engine) }
    }
    #expect(Frontier(count: 3, hashes: [.zero]) == nil)
    #expect(Frontier(count: 0, hashes: [.zero]) == nil)
    #expect(Frontier(count: 1 << 63, hashes: [.zero]) == nil)
    var last = Frontier(count: .max >> 1, hashes: [Hash](repeating: .zero, count: 63))
    last?.append(.zero, using: engine)
    #expect(last?.hashes.count == 1)
  }

  private func perfectRoots(_ leaves: [Hash]) -> [Hash] {
    var rest = leaves[...]
    var roots: [Hash] = []
    for bit in stride(from: 20, through: 0, by: -1) where leaves.count >> bit & 1 == 1 {
      roots.append(reference.root(Array(rest.prefix(1 << bit))))
      rest = rest.dropFirst(1 << bit)
    }
    return roots
  }

  @Test func inclusionAgreesWithTheReference() throws {
    let all = leaves(40)
    for size in 1...40 {
      let tree = Array(all.prefix(size))
      let root = reference.root(tree)
      for index in 0..<size {
        let proof = try InclusionProof(index: index, leafHashes: tree, using: engine)
        #expect(proof.hashes == reference.path(index, tree))
        try verify(proof, tree[index], index, size, root)
        try refuseNeighbours(proof, tree[index], index, size, root)
      }
    }
    for index in [-1, 40] {
      #expect(
        code { _ = try InclusionProof(index: index, leafHashes: all, using: engine) }
          == .proofInvalid)
    }
  }

  private func verify(
    _ proof: InclusionProof, _ leaf: Hash, _ index: Int, _ size: Int, _ root: Hash
  ) throws {
    try proof.verify(
      leafHash: leaf, index: UInt64(index), size: UInt64(size), root: root, using: engine)
  }

  private func refuseNeighbours(
    _ proof: InclusionProof, _ leaf: Hash, _ index: Int, _ size: Int, _ root: Hash
  ) throws {
    let longer = InclusionProof(hashes: proof.hashes + [.zero])
    #expect(code { try verify(longer, leaf, index, size, root) } == .proofInvalid)
    #expect(code { try verify(proof, leaf, index, size, .zero) } == .proofInvalid)
    #expect(code { try verify(proof, .zero, index, size, root) } == .proofInvalid)
    #expect(code { try verify(proof, leaf, index + 1, size, root) } == .proofInvalid)
    if index > 0 {
      #expect(code { try verify(proof, leaf, index - 1, size, root) } == .proofInvalid)
    }
    for place in proof.hashes.indices {
      var hashes = proof.hashes
      hashes[place] = .zero
      let changed = InclusionProof(hashes: hashes)
      #expect(code { try verify(changed, leaf, index, size, root) } == .proofInvalid)
      hashes.remove(at: place)
      let shorter = InclusionProof(hashes: hashes)
      #expect(code { try verify(shorter, leaf, index, size, root) } == .proofInvalid)
    }
  }

  @Test func consistencyAgreesWithTheReference() throws {
    let all = leaves(40)
    for size in 1...40 {
      let tree = Array(all.prefix(size))
      for old in 1...size {
        let proof = try ConsistencyProof(from: old, leafHashes: tree, using: engine)
        #expect(proof.hashes == reference.proof(old, tree))
        #expect(proof.hashes.isEmpty == (old == size))
        let oldRoot = reference.root(Array(all.prefix(old)))
        let root = reference.root(tree)
        try verify(proof, old, oldRoot, size, root)
        let longer = ConsistencyProof(hashes: proof.hashes + [.zero])
        #expect(code { try verify(longer, old, oldRoot, size, root) } == .proofInvalid)
        #expect(code { try verify(proof, old, .zero, size, root) } == .proofInvalid)
        #expect(code { try verify(proof, old, oldRoot, size, .zero) } == .proofInvalid)
        for place in proof.hashes.indices {
          var hashes = proof.hashes
          hashes[place] = .zero
          let changed = ConsistencyProof(hashes: hashes)
          #expect(code { try verify(changed, old, oldRoot, size, root) } == .proofInvalid)
          hashes.remove(at: place)
          let shorter = ConsistencyProof(hashes: hashes)
          #expect(code { try verify(shorter, old, oldRoot, size, root) } == .proofInvalid)
        }
      }
    }
  }

  private func verify(
    _ proof: ConsistencyProof, _ old: Int, _ oldRoot: Hash, _ size: Int, _ root: Hash
  ) throws {
    try proof.verify(
      oldSize: UInt64(old), oldRoot: oldRoot, newSize: UInt64(size), newRoot: root, using: engine)
  }

  @Test func nothingLeadsFromAnEmptyTree() {
    let empty = ConsistencyProof(hashes: [])
    let root = engine.emptyRoot
    #expect(code { try verify(empty, 0, root, 0, root) } == .proofInvalid)
    #expect(code { try verify(empty, 0, root, 5, root) } == .proofInvalid)
    #expect(code { try verify(empty, 5, root, 4, root) } == .proofInvalid)
    for old in [-1, 0, 4] {
      #expect(
        code { _ = try ConsistencyProof(from: old, leafHashes: leaves(3), using: engine) }
          == .proofInvalid)
    }
    #expect(
      code { _ = try ConsistencyProof(from: 1, leafHashes: [], using: engine) } == .proofInvalid)
    #expect(
      code {
        try empty.verify(
          oldSize: 1, oldRoot: root, newSize: .max, newRoot: root, using: engine)
      } == .proofInvalid)
  }

  @Test func subtreesBeginWhereTheirSizeFits() {
    let valid: [(UInt64, UInt64)] = [(0, 1), (0, 7), (8, 13), (8, 16), (5, 6), (6, 8), (256, 512)]
    for (start, end) in valid {
      #expect(Subtree(start: start, end: end)?.count == end - start)
    }
    let invalid: [(UInt64, UInt64)] = [
      (0, 0), (1, 1), (2, 1), (1, 3), (2, 5), (8, 17), (4, 12), (0, 1 << 63), (1, .max),
    ]
    for (start, end) in invalid { #expect(Subtree(start: start, end: end) == nil) }
  }
}
