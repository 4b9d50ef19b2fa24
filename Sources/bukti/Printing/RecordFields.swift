import BuktiFormat
import BuktiVerifier

/// For programs: the fields of any record under the names that the codec gives them, which are the spec's.
enum RecordFields {
  static let longest = 65_536

  static func value(of any: Any) -> JSON {
    switch any {
    case let value as String: return .string(value)
    case let value as Bool: return .bool(value)
    case let value as UInt64: return .integer(value)
    case let value as Int64: return value < 0 ? .string(String(value)) : .integer(UInt64(value))
    case let value as [UInt8]: return bytes(value)
    case let value as Hash: return .string(value.hex)
    case let value as BranchID: return .string(Hex.encode(value.bytes))
    case let value as Timestamp: return time(value)
    case let value as any Numbered: return .string(value.description)
    default: return structure(any)
    }
  }

  private static func structure(_ any: Any) -> JSON {
    let mirror = Mirror(reflecting: any)
    switch mirror.displayStyle {
    case .optional: return mirror.children.first.map { value(of: $0.value) } ?? .null
    case .collection: return .array(mirror.children.map { value(of: $0.value) })
    case .struct, .enum, .tuple:
      let fields = mirror.children.compactMap { child -> (String, JSON)? in
        let value = value(of: child.value)
        if case .null = value { return nil }
        return (name(child.label ?? "value"), value)
      }
      if fields.isEmpty { return .string(String(describing: any)) }
      return .object(Dictionary(fields, uniquingKeysWith: { first, _ in first }))
    default: return .string(String(describing: any))
    }
  }

  /// Bytes as text where they are printable UTF-8, else as hexadecimal digits.
  private static func bytes(_ bytes: [UInt8]) -> JSON {
    if bytes.count > longest { return .string("\(bytes.count) bytes") }
    if let text = String(validating: bytes, as: UTF8.self),
      !text.unicodeScalars.contains(where: {
        $0.properties.generalCategory == .control && $0 != "\n"
      })
    {
      return .string(text)
    }
    return .object(["bytes": .string(Hex.encode(bytes))])
  }

  private static func time(_ time: Timestamp) -> JSON {
    .object([
      "utc": .string(time.instant.map { UTC.text(nanoseconds: $0) } ?? "not known"),
      "local-offset": .string(time.localOffset.map { "\($0) min" } ?? "not known"),
      "source": .string(time.source ?? "not known"),
      "error": .string(time.error.map { "\($0) ns" } ?? "not known"),
    ])
  }

  /// `nextItemID` becomes `next-item-id`.
  static func name(_ label: String) -> String {
    var out = ""
    var wasLower = false
    for character in label {
      if character.isUppercase, wasLower { out += "-" }
      wasLower = character.isLowercase || character.isNumber
      out += character.lowercased()
    }
    return out
  }
}
