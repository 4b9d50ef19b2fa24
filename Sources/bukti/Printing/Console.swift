import BuktiConsole
import BuktiFormat
import BuktiStore

/// Standard output and standard error.
enum Console {
  /// Text and an end of line on standard output, at once, so that both streams keep their order.
  /// - Throws: `disk-full`, `io`: words that get lost are no success.
  static func print(_ text: String, terminator: String = "\n") throws(BuktiError) {
    try StandardStream.output.write(Array((text + terminator).utf8))
  }

  /// A line on standard error, headed by the command's name.
  static func error(_ text: String) { note("bukti: " + text) }

  /// A line on standard error.
  static func note(_ text: String) { try? StandardStream.error.write(Array((text + "\n").utf8)) }

  /// Columns to wrap at: those of the terminal, 80 where there is none.
  static var width: Int { max(40, min(Terminal.columns(of: 1) ?? 80, 120)) }
}
