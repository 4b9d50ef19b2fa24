/// A table of big-endian integers and hashes, stored column by column as the file holds it.
struct ByteColumns: Sendable, Hashable {
  /// Bytes of a cell in each column; the first key in the map is 1.
  let widths: [Int]
  private(set) var columns: [[UInt8]]
  private(set) var count = 0

  init(widths: [Int]) {
    self.widths = widths
    columns = widths.map { _ in [] }
  }

  /// Decodes a map of byte strings.
  ///
  /// - Throws: the codes of [B-CBOR-9], then `schema-value` where the columns are not equally long.
  init(decoding value: CBORValue, widths: [Int]) throws(BuktiError) {
    var map = try MapReader(value)
    self.init(widths: widths)
    var found = 0
    for column in widths.indices {
      guard let bytes = try map.take(UInt64(column + 1))?.bytes() else { continue }
      columns[column] = bytes
      found += 1
    }
    try map.end()
    guard found == widths.count else { throw MapReader.missing }
    count = columns[0].count / widths[0]
    guard zip(columns, widths).allSatisfy({ $0.count == count * $1 }) else {
      throw BuktiError(.schemaValue, "The columns do not agree in their length.")
    }
  }

  var cbor: CBORValue {
    .map(columns.enumerated().map { CBOREntry(UInt64($0.offset + 1), .bytes($0.element)) })
  }

  func integer(row: Int, column: Int) -> UInt64 {
    precondition(0..<count ~= row)
    let width = widths[column]
    return unsafe columns[column].withUnsafeBufferPointer { cells in
      var value: UInt64 = 0
      for index in (row * width)..<((row + 1) * width) {
        value = value << 8 | UInt64(unsafe cells[index])
      }
      return value
    }
  }

  func hash(row: Int, column: Int) -> Hash {
    precondition(0..<count ~= row)
    let start = row * widths[column]
    return Hash(bytes: columns[column][start..<(start + 32)]) ?? .zero
  }

  /// Appends the last cells of a row; call it once for each column, then `endRow()`.
  mutating func append(_ value: UInt64, column: Int) {
    let width = widths[column]
    unsafe withUnsafeBytes(of: value.bigEndian) { bytes in
      unsafe columns[column].append(contentsOf: bytes[(bytes.count - width)...])
    }
  }

  mutating func append(_ hash: Hash, column: Int) {
    let words = hash.words
    let big = (
      words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian
    )
    unsafe withUnsafeBytes(of: big) { unsafe columns[column].append(contentsOf: $0) }
  }

  mutating func endRow() {
    count += 1
    assert(zip(columns, widths).allSatisfy { $0.count == count * $1 })
  }

  /// The rows of a range as a table of their own.
  func extracting(_ rows: Range<Int>) -> ByteColumns {
    precondition(0 <= rows.lowerBound && rows.upperBound <= count)
    var part = ByteColumns(widths: widths)
    for (column, width) in widths.enumerated() {
      part.columns[column] = Array(
        columns[column][(rows.lowerBound * width)..<(rows.upperBound * width)])
    }
    part.count = rows.count
    return part
  }

  mutating func removeFirst(_ rows: Int) {
    precondition(0...count ~= rows)
    for (column, width) in widths.enumerated() { columns[column].removeFirst(rows * width) }
    count -= rows
  }

  mutating func append(contentsOf other: ByteColumns) {
    precondition(widths == other.widths)
    for column in widths.indices { columns[column] += other.columns[column] }
    count += other.count
  }
}
