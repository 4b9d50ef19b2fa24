import BuktiFixtures
import BuktiFormat
import FoundationEssentials

/// The part of CDDL (RFC 8610) that `spec/bukti.cddl` uses, as a slow second reading of the shapes.
indirect enum Shape {
  case map([Field])
  /// Any map: `{ * uint => any }`.
  case openMap
  /// One element each, in this order.
  case tuple([Shape])
  /// Any number of elements within the range.
  case list(ClosedRange<Int>, Shape)
  case orFalse(Shape)
  case range(ClosedRange<Int64>)
  case bytes(ClosedRange<Int>)
  case text, bool, any
  case named(String)
  /// `columns / levels`, which the level before it decides.
  case either(Shape, Shape)

  struct Field {
    let key: UInt64
    let isRequired: Bool
    let shape: Shape
  }
}

struct CDDL {
  private var rules: [String: Shape] = [:]

  init() throws {
    let text = try String(contentsOfFile: repositoryPath("spec/bukti.cddl"), encoding: .utf8)
    var parser = CDDLParser(text)
    while let (name, shape) = parser.rule() { rules[name] = shape }
  }

  /// The first violation of a rule by its name; nil where the value fits.
  func violation(of name: String, by value: CBORValue) -> ErrorCode? {
    guard let shape = rules[name] else { return .usage }
    if let code = violation(of: shape, by: value) { return code }
    return agrees(value, as: name) ? nil : .schemaValue
  }

  private func violation(of shape: Shape, by value: CBORValue) -> ErrorCode? {
    switch (shape, value) {
    case (.named(let name), _): return violation(of: name, by: value)
    case (.any, _), (.text, .text), (.bool, .bool), (.openMap, .map): return nil
    case (.orFalse, .bool(let value)): return value ? .schemaType : nil
    case (.orFalse(let inner), _): return violation(of: inner, by: value)
    case (.range(let range), .unsigned(let value)):
      return range.contains(Int64(value)) ? nil : .schemaValue
    case (.range(let range), .negative(let value)) where range.lowerBound < 0:
      return range.contains(value) ? nil : .schemaValue
    case (.bytes(let length), .bytes(let value)):
      return length.contains(value.count) ? nil : .schemaValue
    case (.list(let count, let element), .array(let elements)):
      guard count.contains(elements.count) else { return .schemaValue }
      return elements.lazy.compactMap { violation(of: element, by: $0) }.first
    case (.tuple(let shapes), .array(let elements)):
      guard shapes.count == elements.count else { return .schemaValue }
      return zip(shapes, elements).lazy.compactMap { violation(of: $0, by: $1) }.first
    case (.map(let fields), .map(let entries)): return violation(of: fields, by: entries)
    default: return .schemaType
    }
  }

  private func violation(of fields: [Shape.Field], by entries: [CBOREntry]) -> ErrorCode? {
    for entry in entries {
      guard let field = fields.first(where: { $0.key == entry.key }) else { return .schemaKey }
      var shape = field.shape
      if case .either(let first, let second) = shape {
        let level = entries.first { $0.key == 1 }?.value
        shape = level == nil || level == .unsigned(0) ? first : second
      }
      if let code = violation(of: shape, by: entry.value) { return code }
    }
    let keys = Set(entries.map(\.key))
    return fields.allSatisfy { !$0.isRequired || keys.contains($0.key) } ? nil : .schemaMissing
  }

  /// What [B-CBOR-10] asks for beside the CDDL.
  private func agrees(_ value: CBORValue, as name: String) -> Bool {
    guard case .map(let entries) = value else { return true }
    func has(_ key: UInt64) -> Bool { entries.contains { $0.key == key } }
    func at(_ key: UInt64) -> CBORValue? { entries.first { $0.key == key }?.value }
    func lengths() -> [Int] {
      entries.map { $0.value.length ?? -1 }
    }
    switch name {
    case "columns": return Set(zip(lengths(), [8, 32, 8, 8, 4, 1]).map(quotient)).count == 1
    case "levels": return Set(zip(lengths(), [32, 8, 8, 8, 8, 8, 8]).map(quotient)).count == 1
    case "session":
      guard case .array(let digests)? = at(14) else { return true }
      let numbers = digests.map { $0.unsigned ?? 0 }
      return numbers == Set(numbers).sorted()
    case "gap":
      let unreadable = at(2) == .unsigned(1)
      return has(3) == unreadable && has(4) == unreadable && has(5) != unreadable
    case "event":
      guard case .unsigned(let kind)? = at(1) else { return true }
      return has(11) == (2...4 ~= kind) && has(12) == (3...4 ~= kind)
    default: return true
    }
  }

  private func quotient(_ length: Int, _ width: Int) -> Double { Double(length) / Double(width) }
}

extension CBORValue {
  fileprivate var unsigned: UInt64? {
    guard case .unsigned(let value) = self else { return nil }
    return value
  }

  fileprivate var length: Int? {
    guard case .bytes(let bytes) = self else { return nil }
    return bytes.count
  }
}

/// Reads the text of `spec/bukti.cddl`; what it does not know ends the reading, and a test notices.
private struct CDDLParser {
  private var tokens: ArraySlice<String>

  init(_ text: String) {
    var tokens: [String] = []
    for line in text.split(separator: "\n") {
      let code = line.prefix { $0 != ";" }
      var word = ""
      for character in code {
        if "{}[](),:?=+*/ ".contains(character) {
          if !word.isEmpty { tokens.append(word) }
          word = ""
          if character != " " { tokens.append(String(character)) }
        } else {
          word.append(character)
        }
      }
      if !word.isEmpty { tokens.append(word) }
    }
    self.tokens = tokens[...]
  }

  mutating func rule() -> (String, Shape)? {
    guard let name = tokens.popFirst(), take("=") else { return nil }
    return (name, shape())
  }

  private mutating func take(_ token: String) -> Bool {
    guard tokens.first == token else { return false }
    tokens.removeFirst()
    return true
  }

  private mutating func shape() -> Shape {
    let first = single()
    guard take("/") else { return first }
    return take("false") ? .orFalse(first) : .either(first, single())
  }

  private mutating func single() -> Shape {
    if take("{") { return map() }
    if take("[") { return array() }
    if take("(") {
      let inner = single()
      _ = take(")")
      return inner
    }
    let word = tokens.popFirst() ?? ""
    switch word {
    case "tstr": return .text
    case "bool": return .bool
    case "any": return .any
    case "int": return .range(.min ... .max)
    case "uint": return .range(0 ... .max)
    case "bstr": return .bytes(size())
    default: return range(word).map { .range($0) } ?? .named(word)
    }
  }

  private mutating func size() -> ClosedRange<Int> {
    guard take(".size") else { return 0...Int.max }
    _ = take("(")
    let word = tokens.popFirst() ?? ""
    _ = take(")")
    guard let range = range(word) else { return Int(word).map { $0...$0 } ?? 0...0 }
    return Int(range.lowerBound)...Int(range.upperBound)
  }

  private func range(_ word: String) -> ClosedRange<Int64>? {
    let parts = word.split(separator: ".").map(String.init)
    guard parts.count == 2, let low = Int64(parts[0]) else { return nil }
    let high =
      parts[1].hasPrefix("0x") ? Int64(parts[1].dropFirst(2), radix: 16) : Int64(parts[1])
    return high.map { low...$0 }
  }

  private mutating func map() -> Shape {
    var fields: [Shape.Field] = []
    while !take("}") {
      if take("*") {
        while !take("}") { tokens = tokens.dropFirst() }
        return .openMap
      }
      let optional = take("?")
      let key = UInt64(tokens.popFirst() ?? "") ?? .max
      _ = take(":")
      fields.append(Shape.Field(key: key, isRequired: !optional, shape: shape()))
      _ = take(",")
    }
    return .map(fields)
  }

  private mutating func array() -> Shape {
    var shapes: [Shape] = []
    var count: ClosedRange<Int>?
    while !take("]") {
      if take("+") { count = 1...Int.max }
      if take("*") {
        count = 0...Int.max
        if let most = tokens.first.flatMap({ Int($0) }) {
          tokens.removeFirst()
          count = 0...most
        }
      }
      shapes.append(shape())
      _ = take(",")
    }
    return count.map { .list($0, shapes[0]) } ?? .tuple(shapes)
  }
}
