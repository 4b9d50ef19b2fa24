import BuktiFixtures
import BuktiFormat
import Testing

@Suite struct CBORTests {
  static let accepted: [(String, CBORValue)] = [
    ("00", .unsigned(0)), ("17", .unsigned(23)), ("18 18", .unsigned(24)),
    ("18 ff", .unsigned(255)),
    ("19 0100", .unsigned(256)), ("19 ffff", .unsigned(65535)), ("1a 00010000", .unsigned(65536)),
    ("1a ffffffff", .unsigned(0xFFFF_FFFF)), ("1b 0000000100000000", .unsigned(1 << 32)),
    ("1b 7fffffffffffffff", .unsigned(.max >> 1)),
    ("20", .negative(-1)), ("37", .negative(-24)), ("38 18", .negative(-25)),
    ("3b 7fffffffffffffff", .negative(.min)),
    ("40", .bytes([])), ("42 00ff", .bytes([0, 255])),
    ("60", .text("")), ("63 e282ac", .text("\u{20AC}")), ("64 f09f9880", .text("\u{1F600}")),
    ("62 c3a9", .text("\u{E9}")), ("63 65cc81", .text("e\u{301}")), ("61 00", .text("\0")),
    ("63 efbbbf", .text("\u{FEFF}")), ("63 efbfbf", .text("\u{FFFF}")),
    ("64 f48fbfbf", .text("\u{10FFFF}")),
    ("80", .array([])), ("82 01 20", .array([.unsigned(1), .negative(-1)])),
    ("a0", .map([])),
    ("a2 00 f4 18 18 80", .map([CBOREntry(0, .bool(false)), CBOREntry(24, .array([]))])),
    ("f4", .bool(false)), ("f5", .bool(true)),
  ]

  @Test(arguments: accepted)
  func oneEncodingForEachValue(text: String, value: CBORValue) throws {
    #expect(try decode(hex(text)) == value)
    #expect(try value.encoded() == hex(text))
  }

  static let refused: [(String, ErrorCode, UInt64)] = [
    // The input ends.
    ("", .cborTruncated, 0), ("18", .cborTruncated, 0), ("1b 00000000000000", .cborTruncated, 0),
    ("59 01", .cborTruncated, 0), ("82 41 00", .cborTruncated, 3),
    ("82 00 19 00", .cborTruncated, 2),
    ("a1 19 01", .cborTruncated, 1), ("a2 00 42 0000", .cborTruncated, 5),
    // Heads.
    ("18 17", .cborHead, 0), ("19 00ff", .cborHead, 0), ("1a 0000ffff", .cborHead, 0),
    ("1b 00000000ffffffff", .cborHead, 0), ("38 00", .cborHead, 0), ("58 01 00", .cborHead, 0),
    ("98 01 00", .cborHead, 0), ("b8 01 00 00", .cborHead, 0), ("81 18 00", .cborHead, 1),
    ("1c", .cborHead, 0), ("1d", .cborHead, 0), ("1e", .cborHead, 0), ("1f", .cborHead, 0),
    ("3f", .cborHead, 0), ("5c", .cborHead, 0), ("9e", .cborHead, 0), ("bd", .cborHead, 0),
    ("a1 18 01 00", .cborHead, 1),
    // Indefinite lengths, and the break that ends one.
    ("5f 41 00 ff", .cborIndefinite, 0), ("7f ff", .cborIndefinite, 0),
    ("9f ff", .cborIndefinite, 0),
    ("bf ff", .cborIndefinite, 0), ("ff", .cborIndefinite, 0), ("82 00 ff", .cborIndefinite, 2),
    // Types.
    ("c0 00", .cborType, 0), ("d8 18 00", .cborType, 0), ("f6", .cborType, 0), ("f7", .cborType, 0),
    ("e0", .cborType, 0), ("f3", .cborType, 0), ("f8 20", .cborType, 0), ("f8 14", .cborType, 0),
    ("f9 3c00", .cborType, 0), ("fa 00000000", .cborType, 0), ("fb 0000000000000000", .cborType, 0),
    ("f9", .cborType, 0), ("dc", .cborType, 0), ("df", .cborType, 0), ("fc", .cborType, 0),
    // Integers.
    ("1b 8000000000000000", .cborInteger, 0), ("3b 8000000000000000", .cborInteger, 0),
    ("a1 1b ffffffffffffffff 00", .cborInteger, 1),
    // Text: lone continuation, overlong, cut, surrogate, over U+10FFFF, bytes that never occur.
    ("61 80", .cborUTF8, 0), ("62 c080", .cborUTF8, 0), ("62 c1bf", .cborUTF8, 0),
    ("61 c3", .cborUTF8, 0), ("63 e0809f", .cborUTF8, 0), ("63 e09fbf", .cborUTF8, 0),
    ("62 e282", .cborUTF8, 0), ("63 eda080", .cborUTF8, 0), ("63 edbfbf", .cborUTF8, 0),
    ("64 f0808080", .cborUTF8, 0), ("64 f08fbfbf", .cborUTF8, 0), ("64 f4908080", .cborUTF8, 0),
    ("64 f5808080", .cborUTF8, 0), ("61 ff", .cborUTF8, 0), ("61 fe", .cborUTF8, 0),
    ("82 61 61 61 80", .cborUTF8, 3),
    // Keys.
    ("a1 20 00", .cborKeyType, 1), ("a1 61 61 00", .cborKeyType, 1), ("a1 f6 00", .cborKeyType, 1),
    ("a1 5f 00", .cborKeyType, 1), ("a1 ff 00", .cborKeyType, 1), ("a1 38 00", .cborKeyType, 1),
    ("a2 00 00 40 00", .cborKeyType, 3),
    ("a2 01 00 00 00", .cborKeyOrder, 3), ("a2 01 00 01 00", .cborKeyOrder, 3),
    ("a3 00 00 18 18 00 17 00", .cborKeyOrder, 6),
    // Lengths, which are refused before anything is reserved.
    ("41", .cborLength, 0), ("5b 7fffffffffffffff", .cborLength, 0),
    ("5b ffffffffffffffff", .cborLength, 0), ("62 61", .cborLength, 0), ("81", .cborLength, 0),
    ("9b 00ffffffffffffff 00", .cborLength, 0), ("a1", .cborLength, 0), ("a1 00", .cborLength, 0),
    ("a2 00 00 00", .cborLength, 0), ("a1 5f", .cborLength, 0),
    ("bb 8000000000000000 00", .cborLength, 0), ("82 00 42 00", .cborLength, 2),
    // Bytes after the value.
    ("00 00", .cborTrailing, 1), ("81 00 ff", .cborTrailing, 2),
    // The first violation counts.
    ("82 18 00 ff", .cborHead, 1), ("a2 01 f6 00 00", .cborType, 2), ("61 80 00", .cborUTF8, 0),
  ]

  @Test(arguments: refused)
  func refuses(text: String, code: ErrorCode, offset: UInt64) {
    #expect(throws: BuktiError(code, offset: offset)) {
      try decode(hex(text))
    }
  }

  @Test func depthCountsArraysAndMaps() throws {
    let deep = [UInt8](repeating: 0x81, count: 15)
    for leaf in ["00", "40", "80", "a0", "81 00", "81 40", "a1 00 00"] {
      let bytes = deep + hex(leaf)
      #expect(try decode(bytes).encoded() == bytes)
    }
    for leaf in [
      "81 80", "81 a0", "81 81 00", "81 81 f6", String(repeating: "81", count: 100) + "00",
    ] {
      #expect(throws: BuktiError(.cborDepth, offset: 16)) { try decode(deep + hex(leaf)) }
    }
    #expect(throws: BuktiError(.cborDepth, offset: 17)) { try decode(deep + hex("a1 00 80")) }
    var value = CBORValue.bool(true)
    for _ in 0..<Limits.maxDepth { value = .array([value]) }
    #expect(try decode(value.encoded()) == value)
    #expect(throws: BuktiError(.cborDepth, offset: 17)) {
      try CBORValue.map([CBOREntry(1, value)]).encoded()
    }
  }

  @Test func theNumberOfValuesIsBounded() throws {
    let most = Int(Limits.maxValues)
    let full = hex("9a 00100000") + [UInt8](repeating: 0xF4, count: most)
    #expect(try decode(full) == .array(Array(repeating: .bool(false), count: most)))
    let one = hex("9a 00100001") + [UInt8](repeating: 0xF4, count: most + 1)
    #expect(throws: BuktiError(.cborLength, offset: 0)) { try decode(one) }
    let nested = hex("82 9a 000fffff") + [UInt8](repeating: 0xF4, count: most - 1) + [0x80]
    #expect(throws: BuktiError(.cborLength, offset: 1)) { try decode(nested) }
  }

  @Test func theEncoderRefusesWhatNoReaderTakes() {
    let values: [(CBORValue, ErrorCode, UInt64)] = [
      (.unsigned(1 << 63), .cborInteger, 0), (.negative(0), .cborInteger, 0),
      (.map([CBOREntry(1 << 63, .bool(true))]), .cborInteger, 1),
      (.map([CBOREntry(1, .bool(true)), CBOREntry(1, .bool(true))]), .cborKeyOrder, 3),
      (.map([CBOREntry(1, .bool(true)), CBOREntry(0, .bool(true))]), .cborKeyOrder, 3),
    ]
    for (value, code, offset) in values {
      #expect(throws: BuktiError(code, offset: offset)) { try value.encoded() }
    }
  }

  @Test func textIsComparedByItsBytes() {
    #expect(CBORValue.text("\u{E9}") != .text("e\u{301}"))
    #expect(Set([CBORValue.text("\u{E9}"), .text("e\u{301}")]).count == 2)
    #expect(CBORValue(-5) == .negative(-5))
    #expect(CBORValue(5) == .unsigned(5))
  }

  @Test func randomValuesComeBack() throws {
    var generator = SeededGenerator(seed: 2)
    for _ in 0..<2000 {
      let value = randomValue(depth: 1, using: &generator)
      #expect(try decode(value.encoded()) == value)
    }
  }

  @Test func mutatedBodiesNeverTrap() throws {
    var generator = SeededGenerator(seed: 3)
    var accepted = 0
    for _ in 0..<20_000 {
      var bytes = try randomValue(depth: 1, using: &generator).encoded()
      for _ in 0...Int.random(in: 0...3, using: &generator) { mutate(&bytes, using: &generator) }
      guard let value = try? decode(bytes) else { continue }
      accepted += 1
      if try value.encoded() != bytes { Issue.record("\(bytes)") }
    }
    #expect(accepted > 1000)
    #expect(accepted < 19_000)
  }

  private func mutate(_ bytes: inout [UInt8], using generator: inout SeededGenerator) {
    let place = Int.random(in: 0...bytes.count, using: &generator)
    switch Int.random(in: 0..<4, using: &generator) {
    case 0: bytes.insert(.random(in: 0...255, using: &generator), at: place)
    case 1: bytes.removeSubrange(place...)
    case _ where place == bytes.count: bytes.append(.random(in: 0...255, using: &generator))
    case 2: bytes.remove(at: place)
    default: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    }
  }

  private func randomValue(depth: Int, using generator: inout SeededGenerator) -> CBORValue {
    let integer = UInt64.random(in: 0...(.max >> 1), using: &generator)
    let shift = UInt64.random(in: 0...63, using: &generator)
    let count = Int.random(in: 0...6, using: &generator)
    switch Int.random(in: 0..<(depth < 5 ? 8 : 5), using: &generator) {
    case 0: return .unsigned(integer >> shift)
    case 1: return .negative(-1 - Int64(integer >> shift))
    case 2: return .bytes(generator.bytes(count * 7))
    case 3: return .text(String(decoding: generator.bytes(count * 7), as: UTF8.self))
    case 4: return .bool(integer.isMultiple(of: 2))
    case 5:
      return .array((0..<count).map { _ in randomValue(depth: depth + 1, using: &generator) })
    default:
      let keys = Set(
        (0..<count).map { _ in integer >> UInt64.random(in: 0...63, using: &generator) })
      return .map(
        keys.sorted().map { CBOREntry($0, randomValue(depth: depth + 1, using: &generator)) })
    }
  }

  private func decode(_ bytes: [UInt8]) throws -> CBORValue { try CBORValue(decoding: bytes.span) }
}
