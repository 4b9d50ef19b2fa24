public import BuktiFormat

extension RescueMap {
  /// Reads a mapfile of ddrescue 1.0 or later.
  ///
  /// - Throws: `usage` with the line that is not as it should be.
  public init(parsing text: [UInt8]) throws(BuktiError) {
    var blocks: [Block] = []
    var hasStatusLine = false
    let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let fields = Self.fields(of: line)
      if fields.isEmpty { continue }
      if !hasStatusLine {
        // Maps of before 1.24 have no number of a pass.
        guard 2...3 ~= fields.count, Self.number(fields[0]) != nil, fields[1].count == 1,
          fields.count == 2 || Self.number(fields[2]) != nil,
          fields[1].allSatisfy(Array("?*/-FG+".utf8).contains)
        else { throw Self.wrong(index, "no position and status of the run") }
        hasStatusLine = true
        continue
      }
      blocks.append(try Self.block(fields, after: blocks.last?.range.upperBound, line: index))
    }
    guard !blocks.isEmpty else {
      throw BuktiError(.usage, "The map is none of ddrescue's: it has no blocks.")
    }
    self.blocks = blocks
  }

  private static func block(
    _ fields: [ArraySlice<UInt8>], after last: UInt64?, line: Int
  ) throws(BuktiError) -> Block {
    guard fields.count == 3, let start = number(fields[0]), let size = number(fields[1]),
      fields[2].count == 1, let status = fields[2].first.flatMap(Status.init(rawValue:))
    else { throw wrong(line, "no position, size and status") }
    guard size > 0, start <= Limits.maxItemEnd, size <= Limits.maxItemEnd - start else {
      throw wrong(line, "a size of 0 or an end beyond 2^56")
    }
    guard last == nil || last == start else {
      throw wrong(line, "it does not begin where the block before it ends")
    }
    return Block(range: start..<start + size, status: status)
  }

  private static func wrong(_ line: Int, _ what: String) -> BuktiError {
    BuktiError(.usage, "Line \(line + 1) of the map is none of ddrescue's: \(what).")
  }

  /// The fields of a line without its comment, which `#` begins at the start or after a blank.
  private static func fields(of line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    let isBlank = { (byte: UInt8) in byte == 0x20 || 9...13 ~= byte }
    let fields = line.split(whereSeparator: isBlank)
    let comment = fields.firstIndex { $0.first == UInt8(ascii: "#") } ?? fields.count
    return Array(fields[..<comment])
  }

  /// Decimal, `0x` and hexadecimal, or `0` and octal; below 2^63.
  private static func number(_ text: ArraySlice<UInt8>) -> UInt64? {
    let zero = UInt8(ascii: "0")
    var digits = text
    var radix = 10
    if text.count > 1, text.first == zero {
      let isHexadecimal = [UInt8(ascii: "x"), UInt8(ascii: "X")].contains(text.dropFirst().first)
      radix = isHexadecimal ? 16 : 8
      digits = text.dropFirst(isHexadecimal ? 2 : 1)
    }
    guard let first = digits.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-"),
      let value = UInt64(String(decoding: digits, as: UTF8.self), radix: radix)
    else { return nil }
    return value < 1 << 63 ? value : nil
  }

  /// The mapfile that ddrescue and ddrescuelog read.
  ///
  /// - Parameter comments: lines for its head.
  public func encoded(comments: [String]) -> [UInt8] {
    var text = "# Mapfile. In the form of GNU ddrescue's\n"
    for comment in comments {
      text += "# " + comment.split(whereSeparator: \.isNewline).joined(separator: " ") + "\n"
    }
    let rest = blocks.first { $0.status == .notTried }
    text += "# current_pos  current_status  current_pass\n"
    text += line([
      hex(rest?.range.lowerBound ?? end), "    ", rest == nil ? "+" : "?", "               1",
    ])
    text += "#      pos        size  status\n"
    for block in blocks {
      let status = String(decoding: [block.status.rawValue], as: UTF8.self)
      let size = block.range.upperBound - block.range.lowerBound
      text += line([hex(block.range.lowerBound), "  ", hex(size), "  ", status])
    }
    return Array(text.utf8)
  }

  private func line(_ parts: [String]) -> String { parts.joined() + "\n" }

  private func hex(_ value: UInt64) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return "0x" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
  }
}
