/// Whether the payload of a frame is there; the last byte of the sync mark.
public enum FrameState: UInt8, Sendable, Hashable {
  case present = 0x3C
  /// Taken out of this copy under a decision recorded in the bundle.
  case withheld = 0xC3
}

/// The first 144 bytes of a frame: sync mark, state, core, CRC and a zero word.
public struct FrameHeader: Sendable, Hashable {
  public var state: FrameState
  public var core: Core

  public init(state: FrameState = .present, core: Core) {
    self.state = state
    self.core = core
  }
}

extension FrameHeader {
  /// Bytes before the salt.
  public static let size = 144
  /// Bytes of the frame length at the end.
  public static let trailerSize = 8
  /// Bytes of a frame without payload, which is the shortest frame.
  public static let overhead = size + trailerSize
  /// Fresh random bytes before each body.
  public static let saltSize = 16
  /// The sync mark without the state: no part of its start is its end, and F7 never occurs in UTF-8.
  public static let mark: [UInt8] = [0xF7, 0xB1, 0x4B, 0x9E, 0xD3, 0xC5, 0x08]
  /// Where the core lies in a frame.
  public static let coreRange = 8..<136
  /// Bytes that the CRC covers: all before it.
  static let crcOffset = 136

  /// Bytes of salt and body that the frame holds: none when withheld.
  public var payloadLength: UInt64 { state == .present ? core.storedLength : 0 }

  /// Bytes of the whole frame, from its mark to the mark of the next; clamped where `checkEnd` fails.
  public var frameLength: UInt64 { UInt64(Self.overhead) + min(payloadLength, Limits.integer) }

  /// Appends the 144 bytes.
  public func encode(into writer: inout ByteWriter) {
    let start = writer.count
    writer.append(Self.mark)
    writer.append(state.rawValue)
    core.encode(into: &writer)
    writer.append(CRC32.checksum(writer.bytes.span.extracting(start...)))
    writer.append(UInt32(0))
  }

  /// Appends the 8 bytes that end the frame.
  public func encodeTrailer(into writer: inout ByteWriter) {
    writer.append(frameLength)
  }
}
