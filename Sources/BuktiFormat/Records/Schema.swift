/// Walks the entries of a map in ascending order of their keys, beside the lines of `bukti.cddl`.
///
/// Keys are asked for in ascending order, required and optional alike; what the map holds between two
/// of them is unknown. `end()` comes last, and only then may the caller judge what is missing, so
/// that the first violation in the order of the bytes is the one thrown ([B-CBOR-9]).
struct MapReader {
  private var rest: ArraySlice<CBOREntry>

  /// - Throws: `schema-type` where `value` is no map.
  init(_ value: CBORValue) throws(BuktiError) {
    guard case .map(let entries) = value else {
      throw BuktiError(.schemaType, "A map belongs here.")
    }
    rest = entries[...]
  }

  /// The value of `key`; nil where the map does not have it.
  ///
  /// - Throws: `schema-key` for a key before it that nobody asked for.
  mutating func take(_ key: UInt64) throws(BuktiError) -> CBORValue? {
    guard let next = rest.first, next.key <= key else { return nil }
    guard next.key == key else { throw unknown(next) }
    rest.removeFirst()
    return next.value
  }

  /// The open place of a map, which holds any map.
  ///
  /// - Throws: `schema-key` or `schema-type`.
  mutating func ext() throws(BuktiError) -> CBORValue? {
    guard let value = try take(255) else { return nil }
    guard case .map = value else { throw BuktiError(.schemaType, "The key 255 holds a map.") }
    return value
  }

  /// - Throws: `schema-key` where a key is left that nobody asked for.
  func end() throws(BuktiError) {
    if let next = rest.first { throw unknown(next) }
  }

  /// What to throw after `end()` where a required key was not there.
  static let missing = BuktiError(.schemaMissing, "A required key is missing.")

  private func unknown(_ entry: CBOREntry) -> BuktiError {
    BuktiError(.schemaKey, "The key \(entry.key) is unknown here.")
  }
}

// The types of values, each with the range that the CDDL gives it.
extension CBORValue {
  func text() throws(BuktiError) -> String {
    guard case .text(let value) = self else { throw BuktiError(.schemaType, "Text belongs here.") }
    return value
  }

  func bool() throws(BuktiError) -> Bool {
    guard case .bool(let value) = self else {
      throw BuktiError(.schemaType, "True or false belongs here.")
    }
    return value
  }

  /// An unsigned integer: `number`, or `count` with a range from 1.
  func number(_ range: ClosedRange<UInt64> = 0...Limits.integer - 1) throws(BuktiError) -> UInt64 {
    guard case .unsigned(let value) = self else {
      throw BuktiError(.schemaType, "An unsigned integer belongs here.")
    }
    guard range.contains(value) else {
      throw BuktiError(.schemaValue, "\(value) is not from \(range).")
    }
    return value
  }

  func count() throws(BuktiError) -> UInt64 { try number(1...Limits.integer - 1) }

  func integer(_ range: ClosedRange<Int64> = .min ... .max) throws(BuktiError) -> Int64 {
    let value: Int64? =
      switch self {
      case .unsigned(let value): Int64(exactly: value)
      case .negative(let value): value
      default: throw BuktiError(.schemaType, "An integer belongs here.")
      }
    guard let value, range.contains(value) else {
      throw BuktiError(.schemaValue, "The integer is not from \(range).")
    }
    return value
  }

  func bytes(_ length: ClosedRange<Int> = 0...Int.max) throws(BuktiError) -> [UInt8] {
    guard case .bytes(let value) = self else {
      throw BuktiError(.schemaType, "A byte string belongs here.")
    }
    guard length.contains(value.count) else {
      throw BuktiError(.schemaValue, "A byte string has \(value.count) bytes.")
    }
    return value
  }

  /// A path or file name as the system gave it.
  func name() throws(BuktiError) -> [UInt8] { try bytes(1...65_535) }

  func hash() throws(BuktiError) -> Hash {
    guard let hash = Hash(bytes: try bytes(32...32)) else { throw BuktiError(.schemaValue) }
    return hash
  }

  func branch() throws(BuktiError) -> BranchID {
    guard let branch = BranchID(bytes: try bytes(16...16)) else { throw BuktiError(.schemaValue) }
    return branch
  }

  /// The elements of an array, whose number is judged before any of them.
  func array(_ count: ClosedRange<Int> = 0...Int.max) throws(BuktiError) -> [CBORValue] {
    guard case .array(let elements) = self else {
      throw BuktiError(.schemaType, "An array belongs here.")
    }
    guard count.contains(elements.count) else {
      throw BuktiError(.schemaValue, "An array has \(elements.count) elements.")
    }
    return elements
  }

  func array<T>(
    _ count: ClosedRange<Int> = 0...Int.max, of element: (CBORValue) throws(BuktiError) -> T
  ) throws(BuktiError) -> [T] {
    try array(count).map(element)
  }

  /// `x / false`: nil for false, and the value itself for anything but a boolean.
  func orFalse() throws(BuktiError) -> CBORValue? {
    switch self {
    case .bool(false): nil
    case .bool(true): throw BuktiError(.schemaType, "A value or false belongs here, not true.")
    default: self
    }
  }
}

extension CBORValue {
  /// A map of the fields that are there.
  static func fields(_ fields: KeyValuePairs<UInt64, CBORValue?>) -> CBORValue {
    .map(fields.compactMap { field in field.value.map { CBOREntry(field.key, $0) } })
  }

  /// An array that begins at 1 in the CDDL's range.
  static let some = 1...Int.max
}

extension Optional<CBORValue> {
  /// The value, or the explicit false of one that is not known.
  var orFalse: CBORValue { self ?? .bool(false) }
}

extension String {
  var cbor: CBORValue { .text(self) }
}

extension UInt64 {
  var cbor: CBORValue { .unsigned(self) }
}

extension Int64 {
  var cbor: CBORValue { CBORValue(self) }
}

extension Bool {
  var cbor: CBORValue { .bool(self) }
}

extension [UInt8] {
  var cbor: CBORValue { .bytes(self) }
}

extension Hash {
  var cbor: CBORValue { .bytes(bytes) }
}

extension BranchID {
  var cbor: CBORValue { .bytes(bytes) }
}
