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
    // Bodies and index blocks are full of hashes, which lie in arrays.
    let whole = bytes.withContiguousStorageIfAvailable { bytes -> Hash? in
      guard bytes.count == 32 else { return nil }
      func word(_ place: Int) -> UInt64 {
        UInt64(
          bigEndian: unsafe UnsafeRawBufferPointer(bytes).loadUnaligned(
            fromByteOffset: place, as: UInt64.self))
      }
      return Hash(words: word(0), word(8), word(16), word(24))
    }
    if let whole {
      guard let whole else { return nil }
      self = whole
      return
    }
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
    let big = (
      words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian
    )
    return unsafe withUnsafeBytes(of: big) { unsafe [UInt8]($0) }
  }

  /// 64 lower-case hexadecimal digits.
  public var hex: String { Hex.encode(bytes) }
}

extension Hash: CustomStringConvertible {
  public var description: String { hex }
}
