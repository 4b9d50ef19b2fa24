extension CBORValue {
  /// Decodes a whole body: one value and nothing after it.
  ///
  /// Arrays and maps count for the depth, other values do not. Nothing is reserved for what is only
  /// declared: an array grows as its elements are read.
  /// - Throws: the first violation in byte order, with the offset of its head in the body.
  public init(decoding body: Span<UInt8>) throws(BuktiError) {
    var reader = ByteReader(body, shortage: .cborTruncated)
    var values = Limits.maxValues
    self = try Self.value(from: &reader, depth: 1, values: &values)
    guard reader.remaining == 0 else {
      throw BuktiError(.cborTrailing, offset: UInt64(reader.offset))
    }
  }

  private static func value(
    from reader: inout ByteReader, depth: Int, values: inout UInt64
  ) throws(BuktiError) -> CBORValue {
    let head = try CBORHead(reading: &reader)
    switch head.kind {
    case .unsigned: return .unsigned(head.argument)
    case .negative: return .negative(-1 - Int64(head.argument))
    case .bytes: return .bytes(try reader.array(Int(head.argument)))
    case .text: return .text(try text(head, from: &reader))
    case .array: return .array(try array(head, from: &reader, depth: depth, values: &values))
    case .map: return .map(try map(head, from: &reader, depth: depth, values: &values))
    case .simple: return .bool(head.argument == CBORHead.trueValue)
    }
  }

  private static func text(
    _ head: CBORHead, from reader: inout ByteReader
  ) throws(BuktiError) -> String {
    let bytes = try reader.run(Int(head.argument))
    do {
      return String(copying: try UTF8Span(validating: bytes))
    } catch {
      throw BuktiError(.cborUTF8, offset: UInt64(head.offset))
    }
  }

  private static func array(
    _ head: CBORHead, from reader: inout ByteReader, depth: Int, values: inout UInt64
  ) throws(BuktiError) -> [CBORValue] {
    try take(head.argument, of: &values, at: head.offset)
    try checkDepth(depth, at: head.offset)
    var elements: [CBORValue] = []
    for _ in 0..<head.argument {
      elements.append(try value(from: &reader, depth: depth + 1, values: &values))
    }
    return elements
  }

  private static func map(
    _ head: CBORHead, from reader: inout ByteReader, depth: Int, values: inout UInt64
  ) throws(BuktiError) -> [CBOREntry] {
    try take(2 * head.argument, of: &values, at: head.offset)
    try checkDepth(depth, at: head.offset)
    var entries: [CBOREntry] = []
    for _ in 0..<head.argument {
      let key = try CBORHead(reading: &reader, asKey: true)
      if let last = entries.last, last.key >= key.argument {
        throw BuktiError(.cborKeyOrder, offset: UInt64(key.offset))
      }
      entries.append(
        CBOREntry(key.argument, try value(from: &reader, depth: depth + 1, values: &values)))
    }
    return entries
  }

  /// A body of one-byte values would take many times its size in memory: their number is bounded.
  private static func take(
    _ count: UInt64, of values: inout UInt64, at offset: Int
  ) throws(BuktiError) {
    guard count <= values else { throw BuktiError(.cborLength, offset: UInt64(offset)) }
    values -= count
  }

  static func checkDepth(_ depth: Int, at offset: Int) throws(BuktiError) {
    guard depth <= Limits.maxDepth else { throw BuktiError(.cborDepth, offset: UInt64(offset)) }
  }
}
