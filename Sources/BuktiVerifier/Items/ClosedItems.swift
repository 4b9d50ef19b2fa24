/// What is known of each closed item, in chunks that states share.
struct ClosedItems: Sendable {
  enum Kind: UInt8 {
    case open = 0
    case withoutBytes
    case withBytes
    /// Withheld or unusable, so that it counts as fitting ([B-ITM-7]).
    case unknown
  }

  private static let size = 2048
  private var chunks: [[UInt8]] = []

  subscript(id: UInt64) -> Kind {
    guard let index = Int(exactly: id), index / Self.size < chunks.count else { return .open }
    return Kind(rawValue: chunks[index / Self.size][index % Self.size]) ?? .open
  }

  /// Ids ascend one by one, so that the chunks hold few ids that are not in use.
  mutating func close(_ id: UInt64, _ kind: Kind) {
    guard let index = Int(exactly: id) else { return }
    while chunks.count <= index / Self.size {
      chunks.append([UInt8](repeating: Kind.open.rawValue, count: Self.size))
    }
    chunks[index / Self.size][index % Self.size] = kind.rawValue
  }
}
