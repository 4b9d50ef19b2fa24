/// Text in so many columns of a terminal.
package enum Wrapping {
  /// Breaks text at its spaces, and a word that is wider than a line anywhere.
  ///
  /// - Parameters:
  ///   - first: what the first line begins with, as an indent or a bullet.
  ///   - next: what all others begin with.
  package static func lines(
    _ text: some StringProtocol, width: Int, first: String = "", next: String = ""
  ) -> [String] {
    let width = max(width, max(first.columns, next.columns) + 8)
    let heads = (first: Array(first.utf8), next: Array(next.utf8))
    let bytes = Array(text.utf8)
    if bytes.isPlain, heads.first.isPlain, heads.next.isPlain {
      return lines(plain: bytes, width: width, heads.first, heads.next)
    }
    var lines: [String] = []
    var line = first
    var used = first.columns
    var isEmpty = true
    for (place, word) in String(text).split(separator: " ", omittingEmptySubsequences: false)
      .enumerated()
    {
      let space = place == 0 ? 0 : 1
      if used + space + word.columns <= width {
        line += (space == 0 ? "" : " ") + word
        used += space + word.columns
      } else {
        if !isEmpty {
          lines.append(line)
          (line, used) = (next, next.columns)
        }
        var rest = word[...]
        while used + rest.columns > width {
          let head = rest.prefix(columns: width - used)
          lines.append(line + head)
          rest = rest[head.endIndex...]
          (line, used) = (next, next.columns)
        }
        line += rest
        used += rest.columns
      }
      isEmpty = false
    }
    return (lines + [line]).map(\.withoutTrailingSpaces)
  }

  /// The same where every byte is a column: lists have millions of such lines.
  private static func lines(
    plain text: [UInt8], width: Int, _ first: [UInt8], _ next: [UInt8]
  ) -> [String] {
    let space = UInt8(ascii: " ")
    var lines: [String] = []
    var line = first
    func end() {
      let length = (line.lastIndex { $0 != space } ?? -1) + 1
      lines.append(String(decoding: line[..<length], as: UTF8.self))
      line = next
    }
    var start = 0
    while start <= text.count {
      let stop = text[start...].firstIndex(of: space) ?? text.count
      let gap = start == 0 ? 0 : 1
      if line.count + gap + stop - start <= width {
        line += text[(start - gap)..<stop]
      } else {
        if start > 0 { end() }
        while line.count + stop - start > width {
          let head = width - line.count
          line += text[start..<(start + head)]
          start += head
          end()
        }
        line += text[start..<stop]
      }
      start = stop + 1
    }
    end()
    return lines
  }
}

extension [UInt8] {
  /// Whether this is printable ASCII alone.
  fileprivate var isPlain: Bool { allSatisfy { 0x20...0x7E ~= $0 } }
}

extension StringProtocol {
  /// Columns that a terminal takes for it.
  package var columns: Int { unicodeScalars.reduce(0) { $0 + $1.columns } }

  fileprivate var withoutTrailingSpaces: String {
    var rest = self[...]
    while rest.last == " " { rest.removeLast() }
    return String(rest)
  }
}

extension Substring {
  /// The characters that fit into so many columns, at least one.
  fileprivate func prefix(columns: Int) -> Substring {
    var used = 0
    var end = startIndex
    while end < endIndex {
      used += String(self[end]).columns
      if used > columns, end > startIndex { break }
      end = index(after: end)
    }
    return self[..<end]
  }
}

extension Unicode.Scalar {
  /// As `wcwidth` has it: marks take none, East Asian wide characters and pictures two.
  fileprivate var columns: Int {
    if value < 0x300 { return 1 }
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    switch value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
      0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18CFF,
      0x1AFF0...0x1B2FF, 0x1F004, 0x1F0CF, 0x1F18E...0x1F2FF, 0x1F300...0x1F6FF, 0x1F7E0...0x1F7F0,
      0x1F900...0x1FAFF, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }
}
