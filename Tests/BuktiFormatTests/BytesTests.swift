import BuktiFixtures
import BuktiFormat
import Testing

@Suite struct BytesTests {
  @Test func readsWhatTheWriterWrote() throws {
    let hash = Hash(words: 1, 2, 3, .max)
    var writer = ByteWriter()
    writer.append(UInt8(0x01))
    writer.append(UInt16(0x0203))
    writer.append(UInt32(0x0405_0607))
    writer.append(UInt64(0x0809_0A0B_0C0D_0E0F))
    writer.append(hash)
    writer.append([0x10, 0x11])
    writer.append(([0x12] as [UInt8]).span)
    #expect(Array(writer.bytes.prefix(15)) == Array(1...15))
    let bytes = writer.bytes
    var reader = ByteReader(bytes.span, shortage: .frameTruncated)
    #expect(try reader.u8() == 0x01)
    #expect(try reader.u16() == 0x0203)
    #expect(try reader.u32() == 0x0405_0607)
    #expect(try reader.u64() == 0x0809_0A0B_0C0D_0E0F)
    #expect(try reader.hash() == hash)
    #expect(reader.offset == 47)
    #expect(try reader.run(2)[1] == 0x11)
    #expect(try reader.array(1) == [0x12])
    #expect(reader.remaining == 0)
    writer.removeAll()
    #expect(writer.count == 0)
  }

  @Test func theEndIsAnErrorOfTheCallersChoice() throws {
    let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7]
    #expect(throws: BuktiError(.preambleTruncated)) {
      var reader = ByteReader(bytes.span, shortage: .preambleTruncated)
      _ = try reader.u64()
    }
    for count in [8, -1, Int.max] {
      #expect(throws: BuktiError(.frameTruncated)) {
        var reader = ByteReader(bytes.span, shortage: .frameTruncated)
        _ = try reader.array(count)
      }
    }
    #expect(throws: BuktiError(.frameTruncated)) {
      var reader = ByteReader(bytes.span, shortage: .frameTruncated)
      _ = try reader.run(5)
      _ = try reader.u32()
    }
  }

  @Test func hexIsLowerCaseAndWhole() {
    #expect(Hex.encode([0x00, 0x9A, 0xFF]) == "009aff")
    #expect(Hex.decode("009aff".utf8) == [0x00, 0x9A, 0xFF])
    #expect(Hex.decode("".utf8) == [])
    for text in ["0", "009", "0A", "0g", " 0", "00 "] { #expect(Hex.decode(text.utf8) == nil) }
  }

  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
    ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
  ])
  func base64OfRFC4648(plain: String, text: String) {
    #expect(Base64.encode(Array(plain.utf8)) == text)
    #expect(Base64.decode(text.utf8) == Array(plain.utf8))
  }

  @Test(arguments: [
    "Zg", "Zg=", "Z===", "====", "Zh==", "Zm9=", "Zm9v=", "Zg==Zg==", "Zm9v\n", " Zm9", "Zm-_",
    "=Zm9",
  ])
  func base64HasOneTextForEachValue(text: String) {
    #expect(Base64.decode(text.utf8) == nil)
  }

  @Test func base64RoundTrip() {
    var generator = SeededGenerator(seed: 1)
    for length in 0..<200 {
      let bytes = generator.bytes(length)
      #expect(Base64.decode(Base64.encode(bytes).utf8) == bytes)
      #expect(Hex.decode(Hex.encode(bytes).utf8) == bytes)
    }
  }
}
