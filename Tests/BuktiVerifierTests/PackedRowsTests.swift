import BuktiFormat
import BuktiVerifier
import Testing

@Suite struct PackedRowsTests {
  /// Rows with steps of every size, upwards and downwards, and names that share much or nothing.
  private static func rows(_ count: Int) -> [PackedRow] {
    var numbers = SystemRandomNumberGenerator()
    return (0..<count).map { number in
      var row = PackedRow()
      for place in 0..<7 where Bool.random(using: &numbers) {
        row.numbers[place] = UInt64.random(in: 0...UInt64.max) >> UInt64.random(in: 0..<64)
      }
      row.name = Array("files/host-\(number / 7)/".utf8.prefix(Int.random(in: 0...20)))
      if number % 5 == 0 {
        row.name = [UInt8](repeating: UInt8(number & 0xFF), count: number % 700)
      }
      if number % 3 > 0 { row.path = row.name + Array(" (#\(number))".utf8) }
      if number % 4 > 0 { row.hash = Hash(words: UInt64(number), 2, .max, 4) }
      return row
    }
  }

  private static func isEqual(_ one: PackedRow, _ other: PackedRow) -> Bool {
    one.numbers == other.numbers && one.name == other.name && one.path == other.path
      && one.hash == other.hash
  }

  @Test(arguments: [0, 1, 15, 16, 17, 5000])
  func givesBackWhatWentIn(count: Int) {
    let rows = Self.rows(count)
    var packed = PackedRows()
    for row in rows { packed.append(row) }
    #expect(packed.count == count)
    var cursor = PackedRows.Cursor()
    var read = 0
    while let row = packed.next(&cursor) {
      #expect(Self.isEqual(row, rows[read]))
      read += 1
    }
    #expect(read == count)
    for place in rows.indices.shuffled().prefix(300) {
      #expect(Self.isEqual(packed[place], rows[place]))
    }
  }
}
