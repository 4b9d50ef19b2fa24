import BuktiStore

/// Standard output and standard error.
enum Console {
  static func print(_ text: String, terminator: String = "\n") {
    Swift.print(text, terminator: terminator)
  }

  /// A line on standard error, headed by the command's name.
  static func error(_ text: String) { note("bukti: " + text) }

  /// A line on standard error.
  static func note(_ text: String) { try? StandardStream.error.write(Array((text + "\n").utf8)) }

  /// Columns to wrap at: those of the terminal, 80 where there is none.
  static var width: Int { max(40, min(Terminal.columns(of: 1) ?? 80, 120)) }
}
