extension CBORValue {
  /// The one encoding of the value.
  ///
  /// - Throws: `cbor-integer`, `cbor-key-order` or `cbor-depth` for a value that no reader would
  ///   take, with the offset that its head would have.
  public func encoded() throws(BuktiError) -> [UInt8] {
    var writer = ByteWriter()
    try encode(into: &writer)
    return writer.bytes
  }

  /// Appends the one encoding of the value; see `encoded()`.
  public func encode(into writer: inout ByteWriter) throws(BuktiError) {
    try encode(into: &writer, from: writer.count, depth: 1)
  }

  private func encode(
    into writer: inout ByteWriter, from start: Int, depth: Int
  ) throws(BuktiError) {
    let offset = writer.count - start
    switch self {
    case .unsigned(let value):
      try Self.encode(key: value, into: &writer, at: offset)
    case .negative(let value):
      guard value < 0 else { throw BuktiError(.cborInteger, offset: UInt64(offset)) }
      CBORHead.encode(.negative, UInt64(-1 - value), into: &writer)
    case .bytes(let value):
      CBORHead.encode(.bytes, UInt64(value.count), into: &writer)
      writer.append(value)
    case .text(let value):
      CBORHead.encode(.text, UInt64(value.utf8.count), into: &writer)
      writer.append(value.utf8)
    case .array(let elements):
      try Self.checkDepth(depth, at: offset)
      CBORHead.encode(.array, UInt64(elements.count), into: &writer)
      for element in elements { try element.encode(into: &writer, from: start, depth: depth + 1) }
    case .map(let entries):
      try Self.checkDepth(depth, at: offset)
      try Self.encode(entries, into: &writer, from: start, depth: depth)
    case .bool(let value):
      let argument = value ? CBORHead.trueValue : CBORHead.falseValue
      CBORHead.encode(.simple, argument, into: &writer)
    }
  }

  private static func encode(
    _ entries: [CBOREntry], into writer: inout ByteWriter, from start: Int, depth: Int
  ) throws(BuktiError) {
    CBORHead.encode(.map, UInt64(entries.count), into: &writer)
    var last: UInt64?
    for entry in entries {
      let offset = writer.count - start
      if let last, last >= entry.key { throw BuktiError(.cborKeyOrder, offset: UInt64(offset)) }
      last = entry.key
      try encode(key: entry.key, into: &writer, at: offset)
      try entry.value.encode(into: &writer, from: start, depth: depth + 1)
    }
  }

  private static func encode(
    key value: UInt64, into writer: inout ByteWriter, at offset: Int
  ) throws(BuktiError) {
    guard value < Limits.integer else { throw BuktiError(.cborInteger, offset: UInt64(offset)) }
    CBORHead.encode(.unsigned, value, into: &writer)
  }
}
