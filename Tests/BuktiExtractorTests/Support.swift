import BuktiFormat
import BuktiStore
import BuktiVerifier

/// The code of the error that `body` throws; nil where it throws none.
func code(_ body: () throws -> Void) -> ErrorCode? {
  do {
    try body()
    return nil
  } catch { return (error as? BuktiError)?.code }
}

func open(_ volumes: [UInt8]...) throws(BuktiError) -> BundleReader {
  try BundleReader(volumes.map { MemoryStorage($0) }, at: 0)
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
