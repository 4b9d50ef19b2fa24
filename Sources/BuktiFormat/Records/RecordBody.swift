/// What a record holds, decoded.
public enum RecordBody: Sendable, Hashable {
  case genesis(Genesis)
  case session(Session)
  case itemOpen(ItemOpen)
  case item(Item)
  /// The bytes of an item themselves.
  case data
  case gap(Gap)
  case event(Event)
  case note(Note)
  case names(Names)
  case index(IndexBlock)
  case tail(Tail)
  case seal(Seal)
  case attest(Attest)
  case withhold(Withhold)
  case renew(Renew)
  case keys(Keys)
  case close(Close)
  /// A type of 128 and above, whose content is not read.
  case opaque

  /// Decodes a plain body.
  ///
  /// - Throws: `type-unknown` for a critical type without a meaning; else the codes that begin with
  ///   `cbor-`, then those that begin with `schema-`.
  public init(type: RecordType, plain: Span<UInt8>) throws(BuktiError) {
    switch type {
    case .data: self = .data
    case _ where type.isOptional: self = .opaque
    case .genesis: self = .genesis(try Genesis(plain: plain))
    case .session: self = .session(try Session(plain: plain))
    case .itemOpen: self = .itemOpen(try ItemOpen(plain: plain))
    case .item: self = .item(try Item(plain: plain))
    case .gap: self = .gap(try Gap(plain: plain))
    case .event: self = .event(try Event(plain: plain))
    case .note: self = .note(try Note(plain: plain))
    case .names: self = .names(try Names(plain: plain))
    case .index: self = .index(try IndexBlock(plain: plain))
    case .tail: self = .tail(try Tail(plain: plain))
    case .seal: self = .seal(try Seal(plain: plain))
    case .attest: self = .attest(try Attest(plain: plain))
    case .withhold: self = .withhold(try Withhold(plain: plain))
    case .renew: self = .renew(try Renew(plain: plain))
    case .keys: self = .keys(try Keys(plain: plain))
    case .close: self = .close(try Close(plain: plain))
    default: throw BuktiError(.typeUnknown)
    }
  }

  /// The content as any of the types; nil for data and for what is not read.
  public var content: (any RecordContent)? {
    switch self {
    case .genesis(let content): content
    case .session(let content): content
    case .itemOpen(let content): content
    case .item(let content): content
    case .gap(let content): content
    case .event(let content): content
    case .note(let content): content
    case .names(let content): content
    case .index(let content): content
    case .tail(let content): content
    case .seal(let content): content
    case .attest(let content): content
    case .withhold(let content): content
    case .renew(let content): content
    case .keys(let content): content
    case .close(let content): content
    case .data, .opaque: nil
    }
  }
}
