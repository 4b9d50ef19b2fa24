public import BuktiFormat
import CBuktiDeflate

/// Raw DEFLATE by the fastest engines there are, with zlib's verdicts.
///
/// It decodes with a decoder that is as strict as zlib or stricter, and asks zlib about everything that it refuses. It
/// encodes with ISA-L where the package is built with the trait `FastDeflate`, else with zlib.
public struct FastDeflate: DeflateEngine {
  private let zlib = ZlibDeflate(level: .fast)
  private let inflaters: StreamPool<Inflater>
  private let deflaters = StreamPool { Igzip() }

  public init() { self.init(isPortable: false) }

  /// Decodes as on a processor without the instructions that the decoder uses where they are: for tests.
  package init(isPortable: Bool) {
    inflaters = StreamPool { Inflater(isPortable: isPortable) }
  }

  /// Inflates exactly one stream that ends in the last byte of `body` and fills `plain` exactly.
  ///
  /// - Throws: `deflate-invalid`, `deflate-trailing` or `deflate-length`; `plain` is then unchanged.
  public func inflate(_ body: RawSpan, into plain: inout OutputRawSpan) throws(BuktiError) {
    if inflateFast(body, into: &plain) { return }
    try zlib.inflate(body, into: &plain)
  }

  /// Inflates what zlib would certainly accept; false, and zlib must be asked, for anything else.
  package func inflateFast(_ body: RawSpan, into plain: inout OutputRawSpan) -> Bool {
    guard let inflater = inflaters.take() else { return false }
    defer { inflaters.give(inflater) }
    return unsafe body.withUnsafeBytes { body in
      unsafe plain.withUnsafeMutableBytes { plain, initialized in
        let free = unsafe UnsafeMutableRawBufferPointer(rebasing: plain[initialized...])
        let isDone = unsafe inflater.inflate(body, into: free)
        if isDone { initialized = plain.count }
        return isDone
      }
    }
  }

  /// Deflates `plain` to one stream with a final block; nil when it would not be shorter than `limit` bytes.
  public func deflate(_ plain: RawSpan, limit: Int) -> [UInt8]? {
    guard limit > 1 else { return nil }
    var fits = false
    let body = [UInt8](capacity: limit - 1) { out in
      unsafe out.withUnsafeMutableBufferPointer { buffer, initialized in
        let room = UnsafeMutableRawBufferPointer(buffer)
        var raw = unsafe OutputRawSpan(buffer: room, initializedCount: 0)
        fits = deflate(plain, into: &raw)
        initialized = unsafe raw.finalize(for: room)
      }
    }
    return fits ? body : nil
  }

  /// Deflates `plain` to one stream with a final block behind what `body` holds; false, and nothing is there, when
  /// it does not fit.
  public func deflate(_ plain: RawSpan, into body: inout OutputRawSpan) -> Bool {
    guard let igzip = deflaters.take() else { return zlib.deflate(plain, into: &body) }
    defer { deflaters.give(igzip) }
    return unsafe body.withUnsafeMutableBytes { body, initialized in
      let room = unsafe UnsafeMutableRawBufferPointer(rebasing: body[initialized...])
      let count = unsafe plain.withUnsafeBytes { unsafe igzip.deflate($0, into: room) }
      initialized += count
      return count > 0
    }
  }
}

/// Tables of the fast decoder.
///
/// `@unchecked Sendable`: it is in the pool or with one caller, never with two.
@safe
private final class Inflater: @unchecked Sendable {
  private let state: OpaquePointer

  init?(isPortable: Bool) {
    guard let state = unsafe bukti_inflater_new(isPortable ? 1 : 0) else { return nil }
    unsafe self.state = state
  }

  deinit { unsafe bukti_inflater_free(state) }

  func inflate(
    _ body: UnsafeRawBufferPointer, into plain: UnsafeMutableRawBufferPointer
  ) -> Bool {
    unsafe bukti_inflate(state, body.baseAddress, body.count, plain.baseAddress, plain.count) == 1
  }
}

/// Memory of ISA-L's encoder.
///
/// `@unchecked Sendable`: it is in the pool or with one caller, never with two.
@safe
private final class Igzip: @unchecked Sendable {
  private let state: OpaquePointer

  init?() {
    guard let state = unsafe bukti_igzip_new() else { return nil }
    unsafe self.state = state
  }

  deinit { unsafe bukti_igzip_free(state) }

  /// The length of the stream; 0 where it does not fit.
  func deflate(
    _ plain: UnsafeRawBufferPointer, into body: UnsafeMutableRawBufferPointer
  ) -> Int {
    unsafe bukti_igzip_deflate(state, plain.baseAddress, plain.count, body.baseAddress, body.count)
  }
}
