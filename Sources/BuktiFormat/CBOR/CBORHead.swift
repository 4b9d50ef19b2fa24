/// The kinds of CBOR head that the subset knows: major types 0 to 5, true and false.
enum CBORKind: UInt8 {
  case unsigned = 0
  case negative = 1
  case bytes = 2
  case text = 3
  case array = 4
  case map = 5
  case simple = 7

  /// Whether integers are below 2^63, and strings and counts fit into the bytes that remain.
  func allows(_ argument: UInt64, remaining: UInt64) -> Bool {
    switch self {
    case .unsigned, .negative: argument < Limits.integer
    case .map: argument <= remaining / 2
    default: argument <= remaining
    }
  }
}

/// A head as read: what comes, with which argument, and where.
struct CBORHead {
  let kind: CBORKind
  let argument: UInt64
  /// Offset of its first byte in the body.
  let offset: Int
}

extension CBORHead {
  /// Additional information of the two simple values that are allowed.
  static let falseValue: UInt64 = 20
  static let trueValue: UInt64 = 21
  /// The byte that would end an indefinite length.
  static let breakCode: UInt8 = 0xFF

  /// Reads a head in shortest form.
  ///
  /// - Throws: the first violation in the order of [B-CBOR-6] and [B-CBOR-8], with the offset of the head.
  init(reading reader: inout ByteReader, asKey: Bool = false) throws(BuktiError) {
    let offset = reader.offset
    func refuse(_ code: ErrorCode) -> BuktiError { BuktiError(code, offset: UInt64(offset)) }
    guard reader.remaining > 0 else { throw refuse(.cborTruncated) }
    let initial = try reader.u8()
    let major = initial >> 5
    let info = initial & 31
    if asKey, major != CBORKind.unsigned.rawValue { throw refuse(.cborKeyType) }
    guard initial != Self.breakCode else { throw refuse(.cborIndefinite) }
    guard let kind = CBORKind(rawValue: major) else { throw refuse(.cborType) }
    self.kind = kind
    self.offset = offset
    if kind == .simple {
      argument = UInt64(info)
      guard argument == Self.falseValue || argument == Self.trueValue else {
        throw refuse(.cborType)
      }
      return
    }
    if info == 31, kind != .unsigned, kind != .negative { throw refuse(.cborIndefinite) }
    if info >= 28 { throw refuse(.cborHead) }
    argument = try Self.argument(info, from: &reader, headAt: offset)
    guard kind.allows(argument, remaining: UInt64(reader.remaining)) else {
      throw refuse(kind == .unsigned || kind == .negative ? .cborInteger : .cborLength)
    }
  }

  private static func argument(
    _ info: UInt8, from reader: inout ByteReader, headAt offset: Int
  ) throws(BuktiError) -> UInt64 {
    guard info >= 24 else { return UInt64(info) }
    guard reader.remaining >= 1 << (info - 24) else {
      throw BuktiError(.cborTruncated, offset: UInt64(offset))
    }
    let value: UInt64
    let least: UInt64
    switch info {
    case 24: (value, least) = (UInt64(try reader.u8()), 24)
    case 25: (value, least) = (UInt64(try reader.u16()), 1 << 8)
    case 26: (value, least) = (UInt64(try reader.u32()), 1 << 16)
    default: (value, least) = (try reader.u64(), 1 << 32)
    }
    guard value >= least else { throw BuktiError(.cborHead, offset: UInt64(offset)) }
    return value
  }

  /// Appends the shortest head for a kind and its argument.
  static func encode(_ kind: CBORKind, _ argument: UInt64, into writer: inout ByteWriter) {
    let major = kind.rawValue << 5
    switch argument {
    case ..<24:
      writer.append(major | UInt8(truncatingIfNeeded: argument))
    case ..<(1 << 8):
      writer.append(major | 24)
      writer.append(UInt8(truncatingIfNeeded: argument))
    case ..<(1 << 16):
      writer.append(major | 25)
      writer.append(UInt16(truncatingIfNeeded: argument))
    case ..<(1 << 32):
      writer.append(major | 26)
      writer.append(UInt32(truncatingIfNeeded: argument))
    default:
      writer.append(major | 27)
      writer.append(argument)
    }
  }
}
