/// Takes a text apart into lines, each ended by one LF.
struct LineReader {
  let bytes: [UInt8]
  /// Where the next line begins.
  private(set) var place = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { place == bytes.count }

  /// The next line without its LF; nil where no LF is left.
  mutating func next() -> ArraySlice<UInt8>? {
    guard let end = bytes[place...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
    defer { place = end + 1 }
    return bytes[place..<end]
  }

  /// What stands behind a word and a space; nil where a line begins otherwise.
  static func value(_ line: ArraySlice<UInt8>, after word: StaticString) -> ArraySlice<UInt8>? {
    let head = Array("\(word) ".utf8)
    return line.starts(with: head) ? line.dropFirst(head.count) : nil
  }

  /// A number below 2^63 in decimal, without leading zeros; nil for anything else.
  static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
    guard 1...19 ~= digits.count, digits.count == 1 || digits.first != UInt8(ascii: "0") else {
      return nil
    }
    var value: UInt64 = 0
    for digit in digits {
      guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= digit else { return nil }
      // 19 digits stay below 2^64.
      value = value * 10 + UInt64(digit - UInt8(ascii: "0"))
    }
    return value < Limits.integer ? value : nil
  }
}
