import BuktiFixtures
import BuktiFormat
import BuktiStore
import Testing

@testable import BuktiWriter

@Suite struct RescueMapTests {
  private func parse(_ text: String) throws -> RescueMap {
    try RescueMap(parsing: Array(text.utf8))
  }

  @Test func numbersOfEveryBase() throws {
    let map = try parse("0 ?\n\t# a comment\n 010 8 +\r\n0x10\t16  - # bad\n")
    #expect(map.blocks.map(\.range) == [8..<16, 16..<32])
    #expect(map.blocks.map(\.status) == [.finished, .bad])
    #expect(map.end == 32 && map.finishedEnd == 16)
    #expect(map.block(at: 0) == (nil, 8))
    #expect(map.block(at: 15) == (.finished, 16))
    #expect(map.block(at: 31) == (.bad, 32))
    #expect(map.block(at: 32) == (nil, .max))
  }

  @Test(arguments: [
    "", "# only a comment\n", "0 ?\n", "0 ? 1\n0 0 +\n", "0 x 1\n0 8 +\n", "0 ? 1\n0 8\n",
    "0 ? 1\n0 8 +\n9 8 +\n", "0 ? 1\n0 8 +\n7 8 +\n", "0 ? 1\n0 8 ++\n", "0 ? 1\n-1 8 +\n",
    "0 ? 1\n0 +8 +\n", "0 ? 1\n0x 8 +\n", "0 ? 1\n0 8 F\n", "0 ? 1 2\n0 8 +\n",
    "0 ? 1\n0 0xFFFFFFFFFFFFFFFF +\n", "0 ? 1\n0xFFFFFFFFFFFFFF 8 +\n", "\u{0}\n",
    "0 ? 1\n089 8 +\n",
  ])
  func whatIsNoMapIsRefused(text: String) {
    #expect(code { _ = try parse(text) } == .usage)
  }

  @Test func anImageThatIsShorterThanItsMap() throws {
    let map = try parse("0 ? 1\n0 100 +\n100 100 -\n")
    #expect(try map.size(ofImage: 100) == 200)
    #expect(try map.size(ofImage: 300) == 300)
    #expect(code { _ = try map.size(ofImage: 99) } == .usage)
  }

  @Test func aMapWrittenIsReadAgain() throws {
    let map = try parse(
      "0 ? 1\n0 0x1000 +\n0x1000 512 -\n0x1200 0xE00 ?\n0x2000 0x123456789000 +\n")
    let text = map.encoded(comments: ["two\nlines"])
    #expect(try RescueMap(parsing: text) == map)
    #expect(String(decoding: text, as: UTF8.self).contains("\n0x00001000  0x00000200  -\n"))
  }
}
