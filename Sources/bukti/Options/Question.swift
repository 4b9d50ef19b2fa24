import BuktiConsole
import BuktiFormat
import BuktiStore

/// Asks for what was not given, where there is somebody to ask.
enum Question {
  /// An answer of at least one character; nil without a terminal.
  static func ask(_ question: String) throws(BuktiError) -> String? {
    guard Terminal.isTerminal(0), Terminal.isTerminal(2) else { return nil }
    while true {
      try StandardStream.error.write(Array((question + " ").utf8))
      guard let line = readLine() else { return nil }
      if !line.isEmpty { return line }
    }
  }
}

extension String? {
  /// The value, or the answer to a question where there is somebody to ask.
  func orAsk(_ question: String) throws(BuktiError) -> String? {
    if let self { return self }
    return try Question.ask(question)
  }
}
