import BuktiFormat

/// Chunks of an image that are not zeros, taken evenly from all of it.
struct Sample {
  static let chunk = 256 << 10
  let memory: Memory
  let count: Int

  init(of path: String, atMost: Int) {
    let file = File(path)
    let chunks = file.size / Self.chunk
    let buffer = Memory(Self.chunk)
    let step = max(1, chunks / (atMost * 4))
    var places: [Int] = []
    for index in stride(from: 0, to: chunks, by: step) {
      guard file.read(buffer, at: index * Self.chunk, to: 0..<Self.chunk) == Self.chunk else {
        break
      }
      if unsafe buffer.bytes.contains(where: { $0 != 0 }) { places.append(index) }
    }
    let thinning = max(1, places.count / atMost)
    places = stride(from: 0, to: places.count, by: thinning).map { places[$0] }
    memory = Memory(max(1, places.count) * Self.chunk)
    count = places.count
    for (index, place) in places.enumerated() {
      _ = file.read(memory, at: place * Self.chunk, to: Self.range(index))
    }
    if count == 0 { fail("\(path) has no chunk that is not zeros") }
  }

  static func range(_ index: Int) -> Range<Int> { index * chunk..<(index + 1) * chunk }

  /// Lends each chunk in turn; how many bytes that were.
  func forEach(_ body: (Int, RawSpan) throws -> Void) rethrows -> Int {
    for index in 0..<count {
      try memory.with(Self.range(index)) { try body(index, $0) }
    }
    return count * Self.chunk
  }
}
