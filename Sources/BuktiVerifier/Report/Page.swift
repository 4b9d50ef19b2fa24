/// Lines of plain text, wrapped at a width.
struct Page {
  let width: Int
  private(set) var text = ""

  init(width: Int) { self.width = width }

  /// A line as it is, however long: commands must stay whole.
  mutating func line(_ line: String) { text += line + "\n" }

  mutating func heading(_ words: String) { text += "\n" + words + "\n" }

  /// Words wrapped between an indent and the width.
  mutating func paragraph(_ words: String, indent: Int = 0, bullet: String = "") {
    let margin = String(repeating: " ", count: indent)
    var line = margin + bullet
    var isFirst = true
    for word in words.split(separator: " ") {
      if !isFirst, line.count + 1 + word.count > width {
        text += line + "\n"
        line = margin + String(repeating: " ", count: bullet.count)
        isFirst = true
      }
      line += (isFirst ? "" : " ") + word
      isFirst = false
    }
    text += line + "\n"
  }
}
