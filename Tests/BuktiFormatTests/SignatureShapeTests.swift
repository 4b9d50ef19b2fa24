import BuktiFormat
import Testing

/// The form of a CMS signature where no vector goes: bytes that are hardly an element at all.
@Suite struct SignatureShapeTests {
  private static let name: [UInt8] = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07]

  @Test(
    arguments: [
      [], [0x30], [0x30, 0x80], [0x30, 0x80, 0], [0x30, 0x80, 0, 0],
      [0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF],
      [0x30, 0x89, 1, 0, 0, 0, 0, 0, 0, 0, 0], [0x3F, 0x01, 0], [0x30, 0x81, 0x01, 0], [0x30, 0],
    ] as [[UInt8]]) func nothing(_ bytes: [UInt8])
  {
    #expect(SignatureShape(bytes) == nil)
  }

  /// One element in another, with lengths and without: the depth is bounded, and so is the stack.
  @Test func depth() {
    let endless = [UInt8](repeating: 0, count: 100_000).enumerated().map {
      $0.offset % 2 == 0 ? 0x30 : 0x80
    }
    #expect(SignatureShape(endless.map { UInt8($0) }) == nil)
    var nested: [UInt8] = []
    for _ in 0..<60 { nested = [0x30, UInt8(nested.count)] + nested }
    #expect(SignatureShape(nested) == nil)
  }

  /// An indefinite length outside that no zeros end, and one that they end too soon.
  @Test func ends() {
    #expect(SignatureShape([0x30, 0x80] + Self.name + [2, 0xA0, 0x80, 0, 0, 0, 0]) == nil)
    #expect(SignatureShape([0x30, 0x80] + Self.name + [2, 0, 0]) == nil)
  }
}
