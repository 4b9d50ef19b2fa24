import BuktiConsole
import BuktiFormat
import BuktiStore
import BuktiVerifier

/// Standard output and standard error.
enum Console {
  /// Words for people and an end of line on standard output, at once, so that both streams keep their order.
  /// - Throws: `disk-full`, `io`: words that get lost are no success.
  static func print(_ text: String) throws(BuktiError) {
    try write(wrapped(text, Terminal.width(of: 1)) + "\n")
  }

  /// Text for programs, or wrapped already, as it is.
  /// - Throws: `disk-full`, `io`.
  static func write(_ text: String) throws(BuktiError) {
    try StandardStream.output.write(Array(text.utf8))
  }

  /// A line on standard error, headed by the command's name.
  static func error(_ text: String) { note("bukti: " + text) }

  /// A line on standard error.
  static func note(_ text: String) {
    let lines = wrapped(text, Terminal.width(of: 2)) + "\n"
    try? StandardStream.error.write(Array(lines.utf8))
  }

  /// Each line within so many columns; what goes on is indented.
  static func wrapped(_ text: String, _ width: Int) -> String {
    guard text.utf8.contains(UInt8(ascii: "\n")) else {
      return lines(text[...], width).joined(separator: "\n")
    }
    return text.split(separator: "\n", omittingEmptySubsequences: false)
      .flatMap { lines($0, width) }.joined(separator: "\n")
  }

  private static func lines(_ line: Substring, _ width: Int) -> [String] {
    if line.utf8.count <= width { return [String(line)] }
    let indent = String(line.prefix { $0 == " " })
    return Wrapping.lines(
      line.dropFirst(indent.count), width: width, first: indent, next: indent + "  ")
  }

  /// Columns for prose: more than 120 are hard to read.
  static var width: Int { max(40, min(Terminal.width(of: 1), 120)) }

  /// How a claim stands, in colour where the terminal takes it; never in green alone, the word stays.
  static func emphasis(_ word: String, _ outcome: Outcome) -> String {
    guard Terminal.takesColour(1) else { return word }
    let colour =
      switch outcome {
      case .holds: "32"
      case .fails: "1;31"
      case .notEstablished: "33"
      }
    return "\u{1B}[\(colour)m\(word)\u{1B}[0m"
  }
}
