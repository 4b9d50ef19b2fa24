/// SHA-256 as the codec needs it: the codec knows the order of the bytes, an engine knows the mathematics.
public protocol SHA256Engine: Sendable {
  /// A running digest that has taken nothing yet.
  func start() -> any SHA256State
  /// The digest of `first` followed by `second`; an engine that needs no running digest for it overrides it.
  func hash(_ first: RawSpan, then second: RawSpan) -> Hash
}

extension SHA256Engine {
  public func hash(_ first: RawSpan, then second: RawSpan) -> Hash {
    let state = start()
    state.update(first)
    state.update(second)
    return state.digest()
  }

  /// The digest of `bytes` alone.
  public func hash(_ bytes: RawSpan) -> Hash { hash(bytes, then: RawSpan()) }
}

/// A running SHA-256. Not shared between threads.
public protocol SHA256State: AnyObject {
  func update(_ bytes: RawSpan)
  /// The digest of all that was taken so far; the state can go on taking bytes afterwards.
  func digest() -> Hash
  /// A second state that has taken the same bytes.
  func copy() -> any SHA256State
}

/// Raw DEFLATE (RFC 1951) as the codec needs it.
public protocol DeflateEngine: Sendable {
  /// Inflates exactly one stream that ends in the last byte of `body` and fills `plain` exactly.
  ///
  /// - Throws: `deflate-invalid`, `deflate-trailing` or `deflate-length`.
  func inflate(_ body: RawSpan, into plain: inout OutputRawSpan) throws(BuktiError)
  /// Deflates `plain` to one stream with a final block; nil when the result would not be shorter than `limit` bytes.
  func deflate(_ plain: RawSpan, limit: Int) -> [UInt8]?
  /// Deflates `plain` to one stream with a final block behind what `body` holds; false, and nothing is there, when
  /// it does not fit.
  func deflate(_ plain: RawSpan, into body: inout OutputRawSpan) -> Bool
}
