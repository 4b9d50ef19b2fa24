import BuktiFormat
import BuktiVerifier

/// For people: the fields of any record, in the order of the codec, with times and sizes as one reads them.
///
/// Nothing in it can steer a terminal; text of several lines stands behind bars, so that it cannot pass for fields.
struct RecordText {
  /// Whether bytes are written out however many they are.
  let isFull: Bool

  private indirect enum Node {
    case flat(String)
    case lines([String])
    case fields([(name: String, node: Node)])
    case list([Node])
  }

  func lines(of content: Any, indent: Int) -> String {
    Self.lines(node(content), String(repeating: " ", count: indent)).joined(separator: "\n")
  }

  /// A value without structure.
  static func inline(_ value: JSON) -> String {
    switch value {
    case .string(let text): printable(text)
    case .integer(let number): String(number)
    case .bool(let flag): flag ? "yes" : "no"
    case .null: "none"
    case .array, .object, .sorted: value.line
    }
  }

  // MARK: Values

  private func node(_ any: Any) -> Node {
    switch any {
    case let value as String: text(value)
    case let value as Bool: .flat(value ? "yes" : "no")
    case let value as UInt64: .flat(String(value))
    case let value as Int64: .flat(String(value))
    case let value as [UInt8]: bytes(value)
    case let value as Hash: .flat(value.hex)
    case let value as BranchID: .flat(Hex.encode(value.bytes))
    case let value as Timestamp: .flat(value.text)
    case let value as Times: times(value)
    case let value as any Numbered: .flat(value.description)
    default: structure(any)
    }
  }

  private func structure(_ any: Any) -> Node {
    let mirror = Mirror(reflecting: any)
    switch mirror.displayStyle {
    case .optional: return mirror.children.first.map { node($0.value) } ?? .flat("none")
    case .collection: return .list(mirror.children.map { node($0.value) })
    case .struct, .enum, .tuple:
      let fields = mirror.children.compactMap { child -> (String, Node)? in
        if Self.isMissing(child.value) { return nil }
        let label = child.label ?? "value"
        if any is Posix, label == "mode", let mode = child.value as? UInt64 {
          return ("mode", .flat("0" + String(mode, radix: 8)))
        }
        return (RecordFields.name(label), node(child.value))
      }
      return fields.isEmpty ? .flat(printable(String(describing: any))) : .fields(fields)
    default: return .flat(printable(String(describing: any)))
    }
  }

  private static func isMissing(_ any: Any) -> Bool {
    let mirror = Mirror(reflecting: any)
    return mirror.displayStyle == .optional && mirror.children.isEmpty
  }

  private func text(_ text: String) -> Node {
    guard text.contains(where: \.isNewline) else { return .flat(printable(text)) }
    let body = text.hasSuffix("\n") ? text.dropLast() : text[...]
    return .lines(
      body.split(separator: "\n", omittingEmptySubsequences: false).map { printable(String($0)) })
  }

  private func bytes(_ bytes: [UInt8]) -> Node {
    if let text = String(validating: bytes, as: UTF8.self), bytes.count <= RecordFields.longest,
      !text.unicodeScalars.contains(where: {
        $0.properties.generalCategory == .control && $0 != "\n"
      })
    {
      return self.text(text)
    }
    if isFull || bytes.count <= 32 { return .flat(Hex.encode(bytes)) }
    return .flat("\(Hex.encode(bytes.prefix(16)))… \(bytes.count) bytes; --full shows them")
  }

  private func times(_ times: Times) -> Node {
    let all = [
      ("modified", times.modified), ("changed", times.changed), ("accessed", times.accessed),
      ("born", times.born),
    ]
    return .fields(
      all.compactMap { name, time in time.map { (name, .flat(UTC.precise(nanoseconds: $0))) } })
  }

  // MARK: Lines

  private static func lines(_ node: Node, _ space: String) -> [String] {
    switch node {
    case .flat(let text): return [space + text]
    case .lines(let lines): return lines.map { space + "| " + $0 }
    case .fields(let fields): return fields.flatMap { lines($0.node, space, after: $0.name + ":") }
    case .list(let nodes):
      return nodes.isEmpty ? [space + "none"] : nodes.flatMap { lines($0, space, after: "-") }
    }
  }

  /// What is short goes on the line of its label.
  private static func lines(_ node: Node, _ space: String, after label: String) -> [String] {
    switch node {
    case .flat(let text): [space + label + " " + text]
    case .list(let nodes) where nodes.isEmpty: [space + label + " none"]
    default: [space + label] + lines(node, space + "  ")
    }
  }
}

extension Timestamp {
  /// As in `2026-01-31 08:15:00 UTC (local +07:00), system clock, synchronised, error up to 16 ms`.
  fileprivate var text: String {
    var parts = [instant.map { UTC.precise(nanoseconds: $0) } ?? "not known"]
    if let localOffset {
      let (hours, minutes) = abs(localOffset).quotientAndRemainder(dividingBy: 60)
      let digits = [hours, minutes].map { $0 < 10 ? "0\($0)" : "\($0)" }
      parts[0] += " (local \(localOffset < 0 ? "-" : "+")\(digits[0]):\(digits[1]))"
    }
    if let source { parts.append(printable(source)) }
    if let error { parts.append("error up to \(Self.duration(error))") }
    return parts.joined(separator: ", ")
  }

  private static func duration(_ nanoseconds: UInt64) -> String {
    let units: [(UInt64, String)] = [(1_000_000_000, "s"), (1_000_000, "ms"), (1000, "µs")]
    guard let (size, unit) = units.first(where: { nanoseconds >= $0.0 }) else {
      return "\(nanoseconds) ns"
    }
    return "\(nanoseconds / size + (nanoseconds % size > 0 ? 1 : 0)) \(unit)"
  }
}

extension UTC {
  /// With as many digits of the second as there are.
  fileprivate static func precise(nanoseconds: Int64) -> String {
    let rest = nanoseconds % 1_000_000_000
    let fraction = String((rest < 0 ? rest + 1_000_000_000 : rest) + 1_000_000_000).dropFirst()
    let digits = fraction.reversed().drop { $0 == "0" }.reversed()
    let whole = text(nanoseconds: nanoseconds)
    return digits.isEmpty ? whole : whole.replacing(" UTC", with: ".\(String(digits)) UTC")
  }
}
