public import BuktiFormat
import CZlib

/// How hard an encoder tries.
public enum DeflateLevel: Int32, Sendable {
  case fast = 1
  case best = 9
}

/// Raw DEFLATE by zlib, the reference engine: where engines differ, its verdict counts.
public struct ZlibDeflate: DeflateEngine {
  private let inflaters = StreamPool { ZlibStream(.inflate) }
  private let deflaters: StreamPool<ZlibStream>

  public init(level: DeflateLevel = .fast) {
    deflaters = StreamPool { ZlibStream(.deflate(level)) }
  }

  /// Inflates exactly one stream that ends in the last byte of `body` and fills `plain` exactly.
  ///
  /// - Throws: `deflate-invalid`, `deflate-trailing` or `deflate-length`; `plain` is then unchanged.
  public func inflate(_ body: RawSpan, into plain: inout OutputRawSpan) throws(BuktiError) {
    guard let stream = inflaters.take() else {
      throw BuktiError(.cryptoEngine, "zlib has no memory")
    }
    defer { inflaters.give(stream) }
    let outcome = unsafe body.withUnsafeBytes { body in
      unsafe plain.withUnsafeMutableBytes { plain, initialized in
        let free = unsafe UnsafeMutableRawBufferPointer(rebasing: plain[initialized...])
        let outcome = unsafe stream.inflate(body, into: free)
        if outcome == nil { initialized = plain.count }
        return outcome
      }
    }
    if let outcome { throw BuktiError(outcome) }
  }

  /// Deflates `plain` to one stream with a final block; nil when it would not be shorter than `limit` bytes.
  public func deflate(_ plain: RawSpan, limit: Int) -> [UInt8]? {
    guard limit > 1, let stream = deflaters.take() else { return nil }
    defer { deflaters.give(stream) }
    var fits = false
    let body = [UInt8](capacity: limit - 1) { out in
      unsafe out.withUnsafeMutableBufferPointer { buffer, initialized in
        unsafe plain.withUnsafeBytes { plain in
          let room = UnsafeMutableRawBufferPointer(buffer)
          if let count = unsafe stream.deflate(plain, into: room) {
            initialized = count
            fits = true
          }
        }
      }
    }
    return fits ? body : nil
  }

  /// Deflates `plain` to one stream with a final block behind what `body` holds; false, and nothing is there, when
  /// it does not fit.
  public func deflate(_ plain: RawSpan, into body: inout OutputRawSpan) -> Bool {
    guard let stream = deflaters.take() else { return false }
    defer { deflaters.give(stream) }
    return unsafe body.withUnsafeMutableBytes { body, initialized in
      let room = unsafe UnsafeMutableRawBufferPointer(rebasing: body[initialized...])
      let count = unsafe plain.withUnsafeBytes { unsafe stream.deflate($0, into: room) }
      initialized += count ?? 0
      return count != nil
    }
  }
}
