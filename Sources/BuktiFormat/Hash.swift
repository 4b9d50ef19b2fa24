/// A SHA-256 value, 32 bytes.
public struct Hash: Sendable, Hashable {
  /// The bytes as four big-endian words, so that the value stays inline and compares fast.
  public let words: (UInt64, UInt64, UInt64, UInt64)

  public init(words a: UInt64, _ b: UInt64, _ c: UInt64, _ d: UInt64) {
    words = (a, b, c, d)
  }

  public static let zero = Hash(words: 0, 0, 0, 0)

  public static func == (x: Hash, y: Hash) -> Bool {
    x.words.0 == y.words.0 && x.words.1 == y.words.1 && x.words.2 == y.words.2
      && x.words.3 == y.words.3
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
  }
}

extension Hash {
  /// Takes exactly 32 bytes; nil for any other count.
  public init?(bytes: some Sequence<UInt8>) {
    var w: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    var count = 0
    for byte in bytes {
      guard count < 32 else { return nil }
      w.0 = w.0 << 8 | w.1 >> 56
      w.1 = w.1 << 8 | w.2 >> 56
      w.2 = w.2 << 8 | w.3 >> 56
      w.3 = w.3 << 8 | UInt64(byte)
      count += 1
    }
    guard count == 32 else { return nil }
    words = w
  }

  /// The 32 bytes, most significant first.
  public var bytes: [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(32)
    for word in [words.0, words.1, words.2, words.3] {
      for shift in stride(from: 56, through: 0, by: -8) {
        out.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
      }
    }
    return out
  }

  /// 64 lower-case hexadecimal digits.
  public var hex: String { Hex.encode(bytes) }
}

extension Hash: CustomStringConvertible {
  public var description: String { hex }
}
