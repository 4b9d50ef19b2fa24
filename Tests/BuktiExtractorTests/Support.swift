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

/// A generator with a fixed seed (SplitMix64), so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
  }
}
