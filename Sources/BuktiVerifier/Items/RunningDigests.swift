import BuktiEngines
import BuktiFormat

/// The digests of an item as far as it was read; copied only when two states go on from it.
final class RunningDigests {
  private let running: [ItemDigest]
  private var zerosAhead: UInt64 = 0

  init(_ further: [FurtherDigest]) throws(BuktiError) {
    var running = [try ItemDigest(.sha256)]
    for digest in further { running.append(try ItemDigest(digest.algorithm)) }
    self.running = running
  }

  private init(copying other: RunningDigests) {
    running = other.running.map { $0.copy() }
    zerosAhead = other.zerosAhead
  }

  func copy() -> RunningDigests { RunningDigests(copying: self) }

  func update(_ bytes: RawSpan, pause: () throws(BuktiError) -> Void) throws(BuktiError) {
    try settle(pause)
    for digest in running { digest.update(bytes) }
  }

  /// Zeros are hashed only when something depends on them: a gap may be longer than any disk.
  func addZeros(_ count: UInt64) { zerosAhead += count }

  /// Whether the digests are those of an item record.
  func match(
    _ digests: Digests, pause: () throws(BuktiError) -> Void
  ) throws(BuktiError) -> Bool {
    try settle(pause)
    return running.allSatisfy { digest in
      let value = digest.value()
      return switch digest.algorithm {
      case .sha256: value == digests.sha256.bytes
      case .md5: value == digests.md5
      case .sha1: value == digests.sha1
      case .sha512: value == digests.sha512
      }
    }
  }

  private func settle(_ pause: () throws(BuktiError) -> Void) throws(BuktiError) {
    while zerosAhead > 0 {
      let count = min(zerosAhead, UInt64(Self.zeros.count))
      let bytes = Self.zeros.span.extracting(first: Int(count)).raw
      for digest in running { digest.update(bytes) }
      zerosAhead -= count
      try pause()
    }
  }

  private static let zeros = [UInt8](repeating: 0, count: 1 << 20)
}

extension FurtherDigest {
  var algorithm: DigestAlgorithm {
    switch self {
    case .md5: .md5
    case .sha1: .sha1
    case .sha512: .sha512
    }
  }
}
