public import BuktiFormat
import BuktiStore

/// A run of an item's bytes as one record holds it.
public enum ItemPiece: Sendable {
  case data([UInt8])
  /// Stored as a run of zeros.
  case zeros(UInt64)
  /// A range that was not read from the source; it reads as zeros.
  case gap(UInt64)

  /// In bytes.
  public var count: UInt64 {
    switch self {
    case .data(let bytes): UInt64(bytes.count)
    case .zeros(let count), .gap(let count): count
    }
  }
}

/// What a read gave.
public struct ItemRead: Sendable, Equatable {
  /// Bytes filled; short only at the item's end.
  public let count: Int
  /// Ranges of the item among them that were not read from the source, and are zeros here.
  public let gaps: [Range<UInt64>]
}

/// Reads any range of one item, each byte proven by the seal; may be used by many threads.
public final class ItemReader: Sendable {
  public let id: UInt64
  /// The content of the item record; nil for an item that is still open at the seal.
  public let item: Item?
  /// In bytes; for an open item the end that it had reached.
  public let size: UInt64
  private let index: ProvenIndex
  private let query: ItemQuery
  private let cache: PieceCache

  init(
    _ index: ProvenIndex, _ cache: PieceCache, id: UInt64, item: Item?, size: UInt64,
    refused: RecordRanges
  ) {
    self.index = index
    self.cache = cache
    self.id = id
    self.item = item
    self.size = size
    query = ItemQuery(itemID: id, types: [.data, .gap], refused: refused)
  }

  /// Fills `buffer` from `offset`; a gap reads as zeros and is reported.
  ///
  /// - Throws: `withheld` where bytes are not in this copy; `payload-digest` and the other codes of
  ///   frames and bodies, `damaged`, `index-mismatch`, `io`.
  public func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(BuktiError) -> ItemRead {
    guard offset < size else { return ItemRead(count: 0, gaps: []) }
    let end = offset + min(UInt64(buffer.count), size - offset)
    var gaps: [Range<UInt64>] = []
    var place = offset
    while place < end {
      let (start, piece) = try piece(at: place)
      let until = min(end, start + piece.count)
      let target = unsafe UnsafeMutableRawBufferPointer(
        rebasing: buffer[Int(place - offset)..<Int(until - offset)])
      switch piece {
      case .data(let bytes):
        unsafe target.copyBytes(from: bytes[Int(place - start)..<Int(until - start)])
      case .zeros: unsafe target.initializeMemory(as: UInt8.self, repeating: 0)
      case .gap:
        unsafe target.initializeMemory(as: UInt8.self, repeating: 0)
        gaps.append(place..<until)
      }
      place = until
    }
    return ItemRead(count: Int(end - offset), gaps: gaps)
  }

  /// The record that holds the byte at an offset below the size, and where it begins.
  ///
  /// - Throws: as `read(into:at:)`.
  public func piece(at offset: UInt64) throws(BuktiError) -> (start: UInt64, piece: ItemPiece) {
    guard let found = try index.last(query, upTo: offset) else { throw missing(offset) }
    let piece: PieceCache.Piece
    if let known = cache.find(found.number), known.itemID == id, known.start <= offset {
      piece = known
    } else {
      piece = try read(found, at: offset)
      cache.keep(found.number, piece)
    }
    guard offset - piece.start < piece.piece.count else { throw missing(offset) }
    return (piece.start, piece.piece)
  }

  /// Reads the record that a row leads to, all of its bytes at once.
  private func read(
    _ found: NumberedRow, at offset: UInt64
  ) throws(BuktiError) -> PieceCache.Piece {
    var frame = cache.takeFrame()
    let record = try index.record(found, into: &frame)
    let core = record.core
    guard query.types.contains(core.type), core.itemID == id, core.offset <= offset else {
      throw BuktiError(.indexMismatch, record: found.number)
    }
    let piece: ItemPiece
    if core.type == .gap {
      piece = .gap(try index.reader.content(Gap.self, of: record).length)
    } else if core.codec == .zeroRun, record.header.state == .present {
      piece = .zeros(core.plainLength)
    } else {
      var plain = cache.room(for: Int(core.plainLength))
      try index.reader.plain(of: record, in: frame, into: &plain)
      piece = .data(plain)
    }
    cache.giveFrame(frame)
    return PieceCache.Piece(itemID: id, start: core.offset, piece: piece)
  }

  /// Where reading can go on when the record at an offset cannot be read; the size, if that is unknown.
  public func endOfRecord(at offset: UInt64) -> UInt64 {
    guard let found = try? index.last(query, upTo: offset), found.row.type == .data,
      offset - found.row.offset < found.row.plainLength
    else { return size }
    return min(size, found.row.offset + found.row.plainLength)
  }

  private func missing(_ offset: UInt64) -> BuktiError {
    BuktiError(.damaged, "No record that the seal proves holds byte \(offset) of item \(id).")
  }
}

extension BundleReader {
  /// Opens a closed item; a hard link leads to the item whose bytes it has.
  ///
  /// - Throws: `withheld` where the item record is; the codes of frames and bodies, `io`.
  public func open(_ entry: ItemEntry) throws(BuktiError) -> ItemReader {
    guard let item = try item(of: entry.record) else {
      throw BuktiError(.withheld, "The item record is withheld in this copy.", record: entry.record)
    }
    if let target = item.sameAs {
      guard target != entry.id else { throw BuktiError(.itemReference, record: entry.record) }
      let other = try find(.id(target))
      let content = try self.item(of: other.record)
      return try reader(target, content, content?.size ?? 0)
    }
    return try reader(entry.id, item, item.size)
  }

  private func reader(
    _ id: UInt64, _ item: Item?, _ size: UInt64
  ) throws(BuktiError) -> ItemReader {
    ItemReader(index, pieces, id: id, item: item, size: size, refused: try history().refused)
  }
}
