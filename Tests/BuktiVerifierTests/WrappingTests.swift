import BuktiVerifier
import Testing

@Suite struct WrappingTests {
  /// A mark that takes no column sends text the general way; what is left without it must be the same.
  @Test func plainTextWrapsAsAllTextDoes() {
    let mark = "\u{300}"
    for number in 0..<2000 {
      let words = (0..<(number % 9)).map { _ in
        String(repeating: "x", count: Int.random(in: 0...30) * Int.random(in: 0...1))
      }
      let text = words.joined(separator: " ")
      let indent = String(repeating: " ", count: number % 4)
      let width = Int.random(in: 1...40)
      let plain = Wrapping.lines(text, width: width, first: indent + "- ", next: indent + "  ")
      let other = Wrapping.lines(
        text, width: width, first: indent + "-" + mark + " ", next: indent + "  ")
      let without = other.map { line in
        String(String.UnicodeScalarView(line.unicodeScalars.filter { $0 != "\u{300}" }))
      }
      #expect(plain == without, "\(text)")
    }
  }
}
