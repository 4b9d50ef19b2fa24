/// A short list in chunks that copies share: one that changes costs a chunk, not the whole.
struct SharedList<Element>: RandomAccessCollection {
  private static var size: Int { 16 }

  /// None is empty.
  private var chunks: [[Element]] = []
  private(set) var count = 0

  var startIndex: Int { 0 }
  var endIndex: Int { count }

  subscript(place: Int) -> Element {
    let (chunk, index) = find(place)
    return chunks[chunk][index]
  }

  // Most often asked for, and at hand.
  var last: Element? { chunks.last?.last }

  mutating func append(_ element: Element) {
    if let last = chunks.last, last.count < Self.size {
      chunks[chunks.count - 1].append(element)
    } else {
      chunks.append([element])
    }
    count += 1
  }

  mutating func change<R, E: Error>(
    _ place: Int, _ body: (inout Element) throws(E) -> R
  ) throws(E) -> R {
    let (chunk, index) = find(place)
    return try body(&chunks[chunk][index])
  }

  /// Takes an element out; neighbours that have become small are joined, so that chunks stay few.
  mutating func remove(at place: Int) {
    let (chunk, index) = find(place)
    chunks[chunk].remove(at: index)
    count -= 1
    for first in [chunk, chunk - 1] where chunks.indices.contains(first) {
      guard chunks.indices.contains(first + 1) || chunks[first].isEmpty else { continue }
      if chunks[first].isEmpty {
        chunks.remove(at: first)
      } else if chunks[first].count + chunks[first + 1].count <= Self.size {
        chunks[first] += chunks.remove(at: first + 1)
      }
    }
  }

  /// Chunk and index of an element that is there.
  private func find(_ place: Int) -> (chunk: Int, index: Int) {
    // Most often the last.
    if let last = chunks.last, place >= count - last.count {
      return (chunks.count - 1, place - (count - last.count))
    }
    var index = place
    for (chunk, elements) in chunks.enumerated() {
      if index < elements.count { return (chunk, index) }
      index -= elements.count
    }
    preconditionFailure("no element")
  }
}
