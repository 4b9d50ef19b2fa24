public import BuktiFormat
import CBuktiCrypto

/// Libcrypto's generator of unpredictable bytes: salts, identifiers, serial numbers.
public enum SecureRandom {
  /// Returns `count` fresh bytes.
  ///
  /// - Throws: `crypto-engine` when the generator has no entropy.
  public static func bytes(_ count: Int) throws(BuktiError) -> [UInt8] {
    precondition(count >= 0)
    var done: Int32 = 0
    let bytes = [UInt8](capacity: count) { out in
      unsafe out.withUnsafeMutableBufferPointer { buffer, initialized in
        done = unsafe bukti_random(buffer.baseAddress, count)
        initialized = done == 1 ? count : 0
      }
    }
    guard done == 1 else { throw BuktiError(.cryptoEngine, "no random bytes from libcrypto") }
    return bytes
  }
}
