/// How a body is stored; a number that is not named here is refused by `Core.checkCodec`.
public struct Codec: RawRepresentable, Sendable, Hashable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// As it is.
  public static let stored = Codec(rawValue: 0)
  /// One raw DEFLATE stream (RFC 1951).
  public static let deflate = Codec(rawValue: 1)
  /// Nothing but zeros, with an empty body.
  public static let zeroRun = Codec(rawValue: 2)

  public var isKnown: Bool { rawValue <= Codec.zeroRun.rawValue }
}
