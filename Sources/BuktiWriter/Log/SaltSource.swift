import BuktiEngines
import BuktiFormat

/// Fresh salts, fetched from the generator a block at a time.
struct SaltSource {
  private static let blockSize = 4096
  private var block: [UInt8] = []
  private var used = 0

  /// Appends 16 bytes that no other salt shares.
  /// - Throws: `crypto-engine` when the generator has no entropy.
  mutating func append(to writer: inout ByteWriter) throws(BuktiError) {
    if used == block.count {
      block = try SecureRandom.bytes(Self.blockSize)
      used = 0
    }
    writer.append(block[used..<used + FrameHeader.saltSize])
    used += FrameHeader.saltSize
  }
}
