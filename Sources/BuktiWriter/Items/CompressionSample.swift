import Glibc

/// Tells from a few KiB whether DEFLATE would make data shorter, without compressing them.
///
/// DEFLATE has two means: short codes for frequent bytes, and references to what was there before. So it looks at
/// how frequent the bytes are, and whether groups of four come again.
enum CompressionSample {
  /// Of a sample, in bytes.
  static let size = 4 << 10
  /// What a byte takes at most in data that are worth a code of their own, in bits; 4 KiB of random bytes seem to
  /// take 7.95.
  private static let mostBits = 7.85
  /// One in so many places must repeat an earlier one.
  private static let leastRepeats = size / 32
  private static let slots = 4096

  /// Whether a sample, of 4 KiB at most, promises to shrink by a fiftieth at least.
  static func shrinks(_ sample: RawSpan) -> Bool {
    bitsPerByte(sample) <= mostBits || repeats(in: sample) >= leastRepeats
  }

  /// Shannon's entropy of the bytes one by one.
  private static func bitsPerByte(_ sample: RawSpan) -> Double {
    unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 1024) { counts in
      unsafe counts.initialize(repeating: 0)
      unsafe sample.withUnsafeBytes { bytes in
        // Four tables, since equal bytes often follow each other, and a count would wait for the one before.
        for place in bytes.indices {
          unsafe counts[place % 4 * 256 + Int(bytes[place])] += 1
        }
      }
      var sum = 0.0
      for byte in 0..<256 {
        var count = 0
        for table in 0..<4 { count += Int(unsafe counts[table * 256 + byte]) }
        if count > 1 { sum += Double(count) * log2(Double(count)) }
      }
      let total = Double(max(1, sample.byteCount))
      return log2(total) - sum / total
    }
  }

  /// How many groups of four bytes stand in the sample a second time, as far as a small table remembers.
  private static func repeats(in sample: RawSpan) -> Int {
    unsafe withUnsafeTemporaryAllocation(of: UInt16.self, capacity: slots) { places in
      unsafe places.initialize(repeating: 0)
      return unsafe sample.withUnsafeBytes { bytes in
        var count = 0
        for place in 0..<max(0, bytes.count - 3) {
          let group = unsafe bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)
          let slot = Int((group &* 0x9E37_79B1) >> 20)
          let before = Int(unsafe places[slot])
          unsafe places[slot] = UInt16(truncatingIfNeeded: place)
          let known = unsafe bytes.loadUnaligned(fromByteOffset: before, as: UInt32.self)
          if before < place, known == group { count += 1 }
        }
        return count
      }
    }
  }
}
