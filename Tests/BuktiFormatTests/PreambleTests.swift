import BuktiFixtures
import BuktiEngines
import BuktiFormat
import Testing

@Suite struct PreambleTests {
  let preamble = Preamble(volume: 0x0102_0304, bundleID: BundleID(.max - 1))

  private func encode(_ preamble: Preamble) -> [UInt8] {
    var writer = ByteWriter()
    preamble.encode(into: &writer)
    return writer.bytes
  }

  private func decode(_ bytes: [UInt8]) throws -> Preamble { try Preamble(decoding: bytes.span) }

  @Test func layout() throws {
    let bytes = encode(preamble)
    #expect(
      bytes == hex("89 42554b5449 0d0a1a0a 01 00 01020304 fffffffffffffffffffffffffffffffe"))
    #expect(try decode(bytes) == preamble)
    #expect(try decode(bytes + [1, 2, 3]) == preamble)
    let engine = LibcryptoSHA256()
    #expect(preamble.hash(using: engine) == engine.digest(bytes))
  }

  @Test func refusals() throws {
    let good = encode(preamble)
    for count in 0..<32 {
      #expect(
        code { _ = try decode(Array(good.prefix(count))) } == .preambleTruncated)
    }
    for place in 0..<11 {
      var bytes = good
      bytes[place] ^= 4
      let expected: ErrorCode = place < 10 ? .preambleMagic : .preambleVersion
      #expect(code { _ = try decode(bytes) } == expected)
    }
    var bytes = good
    bytes[11] = 9
    let newer = try Preamble(decoding: bytes.span)
    #expect(newer.minor == 9)
    #expect(encode(newer) == bytes)
  }

  @Test func bundleIDAsText() {
    let id = BundleID(bytes: Array(0...15))
    #expect(id?.uuid == "00010203-0405-0607-0809-0a0b0c0d0e0f")
    #expect(id?.bytes == Array(0...15))
    #expect(BundleID(uuid: "00010203-0405-0607-0809-0a0b0c0d0e0f".utf8) == id)
    for text in [
      "", "00010203-0405-0607-0809-0a0b0c0d0e0", "00010203-0405-0607-0809-0A0b0c0d0e0f",
      "000102030-405-0607-0809-0a0b0c0d0e0f", "0001020304050607-0809-0a0b-0c0d0e0f-",
      "00010203-0405-0607-0809-0a0b0c0d0e-f", "{0010203-0405-0607-0809-0a0b0c0d0e0f",
    ] {
      #expect(BundleID(uuid: text.utf8) == nil)
    }
    #expect(BundleID(bytes: Array(0...14)) == nil)
  }
}
