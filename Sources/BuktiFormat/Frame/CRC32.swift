/// The CRC-32 of zlib and gzip (RFC 1952 section 8), eight bytes a step.
public enum CRC32 {
  /// Eight tables of 256 entries: entry `256 * k + b` is the CRC of byte `b` followed by `k` zeros.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var crc = UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
      tables[byte] = crc
    }
    for entry in 256..<(8 * 256) {
      let before = tables[entry - 256]
      tables[entry] = before >> 8 ^ tables[Int(before & 255)]
    }
    return tables
  }()

  /// The checksum of `bytes`.
  public static func checksum(_ bytes: Span<UInt8>) -> UInt32 {
    let tables = tables
    var crc: UInt32 = .max
    var place = 0
    while bytes.count - place >= 8 {
      var next: UInt32 = 0
      for index in 0..<8 {
        let mask = index < 4 ? UInt8(truncatingIfNeeded: crc >> UInt32(8 * index)) : 0
        next ^= tables[256 * (7 - index) + Int(bytes[place + index] ^ mask)]
      }
      crc = next
      place += 8
    }
    while place < bytes.count {
      crc = crc >> 8 ^ tables[Int(UInt8(truncatingIfNeeded: crc) ^ bytes[place])]
      place += 1
    }
    return ~crc
  }
}
