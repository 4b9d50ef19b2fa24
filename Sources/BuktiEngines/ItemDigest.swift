public import BuktiFormat
import CBuktiCrypto

/// The digests that an item record can carry.
public enum DigestAlgorithm: String, Sendable, CaseIterable {
  case sha256, md5, sha1, sha512

  /// Length of the value, in bytes.
  public var length: Int {
    switch self {
    case .sha256: 32
    case .md5: 16
    case .sha1: 20
    case .sha512: 64
    }
  }

  fileprivate var kind: Int32 {
    switch self {
    case .sha256: Int32(BUKTI_SHA256.rawValue)
    case .md5: Int32(BUKTI_MD5.rawValue)
    case .sha1: Int32(BUKTI_SHA1.rawValue)
    case .sha512: Int32(BUKTI_SHA512.rawValue)
    }
  }
}

extension FurtherDigest {
  package var algorithm: DigestAlgorithm {
    switch self {
    case .md5: .md5
    case .sha1: .sha1
    case .sha512: .sha512
    }
  }
}

/// A running digest of one algorithm. Not shared between threads.
@safe
public final class ItemDigest {
  public let algorithm: DigestAlgorithm
  private let state: OpaquePointer

  /// Starts a digest that has taken nothing yet.
  ///
  /// - Throws: `crypto-engine` when libcrypto does not offer the algorithm (MD5 in a FIPS build).
  public convenience init(_ algorithm: DigestAlgorithm) throws(BuktiError) {
    guard let state = unsafe bukti_digest_new(algorithm.kind) else {
      throw BuktiError(.cryptoEngine, "libcrypto offers no \(algorithm.rawValue)")
    }
    unsafe self.init(algorithm, owning: state)
  }

  private init(_ algorithm: DigestAlgorithm, owning state: OpaquePointer) {
    self.algorithm = algorithm
    unsafe self.state = state
  }

  deinit {
    unsafe bukti_digest_free(state)
  }

  public func update(_ bytes: RawSpan) {
    let done = unsafe bytes.withUnsafeBytes { bytes in
      unsafe bukti_digest_update(state, bytes.baseAddress, bytes.count)
    }
    precondition(done == 1, "libcrypto failed in a digest update")
  }

  /// Whether two digests take little longer than one on this processor.
  package static let pairs = bukti_digest_pairs() == 1

  /// Takes `bytes`, and gives the SHA-256 of `block` followed by `body`, in one pass where that can be.
  ///
  /// - Parameters:
  ///   - block: 64 bytes.
  ///   - body: may be the same bytes.
  package func update(_ bytes: RawSpan, salting block: RawSpan, of body: RawSpan) -> Hash {
    precondition(block.byteCount == 64, "a block of SHA-256 has 64 bytes")
    var value = SIMD32<UInt8>()
    let done = unsafe withUnsafeMutableBytes(of: &value) { out in
      unsafe bytes.withUnsafeBytes { bytes in
        unsafe block.withUnsafeBytes { block in
          unsafe body.withUnsafeBytes { body in
            unsafe bukti_digest_update_pair(
              state, bytes.baseAddress, bytes.count, block.baseAddress, body.baseAddress,
              body.count, out.baseAddress)
          }
        }
      }
    }
    precondition(done == 1, "libcrypto failed in a digest update")
    return Hash(value)
  }

  /// The digest of all that was taken so far; it can go on taking bytes afterwards.
  public func value() -> [UInt8] {
    [UInt8](capacity: 64) { out in
      unsafe out.withUnsafeMutableBufferPointer { buffer, count in
        precondition(
          unsafe bukti_digest_value(state, buffer.baseAddress) == 1, "libcrypto failed in a digest")
        count = algorithm.length
      }
    }
  }

  /// A second digest that has taken the same bytes.
  public func copy() -> ItemDigest {
    guard let copy = unsafe bukti_digest_copy(state) else {
      preconditionFailure("libcrypto could not copy a digest")
    }
    return unsafe ItemDigest(algorithm, owning: copy)
  }

  /// Forgets all that was taken, and keeps the memory.
  public func reset() {
    precondition(unsafe bukti_digest_reset(state) == 1, "libcrypto could not reset a digest")
  }
}
