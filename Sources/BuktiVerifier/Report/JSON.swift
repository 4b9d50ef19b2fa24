/// A JSON value that is always written the same way: keys sorted, two spaces a level, a final LF.
indirect package enum JSON {
  case null
  case bool(Bool)
  case integer(UInt64)
  case string(String)
  case array([JSON])
  case object([String: JSON])
  /// An object whose keys are sorted already, for what is written by the million.
  case sorted([Field])

  /// A field of an object.
  package struct Field {
    let key: String
    let value: JSON

    package init(_ key: String, _ value: JSON) { (self.key, self.value) = (key, value) }
  }

  package static func optional(_ value: UInt64?) -> JSON { value.map { .integer($0) } ?? .null }
  package static func optional(_ value: String?) -> JSON { value.map { .string($0) } ?? .null }

  /// The text of a whole document.
  package var text: String { text(indent: "") + "\n" }

  /// The text as an element of an outermost array, without an end of line.
  package var textInArray: String { "  " + text(indent: "  ") }

  /// The same document on one line, without a final LF.
  package var line: String { text(indent: nil) }

  private func text(indent: String?) -> String {
    var out: [UInt8] = []
    write(into: &out, indent: indent)
    return String(decoding: out, as: UTF8.self)
  }

  private func write(into out: inout [UInt8], indent: String?) {
    switch self {
    case .null: out += "null".utf8
    case .bool(let value): out += (value ? "true" : "false").utf8
    case .integer(let value): out += String(value).utf8
    case .string(let value): Self.write(value, into: &out)
    case .array(let values):
      Self.write(values, "[", "]", into: &out, indent: indent) { value, out, indent in
        value.write(into: &out, indent: indent)
      }
    case .object(let fields):
      Self.write(
        fields.map { Field($0.key, $0.value) }.sorted { $0.key < $1.key }, into: &out,
        indent: indent)
    case .sorted(let fields):
      assert(zip(fields, fields.dropFirst()).allSatisfy { $0.key < $1.key })
      Self.write(fields, into: &out, indent: indent)
    }
  }

  private static func write(
    _ fields: [Field], into out: inout [UInt8], indent: String?
  ) {
    write(fields, "{", "}", into: &out, indent: indent) { field, out, indent in
      write(field.key, into: &out)
      out += ": ".utf8
      field.value.write(into: &out, indent: indent)
    }
  }

  private static func write<T>(
    _ elements: [T], _ open: String, _ close: String, into out: inout [UInt8], indent: String?,
    _ element: (T, inout [UInt8], String?) -> Void
  ) {
    let inner = indent.map { $0 + "  " }
    out += open.utf8
    for (place, value) in elements.enumerated() {
      if place > 0 { out += (indent == nil ? ", " : ",").utf8 }
      if let inner { out += "\n\(inner)".utf8 }
      element(value, &out, inner)
    }
    if let indent, !elements.isEmpty { out += "\n\(indent)".utf8 }
    out += close.utf8
  }

  private static func write(_ text: String, into out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    if text.isHarmless, !text.utf8.contains(where: { $0 == 0x22 || $0 == 0x5C }) {
      out += text.utf8
    } else {
      var escaped = ""
      for scalar in text.unicodeScalars { write(scalar, into: &escaped) }
      out += escaped.utf8
    }
    out.append(UInt8(ascii: "\""))
  }

  private static func write(_ scalar: Unicode.Scalar, into out: inout String) {
    switch scalar {
    case "\"": out += "\\\""
    case "\\": out += "\\\\"
    case "\n": out += "\\n"
    case _ where scalar.isUnsafeToPrint: escape(scalar, into: &out)
    default: out.unicodeScalars.append(scalar)
    }
  }

  private static func escape(_ scalar: Unicode.Scalar, into out: inout String) {
    for unit in String(scalar).utf16 {
      let digits = String(unit, radix: 16)
      out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
  }
}

extension String {
  /// Whether it is printable ASCII alone, as nearly all text is.
  var isHarmless: Bool { utf8.allSatisfy { 0x20...0x7E ~= $0 } }
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
