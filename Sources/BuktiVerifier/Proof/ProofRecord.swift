import BuktiEngines
import BuktiFormat

/// A record of a proof whose core and payload are right by themselves ([B-PRF-3]).
struct ProofRecord {
  let core: Core
  let hash: Hash
  /// Nil where the payload is withheld.
  let body: RecordBody?

  var number: UInt64 { core.number }

  init(_ core: Core, _ body: RecordBody?) {
    self.core = core
    self.body = body
    hash = LibcryptoSHA256().recordHash(core)
  }
}

extension Core {
  /// The number as a finding names it.
  var shownNumber: UInt64? { number < Limits.integer ? number : nil }

  /// Check 22 and [B-COD-1]: the plain bytes.
  ///
  /// - Throws: `length-stored`, `payload-digest` or a code that begins with `deflate-`.
  func plain(of payload: [UInt8], _ deflate: FastDeflate) throws(BuktiError) -> [UInt8] {
    guard UInt64(payload.count) == storedLength, payload.count >= FrameHeader.saltSize else {
      throw BuktiError(.lengthStored)
    }
    let salt = payload.span.extracting(first: FrameHeader.saltSize)
    let body = payload.span.extracting(FrameHeader.saltSize...).raw
    guard LibcryptoSHA256().payloadDigest(salt: salt, body: body) == payloadDigest else {
      throw BuktiError(.payloadDigest)
    }
    // Check 13 bounds the plain length by 16 MiB.
    switch codec {
    case .zeroRun: return [UInt8](repeating: 0, count: Int(plainLength))
    case .deflate: return try deflate.plain(of: body, count: Int(plainLength))
    default: return Array(payload[FrameHeader.saltSize...])
    }
  }
}

extension FastDeflate {
  /// - Throws: `deflate-invalid`, `deflate-trailing` or `deflate-length`.
  fileprivate func plain(of body: RawSpan, count: Int) throws(BuktiError) -> [UInt8] {
    var failure: BuktiError?
    let plain = [UInt8](capacity: count) { out in
      unsafe out.withUnsafeMutableBufferPointer { buffer, initialized in
        let target = UnsafeMutableRawBufferPointer(buffer)
        var raw = unsafe OutputRawSpan(buffer: target, initializedCount: 0)
        do throws(BuktiError) { try inflate(body, into: &raw) } catch { failure = error }
        initialized = unsafe raw.finalize(for: target)
      }
    }
    if let failure { throw failure }
    return plain
  }
}
