import BuktiEngines
public import BuktiFormat

/// What GNU ddrescue knows of an image it made: its mapfile (manual of ddrescue 1.27, "Mapfile
/// structure").
public struct RescueMap: Sendable, Hashable {
  /// What became of a block.
  public enum Status: UInt8, Sendable {
    case notTried = 0x3F  // ?
    case notTrimmed = 0x2A  // *
    case notScraped = 0x2F  // /
    case bad = 0x2D  // -
    case finished = 0x2B  // +
  }

  public struct Block: Sendable, Hashable {
    public let range: Range<UInt64>
    public let status: Status
  }

  /// Side by side, in ascending order, none empty.
  public let blocks: [Block]

  /// Where the last block ends, in bytes.
  public var end: UInt64 { blocks.last?.range.upperBound ?? 0 }

  /// Where the last finished block ends, in bytes.
  public var finishedEnd: UInt64 {
    blocks.last { $0.status == .finished }?.range.upperBound ?? 0
  }

  /// Tells this map from others: the SHA-256 of a line `START SIZE STATUS` in decimal for each block. ddrescue writes
  /// times into its comments, which say nothing of the image.
  public var digest: Hash {
    var text: [UInt8] = []
    for block in blocks {
      let range = block.range
      let size = range.upperBound - range.lowerBound
      text += "\(range.lowerBound) \(size) ".utf8
      text += [block.status.rawValue, UInt8(ascii: "\n")]
    }
    return LibcryptoSHA256.digest(of: text.span.raw)
  }

  /// Says of each byte of an item whether it was read, up to the size that its source had.
  ///
  /// - Throws: `usage` where the item has lost more ranges than were kept.
  public init(of item: AddedItem, size: UInt64) throws(BuktiError) {
    guard item.lost.isWhole else {
      throw BuktiError(.usage, "A map of more than \(LostRanges.kept) lost ranges is not made.")
    }
    var builder = Builder()
    for lost in item.lost.ranges {
      builder.reach(lost.range.lowerBound, .finished)
      builder.reach(lost.range.upperBound, lost.errno == nil ? .notTried : .bad)
    }
    builder.reach(item.size, .finished)
    builder.reach(max(size, item.size), .notTried)
    blocks = builder.blocks
  }

  /// The size of an item made of an image of so many bytes: ddrescue does not write beyond what it read.
  /// - Throws: `usage` where the map calls finished what the image does not have.
  func size(ofImage size: UInt64) throws(BuktiError) -> UInt64 {
    guard finishedEnd <= size else {
      throw BuktiError(
        .usage,
        "The map is not this image's: it calls \(finishedEnd) bytes finished, and the image has \(size)."
      )
    }
    return max(size, end)
  }

  /// The block that holds an offset; what no block holds was not tried, up to the next one.
  func block(at offset: UInt64) -> (status: Status?, end: UInt64) {
    let place = blocks.partitioningIndex { $0.range.upperBound > offset }
    guard place < blocks.count else { return (nil, .max) }
    let block = blocks[place]
    if block.range.lowerBound > offset { return (nil, block.range.lowerBound) }
    return (block.status, block.range.upperBound)
  }

  /// Why a gap is one.
  static func reason(_ status: Status?) -> String {
    switch status {
    case .notTried: "not tried, by ddrescue's map"
    case .notTrimmed: "not trimmed, by ddrescue's map"
    case .notScraped: "not scraped, by ddrescue's map"
    case .bad: "a bad sector, by ddrescue's map"
    case .finished, nil: "outside ddrescue's map"
    }
  }

  private struct Builder {
    var blocks: [Block] = []

    mutating func reach(_ end: UInt64, _ status: Status) {
      let start = blocks.last?.range.upperBound ?? 0
      guard start < end else { return }
      if let last = blocks.last, last.status == status {
        blocks[blocks.count - 1] = Block(range: last.range.lowerBound..<end, status: status)
      } else {
        blocks.append(Block(range: start..<end, status: status))
      }
    }
  }
}
