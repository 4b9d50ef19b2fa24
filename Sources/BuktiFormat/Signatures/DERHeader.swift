/// The head of an element in DER (X.690), or in BER with an indefinite length.
struct DERHeader {
  let tag: UInt8
  /// The first byte of the content.
  let start: Int
  /// Behind the content; nil for an indefinite length, which two zeros end.
  let end: Int?

  var isConstructed: Bool { tag & 0x20 != 0 }

  /// Reads the head at `place`; nil when it is no DER, or ends behind `limit`.
  init?(_ bytes: [UInt8], at place: Int, limit: Int) {
    guard limit <= bytes.count, place >= 0, limit - place >= 2, bytes[place] & 31 < 31 else {
      return nil
    }
    tag = bytes[place]
    let first = Int(bytes[place + 1])
    if first == 0x80 {
      guard tag & 0x20 != 0 else { return nil }
      (start, end) = (place + 2, nil)
      return
    }
    guard let (length, size) = DERHeader.length(bytes, first, at: place + 2, limit: limit) else {
      return nil
    }
    start = place + 2 + size
    guard limit - start >= length else { return nil }
    end = start + length
  }

  /// The length and how many bytes it takes behind the first; only the shortest way to write it.
  private static func length(
    _ bytes: [UInt8], _ first: Int, at place: Int, limit: Int
  ) -> (Int, Int)? {
    if first < 0x80 { return (first, 0) }
    let size = first - 0x80
    guard size <= 4, limit - place >= size, bytes[place] != 0 else { return nil }
    let length = bytes[place..<place + size].reduce(0) { $0 << 8 | Int($1) }
    return length > 127 ? (length, size) : nil
  }

  /// Whether a primitive value of a universal type is written in the one way that DER has for it.
  func isExact(_ value: ArraySlice<UInt8>) -> Bool {
    switch tag {
    case 0x01: return value.count == 1
    case 0x02:
      guard let first = value.first, let second = value.dropFirst().first else {
        return !value.isEmpty
      }
      return !(first == 0 && second < 0x80) && !(first == 0xFF && second >= 0x80)
    case 0x03:
      guard let unused = value.first, let last = value.dropFirst().last else {
        return value.first == 0
      }
      return unused < 8 && last & ((1 << unused) &- 1) == 0
    case 0x05: return value.isEmpty
    case 0x06: return DERHeader.isIdentifier(value)
    default: return true
    }
  }

  private static func isIdentifier(_ value: ArraySlice<UInt8>) -> Bool {
    var begins = true
    for byte in value {
      if begins && byte == 0x80 { return false }
      begins = byte < 0x80
    }
    return begins && !value.isEmpty
  }
}
