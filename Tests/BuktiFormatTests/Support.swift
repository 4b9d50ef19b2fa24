import BuktiFormat

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

/// The code of the error that `body` throws; nil where it throws none.
func code(_ body: () throws -> Void) -> ErrorCode? {
  do {
    try body()
    return nil
  } catch {
    return (error as? BuktiError)?.code
  }
}

/// The bytes of a hexadecimal text; spaces separate what is meant to be read apart.
func hex(_ text: String) -> [UInt8] {
  Hex.decode(text.utf8.filter { $0 != UInt8(ascii: " ") }) ?? []
}

/// A path in the repository, found from the place of this file.
func repositoryPath(_ path: String) -> String {
  let parts = #filePath.split(separator: "/").dropLast(3)
  return "/" + (parts + [Substring(path)]).joined(separator: "/")
}

extension SHA256Engine {
  /// The digest of an array, for expectations, whose macro cannot hold a span.
  func digest(_ bytes: [UInt8]) -> Hash { hash(bytes.span.raw) }
}
