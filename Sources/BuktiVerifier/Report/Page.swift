/// Lines of plain text, wrapped at a width.
struct Page {
  let width: Int
  private(set) var text = ""

  init(width: Int) { self.width = width }

  /// A line as it is, however long: commands must stay whole.
  mutating func line(_ line: String) { text += line + "\n" }

  mutating func heading(_ words: String) { text += "\n" + words + "\n" }

  /// Words wrapped between an indent and the width; runs of spaces become one, so that they cannot draw columns.
  mutating func paragraph(_ words: String, indent: Int = 0, bullet: String = "") {
    let margin = String(repeating: " ", count: indent)
    let lines = Wrapping.lines(
      words.split(separator: " ").joined(separator: " "), width: width, first: margin + bullet,
      next: margin + String(repeating: " ", count: bullet.count))
    text += lines.joined(separator: "\n") + "\n"
  }
}
