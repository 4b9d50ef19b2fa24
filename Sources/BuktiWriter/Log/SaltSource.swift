import BuktiEngines
import BuktiFormat

/// Fresh salts, fetched from the generator a block at a time.
struct SaltSource {
  private static let blockSize = 4096
  private let random: (Int) throws(BuktiError) -> [UInt8]
  private var block: [UInt8] = []
  private var used = 0

  /// - Parameter random: gives as many unpredictable bytes as it is asked for.
  init(_ random: @escaping (Int) throws(BuktiError) -> [UInt8] = SecureRandom.bytes) {
    self.random = random
  }

  /// 16 bytes that no other salt shares.
  /// - Throws: `crypto-engine` when the generator has no entropy.
  mutating func next() throws(BuktiError) -> Salt {
    if used == block.count {
      block = try random(Self.blockSize)
      used = 0
    }
    let salt = Salt(block[used..<used + FrameHeader.saltSize])
    used += FrameHeader.saltSize
    return salt
  }
}

/// A salt as the payload digest takes it: a whole block of SHA-256, with zeros behind the salt.
struct Salt {
  private var block = InlineArray<64, UInt8>(repeating: 0)

  fileprivate init(_ bytes: ArraySlice<UInt8>) {
    for (place, byte) in bytes.enumerated() { block[place] = byte }
  }

  /// The 16 bytes that stand in the frame.
  var bytes: [UInt8] { (0..<FrameHeader.saltSize).map { block[$0] } }

  /// The digest of a payload that begins with this salt.
  func digest(with body: RawSpan) -> Hash {
    LibcryptoSHA256.digest(of: block.span.raw, then: body)
  }

  /// The same, while the digest of an item takes `bytes`, which may be the body.
  func digest(with body: RawSpan, while item: ItemDigest, takes bytes: RawSpan) -> Hash {
    item.update(bytes, salting: block.span.raw, of: body)
  }
}
