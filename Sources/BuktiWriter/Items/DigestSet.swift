import BuktiEngines
import BuktiFormat

/// The running digests of one item: SHA-256, and those that the session names.
struct DigestSet {
  private static let zeros = [UInt8](repeating: 0, count: 256 << 10)
  private let running: [ItemDigest]

  /// - Throws: `crypto-engine` when libcrypto does not offer one of them.
  init(_ further: [FurtherDigest]) throws(BuktiError) {
    var running = [try ItemDigest(.sha256)]
    for digest in further { running.append(try ItemDigest(digest.algorithm)) }
    self.running = running
  }

  private init(_ running: [ItemDigest]) { self.running = running }

  /// Digests that have taken the same bytes and go on by themselves.
  func copy() -> DigestSet { DigestSet(running.map { $0.copy() }) }

  var count: Int { running.count }

  func update(_ bytes: RawSpan) {
    for digest in running { digest.update(bytes) }
  }

  /// Updates SHA-256 alone, and gives the payload digest of what the bytes are stored as.
  func update(_ bytes: RawSpan, salting salt: Salt, of body: RawSpan) -> Hash {
    salt.digest(with: body, while: running[0], takes: bytes)
  }

  /// Updates one of them alone.
  func update(_ index: Int, _ bytes: RawSpan) { running[index].update(bytes) }

  func updateZeros(_ count: UInt64) {
    for index in running.indices { updateZeros(index, count) }
  }

  /// Updates one of them with zeros, which may be terabytes of a hole.
  func updateZeros(_ index: Int, _ count: UInt64) {
    var rest = count
    while rest > 0 {
      let step = Int(min(rest, UInt64(Self.zeros.count)))
      update(index, Self.zeros.span.raw.extracting(0..<step))
      rest -= UInt64(step)
    }
  }

  func values() -> Digests {
    var digests = Digests(sha256: .zero)
    for digest in running {
      let value = digest.value()
      switch digest.algorithm {
      case .sha256: if let hash = Hash(bytes: value) { digests.sha256 = hash }
      case .md5: digests.md5 = value
      case .sha1: digests.sha1 = value
      case .sha512: digests.sha512 = value
      }
    }
    return digests
  }
}
