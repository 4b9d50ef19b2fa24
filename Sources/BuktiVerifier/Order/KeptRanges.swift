import BuktiFormat

/// Ranges of records of which each new one ends last, so that states share what came before.
///
/// A state of each place where a refusal may begin is kept to the end: as arrays, the ranges of sessions that
/// each refuse a little would be copied with every one of them.
struct KeptRanges {
  private struct Node {
    let range: Range<UInt64>
    /// Place of the one before, and of one further back; -1 where there is none.
    let previous: Int
    let jump: Int
    let depth: Int
  }

  /// The nodes of all states, which only grow.
  private final class Nodes {
    var list: [Node] = []

    func depth(_ place: Int) -> Int { place < 0 ? 0 : list[place].depth }
    func jump(_ place: Int) -> Int { place < 0 ? -1 : list[place].jump }
  }

  private let nodes = Nodes()
  private var top = -1

  func contains(_ record: UInt64) -> Bool {
    let place = newest(notBehind: record)
    return place >= 0 && nodes.list[place].range.contains(record)
  }

  /// All of them, ascending.
  var all: RecordRanges {
    var ranges: [Range<UInt64>] = []
    var place = top
    while place >= 0 {
      ranges.append(nodes.list[place].range)
      place = nodes.list[place].previous
    }
    return RecordRanges(ranges.reversed())
  }

  /// Adds a range that ends where the newest one does or later; it takes in those that it touches.
  mutating func insert(_ part: Range<UInt64>) {
    guard !part.isEmpty else { return }
    var merged = part
    if top >= 0 {
      let newest = nodes.list[top].range
      if newest.upperBound >= part.lowerBound {
        let (first, before) = lowest(of: { $0.upperBound >= part.lowerBound })
        merged =
          min(
            part.lowerBound, nodes.list[first].range.lowerBound)..<max(
            part.upperBound, newest.upperBound)
        top = before
      }
    }
    push(merged)
  }

  /// Place of the newest range that does not begin behind a record; -1 where there is none.
  private func newest(notBehind record: UInt64) -> Int {
    guard top >= 0, nodes.list[top].range.lowerBound > record else { return top }
    return lowest(of: { $0.lowerBound > record }).before
  }

  /// The oldest range that the predicate holds for, as it does for the newest, and the one before it.
  private func lowest(of holds: (Range<UInt64>) -> Bool) -> (place: Int, before: Int) {
    var place = top
    while true {
      let node = nodes.list[place]
      if node.jump >= 0, holds(nodes.list[node.jump].range) {
        place = node.jump
      } else if node.previous >= 0, holds(nodes.list[node.previous].range) {
        place = node.previous
      } else {
        return (place, node.previous)
      }
    }
  }

  /// Each node has a second way back, in lengths that make a search take a logarithm of steps (Myers, 1983).
  private mutating func push(_ range: Range<UInt64>) {
    let jump = nodes.jump(top)
    let isEven =
      nodes.depth(top) - nodes.depth(jump) == nodes.depth(jump) - nodes.depth(nodes.jump(jump))
    nodes.list.append(
      Node(
        range: range, previous: top, jump: isEven ? nodes.jump(jump) : top,
        depth: nodes.depth(top) + 1))
    top = nodes.list.count - 1
  }
}
