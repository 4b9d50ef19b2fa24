import BuktiEngines
import BuktiFormat

/// A frame with all that it says by itself, whatever stands before it.
struct ReadFrame {
  let frame: Frame
  let place: Place
  /// The hash that chain and tree know the record by.
  let hash: Hash
  let content: FrameContent
  /// Where it stands among frames that were read together.
  var position = 0
  /// For an item record, the digest of bytes that came just before it.
  var run: ItemRun?
}

/// Data records that were read together and seem to be a whole item, with the digest of their bytes.
struct ItemRun {
  /// Positions of the first and of the last.
  let first: Int
  let last: Int
  let count: Int
  let sha256: Hash
}

/// What is to be read of a frame.
enum FrameReading {
  case full
  /// Salt and body against their digest; data are not decoded.
  case stored
  case nothing
}

/// What checks 22 and decoding make of a frame.
enum FrameContent {
  /// There is nothing to read: withheld, or the core is wrong.
  case closed
  case wrongPayload
  /// Data that nobody asked for.
  case unread
  /// Data whose stored bytes hold.
  case undecoded
  case failed(BuktiError)
  case zeros
  case data(PlainBytes)
  case body(RecordBody)
}

extension Frame {
  /// Bytes that its plain bytes need beside the body.
  func roomNeeded(_ reading: FrameReading) -> Int {
    guard reading == .full || core.type != .data, isPresent, defect == nil, core.codec == .deflate
    else { return 0 }
    // Check 13 bounds the plain length by 16 MiB.
    return Int(core.plainLength)
  }

  /// Whether `content` makes check 22.
  func hasPayload(for reading: FrameReading) -> Bool {
    isPresent && defect == nil && !(reading == .nothing && core.type == .data)
  }

  /// Makes check 22 and decodes the body ([B-DMG-6]).
  ///
  /// - Parameters:
  ///   - room: where plain bytes go, if they are not the body itself.
  ///   - holds: what check 22 says, where it was made already.
  func content(
    _ reading: FrameReading, in room: UnsafeMutableRawBufferPointer, _ engine: FastDeflate,
    payloadHolds holds: Bool? = nil
  ) -> FrameContent {
    guard hasPayload(for: reading) else { return isPresent && defect == nil ? .unread : .closed }
    guard holds ?? payloadHolds else { return .wrongPayload }
    if reading == .stored, core.type == .data { return .undecoded }
    if core.codec == .zeroRun { return .zeros }
    do throws(BuktiError) {
      let plain = unsafe try decode(into: room, engine)
      if core.type == .data { return .data(unsafe PlainBytes(plain)) }
      return .body(try RecordBody(type: core.type, plain: unsafe plain.octets.span))
    } catch { return .failed(error) }
  }

  /// The plain bytes of a frame that is present and whose core is sound.
  ///
  /// - Throws: `deflate-invalid`, `deflate-trailing` or `deflate-length`.
  @unsafe
  private func decode(
    into room: UnsafeMutableRawBufferPointer, _ engine: FastDeflate
  ) throws(BuktiError) -> UnsafeRawBufferPointer {
    guard core.codec == .deflate else { return unsafe body }
    let target = unsafe UnsafeMutableRawBufferPointer(rebasing: room[..<roomNeeded(.full)])
    var plain = unsafe OutputRawSpan(buffer: target, initializedCount: 0)
    try engine.inflate(unsafe body.bytes, into: &plain)
    _ = unsafe plain.finalize(for: target)
    return UnsafeRawBufferPointer(target)
  }
}
