import BuktiFixtures
import BuktiFormat
import BuktiStore
import BuktiVerifier

func open(_ volumes: [UInt8]...) throws(BuktiError) -> BundleReader {
  try BundleReader(volumes.map { MemoryStorage($0) }, at: 0)
}

/// Seals without a signature; the root that the seal states.
func sealing(_ builder: inout BundleBuilder) throws -> Hash {
  try builder.tail()
  let checkpoint = builder.checkpoint
  try builder.append(Seal(checkpoint: checkpoint.encoded(), signatures: []))
  return checkpoint.root
}

extension ItemReader {
  /// Up to `count` bytes from `offset`.
  func bytes(_ count: Int, at offset: UInt64) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0xEE, count: count)
    let read = unsafe try bytes.withUnsafeMutableBytes { buffer in
      unsafe try self.read(into: buffer, at: offset)
    }
    return Array(bytes.prefix(read.count))
  }

  func all() throws -> [UInt8] { try bytes(Int(size), at: 0) }
}
