import BuktiEngines
import BuktiFixtures
import BuktiFormat

/// A frame taken out of a bundle, to be put elsewhere.
struct Frame {
  var header: FrameHeader
  /// Salt and body; empty when withheld.
  var payload: [UInt8]
  /// Where it lay in its volume.
  let range: Range<Int>

  /// The stored body.
  var body: [UInt8] { Array(payload.dropFirst(FrameHeader.saltSize)) }

  /// The frames of a volume that is whole.
  static func all(of volume: [UInt8]) -> [Frame] {
    var frames: [Frame] = []
    BundleBuilder.forEachFrame(of: volume) { header, bytes in
      frames.append(
        Frame(
          header: header,
          payload: Array(bytes.dropFirst(FrameHeader.size).dropLast(FrameHeader.trailerSize)),
          range: bytes.startIndex..<bytes.endIndex))
    }
    return frames
  }

  /// A volume with the preamble of another and these frames as they are.
  static func join(_ frames: [Frame], preamble: some Sequence<UInt8>) -> [UInt8] {
    var writer = ByteWriter()
    writer.append(Array(preamble.prefix(Preamble.size)))
    for frame in frames { frame.encode(into: &writer) }
    return writer.bytes
  }

  private func encode(into writer: inout ByteWriter) {
    header.encode(into: &writer)
    writer.append(payload)
    header.encodeTrailer(into: &writer)
  }
}

/// How far somebody without a key goes to hide what was done.
public enum Forgery: CaseIterable, Sendable {
  /// The frames are moved as they are.
  case raw
  /// Numbers, bundle id and chain are made anew.
  case rechained
  /// Tails and checkpoints as well, so that nothing but the signatures tells.
  case rebuilt
}

extension Forgery {
  func apply(_ frames: [Frame], id: BundleID, preamble: [UInt8]) throws -> [UInt8] {
    guard self != .raw else { return Frame.join(frames, preamble: preamble) }
    let engine = LibcryptoSHA256()
    var index = IndexState(engine: engine)
    var previous = Preamble(volume: 0, bundleID: id).hash(using: engine)
    var chained: [Frame] = []
    for frame in frames {
      var frame = frame
      frame.header.core.bundleID = id
      frame.header.core.number = index.count
      frame.header.core.previous = previous
      if self == .rebuilt { try rebuild(&frame, id, index) }
      previous = engine.recordHash(frame.header.core)
      index.append(frame.header.core, hash: previous)
      chained.append(frame)
    }
    return Frame.join(chained, preamble: preamble)
  }

  /// Gives tails and seals the content that belongs where they stand now.
  private func rebuild(
    _ frame: inout Frame, _ id: BundleID, _ index: IndexState<LibcryptoSHA256>
  ) throws {
    let engine = LibcryptoSHA256()
    let body: [UInt8]
    switch frame.header.core.type {
    case .tail:
      body = try index.tail(state: Tail(plain: frame.body.span).state).encode()
    case .seal:
      let checkpoint = Checkpoint(
        bundleID: id, size: index.count, root: index.frontier.root(using: engine))
      let signatures = try Seal(plain: frame.body.span).signatures
      body = try Seal(checkpoint: checkpoint.encoded(), signatures: signatures).encode()
    default: return
    }
    let salt = Array(frame.payload.prefix(FrameHeader.saltSize))
    frame.payload = salt + body
    frame.header.core.plainLength = UInt64(body.count)
    frame.header.core.storedLength = UInt64(frame.payload.count)
    frame.header.core.payloadDigest = LibcryptoSHA256.digest(
      of: salt + [UInt8](repeating: 0, count: 48) + body)
  }
}
