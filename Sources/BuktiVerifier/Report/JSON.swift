/// A JSON value that is always written the same way: keys sorted, two spaces a level, a final LF.
package enum JSON {
  case null
  case bool(Bool)
  case integer(UInt64)
  case string(String)
  case array([JSON])
  case object([String: JSON])

  package static func optional(_ value: UInt64?) -> JSON { value.map { .integer($0) } ?? .null }
  package static func optional(_ value: String?) -> JSON { value.map { .string($0) } ?? .null }

  /// The text of a whole document.
  package var text: String {
    var out = ""
    write(into: &out, indent: "")
    return out + "\n"
  }

  /// The text as an element of an outermost array, without an end of line.
  package var textInArray: String {
    var out = "  "
    write(into: &out, indent: "  ")
    return out
  }

  /// The same document on one line, without a final LF.
  package var line: String {
    var out = ""
    write(into: &out, indent: nil)
    return out
  }

  private func write(into out: inout String, indent: String?) {
    switch self {
    case .null: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .integer(let value): out += String(value)
    case .string(let value): Self.write(value, into: &out)
    case .array(let values):
      Self.write(values, "[", "]", into: &out, indent: indent) { value, out, indent in
        value.write(into: &out, indent: indent)
      }
    case .object(let fields):
      let sorted = fields.sorted { $0.key < $1.key }
      Self.write(sorted, "{", "}", into: &out, indent: indent) { field, out, indent in
        Self.write(field.key, into: &out)
        out += ": "
        field.value.write(into: &out, indent: indent)
      }
    }
  }

  private static func write<T>(
    _ elements: [T], _ open: String, _ close: String, into out: inout String, indent: String?,
    _ element: (T, inout String, String?) -> Void
  ) {
    let inner = indent.map { $0 + "  " }
    out += open
    for (place, value) in elements.enumerated() {
      if place > 0 { out += indent == nil ? ", " : "," }
      if let inner { out += "\n" + inner }
      element(value, &out, inner)
    }
    if let indent, !elements.isEmpty { out += "\n" + indent }
    out += close
  }

  private static func write(_ text: String, into out: inout String) {
    out += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case _ where scalar.isUnsafeToPrint: escape(scalar, into: &out)
      default: out.unicodeScalars.append(scalar)
      }
    }
    out += "\""
  }

  private static func escape(_ scalar: Unicode.Scalar, into out: inout String) {
    for unit in String(scalar).utf16 {
      let digits = String(unit, radix: 16)
      out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
  }
}

extension Unicode.Scalar {
  /// Whether a terminal or a reader could be misled: controls, direction marks, invisible characters.
  var isUnsafeToPrint: Bool {
    switch value {
    case 0..<0x20, 0x7F...0x9F, 0xAD, 0x61C, 0x180E, 0x200B...0x200F, 0x2028...0x202E,
      0x2060...0x206F, 0xFE00...0xFE0F, 0xFEFF, 0xFFF9...0xFFFB, 0xE0000...0xE0FFF:
      true
    default: false
    }
  }
}
