package import BuktiFormat

/// One row of a long table.
package struct PackedRow: Sendable {
  /// What the rows of one table mean by them is up to the table; seven are kept.
  package var numbers = SIMD8<UInt64>(repeating: 0)
  package var name: [UInt8] = []
  package var path: [UInt8] = []
  package var hash: Hash?

  package init() {}
}

/// Rows that resemble the one before them, in as few bytes as they take: a million items fit into memory.
///
/// A row holds what it does not share with the one before; the first of a block shares nothing, so that
/// reading one row alone means reading a part of its block.
package struct PackedRows: Sendable {
  private static let block = 16
  private static let pieceSize = 64 << 10

  private var pieces: [[UInt8]] = []
  /// Where each block begins: the piece, and the place in it.
  private var starts: [(piece: UInt32, place: UInt32)] = []
  private var last = PackedRow()
  package private(set) var count = 0

  package init() {}

  package mutating func append(_ row: PackedRow) {
    if count % Self.block == 0 { beginBlock() }
    pieces[pieces.count - 1].append(row, after: last)
    last = row
    count += 1
  }

  private mutating func beginBlock() {
    if pieces.last.map({ $0.count >= Self.pieceSize }) ?? true {
      var piece: [UInt8] = []
      // With room for the block that crosses the size.
      piece.reserveCapacity(Self.pieceSize + Self.pieceSize / 16)
      pieces.append(piece)
    }
    let piece = pieces.count - 1
    starts.append((UInt32(piece), UInt32(pieces[piece].count)))
    last = PackedRow()
  }

  package subscript(index: Int) -> PackedRow {
    precondition(0..<count ~= index)
    var cursor = Cursor(index / Self.block * Self.block)
    while cursor.next < index { _ = next(&cursor) }
    guard let row = next(&cursor) else { preconditionFailure("index is below count") }
    return row
  }

  /// A place in the table, for reading on from it.
  package struct Cursor: Sendable {
    fileprivate var next: Int
    fileprivate var piece = 0
    fileprivate var place = 0
    fileprivate var last = PackedRow()

    package init() { next = 0 }

    /// At the first row of a block.
    fileprivate init(_ first: Int) { next = first }
  }

  /// The row at a cursor, which moves on; nil behind the last.
  package func next(_ cursor: inout Cursor) -> PackedRow? {
    guard cursor.next < count else { return nil }
    if cursor.next % Self.block == 0 {
      let start = starts[cursor.next / Self.block]
      (cursor.piece, cursor.place) = (Int(start.piece), Int(start.place))
      cursor.last = PackedRow()
    }
    cursor.next += 1
    pieces[cursor.piece].read(&cursor.last, at: &cursor.place)
    return cursor.last
  }
}

// A row is a byte with a bit for each number that changed, and one for a hash; then the changes, name and
// path, each with how many bytes it shares with the one before, and the hash.
extension [UInt8] {
  private static var hashBit: UInt8 { 0x80 }
  private static var numbers: Int { 7 }

  fileprivate mutating func append(_ row: PackedRow, after last: PackedRow) {
    let changes = row.numbers &- last.numbers
    var mask = row.hash == nil ? 0 : Self.hashBit
    for place in 0..<Self.numbers where changes[place] != 0 { mask |= 1 << UInt8(place) }
    append(mask)
    for place in 0..<Self.numbers where changes[place] != 0 { append(change: changes[place]) }
    append(row.name, after: last.name)
    append(row.path, after: last.path)
    if let hash = row.hash { append(contentsOf: hash.bytes) }
  }

  private mutating func append(_ bytes: [UInt8], after last: [UInt8]) {
    var shared = 0
    let most = Swift.min(bytes.count, last.count)
    while shared < most, bytes[shared] == last[shared] { shared += 1 }
    append(number: UInt64(shared))
    append(number: UInt64(bytes.count - shared))
    append(contentsOf: bytes[shared...])
  }

  /// Small steps in either direction become small numbers.
  private mutating func append(change: UInt64) {
    let sign = UInt64(bitPattern: Int64(bitPattern: change) >> 63)
    append(number: change << 1 ^ sign)
  }

  /// Seven bits a byte, the lowest first.
  private mutating func append(number: UInt64) {
    var rest = number
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(rest))
  }

  /// Turns the row before into the one that lies at a place.
  fileprivate func read(_ row: inout PackedRow, at place: inout Int) {
    let mask = self[place]
    place += 1
    for number in 0..<Self.numbers where mask & 1 << UInt8(number) != 0 {
      let folded = self.number(at: &place)
      row.numbers[number] &+= folded >> 1 ^ (0 &- folded & 1)
    }
    read(&row.name, at: &place)
    read(&row.path, at: &place)
    row.hash = nil
    if mask & Self.hashBit != 0 {
      row.hash = Hash(bytes: self[place..<(place + 32)])
      place += 32
    }
  }

  private func read(_ bytes: inout [UInt8], at place: inout Int) {
    let shared = Int(number(at: &place))
    let count = Int(number(at: &place))
    if shared == bytes.count, count == 0 { return }
    var whole: [UInt8] = []
    whole.reserveCapacity(shared + count)
    whole += bytes[..<shared]
    whole += self[place..<(place + count)]
    bytes = whole
    place += count
  }

  private func number(at place: inout Int) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = self[place]
      place += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
  }
}
