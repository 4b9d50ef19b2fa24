/// What a record is; numbers that are not named here may still be read when they are optional.
public struct RecordType: RawRepresentable, Sendable, Hashable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let genesis = RecordType(rawValue: 1)
  public static let session = RecordType(rawValue: 2)
  public static let itemOpen = RecordType(rawValue: 3)
  public static let item = RecordType(rawValue: 4)
  public static let data = RecordType(rawValue: 5)
  public static let gap = RecordType(rawValue: 6)
  public static let event = RecordType(rawValue: 7)
  public static let note = RecordType(rawValue: 8)
  public static let names = RecordType(rawValue: 9)
  public static let index = RecordType(rawValue: 10)
  public static let tail = RecordType(rawValue: 11)
  public static let seal = RecordType(rawValue: 12)
  public static let attest = RecordType(rawValue: 13)
  public static let withhold = RecordType(rawValue: 14)
  public static let renew = RecordType(rawValue: 15)
  public static let keys = RecordType(rawValue: 16)
  public static let close = RecordType(rawValue: 17)
}

extension RecordType {
  /// Whether this version knows the type.
  public var isKnown: Bool { 1...17 ~= rawValue }

  /// Whether a reader that does not know the type may hash it, list it and go on.
  public var isOptional: Bool { rawValue >= 128 }

  /// Whether the payload may be taken out of a copy.
  public var isWithholdable: Bool {
    [.data, .itemOpen, .item, .names, .note, .event].contains(self)
  }

  /// Whether the offset of the core has a meaning.
  public var hasOffset: Bool { self == .data || self == .gap }

  /// Whether the record belongs to an item: always, never, or where it says so.
  var itemRule: ItemRule {
    switch self {
    case .itemOpen, .item, .data, .gap: .required
    case .event, .note: .allowed
    default: isKnown ? .forbidden : .allowed
    }
  }

  /// The codecs that a body of this type may have.
  func allows(_ codec: Codec) -> Bool {
    switch self {
    case .data: true
    case .seal, .attest: codec == .stored
    default: codec != .zeroRun
    }
  }

  enum ItemRule {
    case required
    case allowed
    case forbidden
  }
}

extension RecordType: CustomStringConvertible {
  private static let texts = [
    "genesis", "session", "item-open", "item", "data", "gap", "event", "note", "names", "index",
    "tail", "seal", "attest", "withhold", "renew", "keys", "close",
  ]

  /// The name as `spec/registry.md` gives it, or the number of a type that has none.
  public var description: String {
    isKnown ? Self.texts[Int(rawValue) - 1] : "type \(rawValue)"
  }
}
