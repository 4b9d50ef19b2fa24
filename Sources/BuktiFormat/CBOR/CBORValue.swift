/// One value of the CBOR subset that record bodies use (RFC 8949 section 4.2.1, narrowed).
///
/// Every value has exactly one encoding, so decoding and encoding again gives the same bytes.
public enum CBORValue: Sendable {
  /// Below 2^63.
  case unsigned(UInt64)
  /// Below zero.
  case negative(Int64)
  case bytes([UInt8])
  /// Never normalised: the UTF-8 bytes are kept as they are.
  case text(String)
  case array([CBORValue])
  /// Keys strictly ascending.
  case map([CBOREntry])
  case bool(Bool)
}

/// One key of a CBOR map with its value.
public struct CBOREntry: Sendable, Hashable {
  public let key: UInt64
  public let value: CBORValue

  public init(_ key: UInt64, _ value: CBORValue) {
    self.key = key
    self.value = value
  }
}

extension CBORValue {
  /// Any integer of 64 bits with sign, in the case that its sign asks for.
  public init(_ integer: Int64) {
    self = integer < 0 ? .negative(integer) : .unsigned(UInt64(integer))
  }
}

// Written out because String's own equality follows Unicode: two spellings of one letter would be equal.
extension CBORValue: Hashable {
  public static func == (a: CBORValue, b: CBORValue) -> Bool {
    switch (a, b) {
    case (.unsigned(let x), .unsigned(let y)): x == y
    case (.negative(let x), .negative(let y)): x == y
    case (.bytes(let x), .bytes(let y)): x == y
    case (.text(let x), .text(let y)): x.utf8.elementsEqual(y.utf8)
    case (.array(let x), .array(let y)): x == y
    case (.map(let x), .map(let y)): x == y
    case (.bool(let x), .bool(let y)): x == y
    default: false
    }
  }

  public func hash(into hasher: inout Hasher) {
    switch self {
    case .unsigned(let value): hasher.combine(value)
    case .negative(let value): hasher.combine(value)
    case .bytes(let value): hasher.combine(value)
    case .text(let value): for byte in value.utf8 { hasher.combine(byte) }
    case .array(let value): hasher.combine(value)
    case .map(let value): hasher.combine(value)
    case .bool(let value): hasher.combine(value)
    }
  }
}
