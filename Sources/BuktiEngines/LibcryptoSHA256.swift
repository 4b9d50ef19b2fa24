public import BuktiFormat
import CBuktiCrypto

/// SHA-256 by libcrypto, at the speed of its assembler.
///
/// A libcrypto without SHA-256 cannot run this program at all, so that it traps instead of throwing.
public struct LibcryptoSHA256: SHA256Engine {
  public init() {}

  public func start() -> any SHA256State {
    guard let digest = try? ItemDigest(.sha256) else {
      preconditionFailure("libcrypto offers no SHA-256")
    }
    return RunningSHA256(digest)
  }

  public func hash(_ first: RawSpan, then second: RawSpan) -> Hash {
    Self.digest(of: first, then: second)
  }

  /// SHA-256 of `bytes`; nothing is allocated after the first call on a thread.
  public static func digest(of bytes: RawSpan) -> Hash {
    digest(of: bytes, then: RawSpan())
  }

  /// SHA-256 of `first` followed by `second`.
  public static func digest(of first: RawSpan, then second: RawSpan) -> Hash {
    var value = SIMD32<UInt8>()
    let done = unsafe withUnsafeMutableBytes(of: &value) { out in
      unsafe first.withUnsafeBytes { a in
        unsafe second.withUnsafeBytes { b in
          unsafe bukti_sha256(a.baseAddress, a.count, b.baseAddress, b.count, out.baseAddress)
        }
      }
    }
    precondition(done == 1, "libcrypto failed in SHA-256")
    return Hash(value)
  }

  /// SHA-256 of `blocks[0..<64]` followed by `first`, and of `blocks[64..<128]` followed by `second`, in one pass
  /// where the processor can.
  package static func digests(
    salting blocks: RawSpan, of first: RawSpan, and second: RawSpan
  ) -> (Hash, Hash) {
    precondition(blocks.byteCount == 128, "two blocks of SHA-256 have 128 bytes")
    var values = (SIMD32<UInt8>(), SIMD32<UInt8>())
    let done = unsafe withUnsafeMutableBytes(of: &values) { out in
      unsafe blocks.withUnsafeBytes { blocks in
        unsafe first.withUnsafeBytes { a in
          unsafe second.withUnsafeBytes { b in
            unsafe bukti_sha256_pair(
              blocks.baseAddress, a.baseAddress, a.count, b.baseAddress, b.count, out.baseAddress)
          }
        }
      }
    }
    precondition(done == 1, "libcrypto failed in SHA-256")
    return (Hash(values.0), Hash(values.1))
  }

  /// SHA-256 of `bytes`.
  public static func digest(of bytes: [UInt8]) -> Hash {
    unsafe digest(of: bytes.span.bytes)
  }
}

extension Hash {
  init(_ value: SIMD32<UInt8>) {
    func word(_ index: Int) -> UInt64 {
      var word: UInt64 = 0
      for i in 0..<8 { word = word << 8 | UInt64(value[index * 8 + i]) }
      return word
    }
    self.init(words: word(0), word(1), word(2), word(3))
  }
}

private final class RunningSHA256: SHA256State {
  private let state: ItemDigest

  init(_ state: ItemDigest) {
    self.state = state
  }

  func update(_ bytes: RawSpan) {
    state.update(bytes)
  }

  func digest() -> Hash {
    guard let hash = Hash(bytes: state.value()) else { preconditionFailure("SHA-256 is 32 bytes") }
    return hash
  }

  func copy() -> any SHA256State {
    RunningSHA256(state.copy())
  }
}
