/// What is known of each closed item, in chunks and pages of them that states share.
struct ClosedItems: Sendable {
  enum Kind: UInt8 {
    case open = 0
    case withoutBytes
    case withBytes
    /// Withheld or unusable, so that it counts as fitting ([B-ITM-7]).
    case unknown
  }

  /// Items of a chunk, and chunks of a page: a state that is kept keeps one of each, and a word for each page.
  private static let size = 256
  private static let pageSize = 64
  private var pages: [[[UInt8]]] = []

  subscript(id: UInt64) -> Kind {
    guard let (page, chunk, index) = Self.place(id), page < pages.count, chunk < pages[page].count
    else { return .open }
    return Kind(rawValue: pages[page][chunk][index]) ?? .open
  }

  /// Ids ascend one by one, so that the chunks hold few ids that are not in use.
  mutating func close(_ id: UInt64, _ kind: Kind) {
    guard let (page, chunk, index) = Self.place(id) else { return }
    while pages.count <= page { pages.append([]) }
    while pages[page].count <= chunk {
      pages[page].append([UInt8](repeating: Kind.open.rawValue, count: Self.size))
    }
    pages[page][chunk][index] = kind.rawValue
  }

  private static func place(_ id: UInt64) -> (page: Int, chunk: Int, index: Int)? {
    guard let index = Int(exactly: id) else { return nil }
    let chunk = index / size
    return (chunk / pageSize, chunk % pageSize, index % size)
  }
}
