import BuktiEngines
import BuktiFormat

/// A frame whose end is known, as it lies in the window.
@safe
struct Frame {
  let header: FrameHeader
  /// Bytes of the whole frame.
  let length: Int
  /// What checks 6 to 16 found, if the core is wrong ([B-DMG-2]).
  let defect: ErrorCode?
  /// Valid until the window moves, or its block is released.
  private let bytes: UnsafeRawBufferPointer
  /// The record hash, where nothing of the frame is here any more.
  private let hash: Hash?

  @unsafe
  fileprivate init(_ header: FrameHeader, defect: ErrorCode?, bytes: UnsafeRawBufferPointer) {
    self.header = header
    self.defect = defect
    length = bytes.count
    unsafe self.bytes = unsafe bytes
    hash = nil
  }

  /// A frame of which only the header was read.
  fileprivate init(withoutBody header: FrameHeader, length: Int) {
    self.header = header
    defect = nil
    self.length = length
    unsafe bytes = UnsafeRawBufferPointer(start: nil, count: 0)
    hash = LibcryptoSHA256().recordHash(header.core)
  }

  var core: Core { header.core }
  var isPresent: Bool { header.state == .present }

  /// The hash that chain and tree know the record by ([B-FRM-2]).
  var recordHash: Hash {
    if let hash { return hash }
    let prefix = InlineArray<1, UInt8>(repeating: 0)
    let core = unsafe UnsafeRawBufferPointer(rebasing: bytes[FrameHeader.coreRange])
    return LibcryptoSHA256.digest(of: prefix.span.raw, then: unsafe core.bytes)
  }

  /// The stored body; empty when withheld.
  @unsafe var body: UnsafeRawBufferPointer {
    guard isPresent else { return unsafe UnsafeRawBufferPointer(start: nil, count: 0) }
    let first = FrameHeader.size + FrameHeader.saltSize
    return unsafe UnsafeRawBufferPointer(
      rebasing: bytes[first..<(length - FrameHeader.trailerSize)])
  }

  /// Check 22; what is withheld passes.
  var payloadHolds: Bool {
    guard isPresent else { return true }
    var block = InlineArray<64, UInt8>(repeating: 0)
    for index in 0..<FrameHeader.saltSize { block[index] = saltByte(index) }
    let digest = LibcryptoSHA256.digest(of: block.span.raw, then: unsafe body.bytes)
    return digest == core.payloadDigest
  }

  /// Check 22 of two frames that are present, in the time of one where the processor can.
  static func payloadsHold(_ first: Frame, _ second: Frame) -> (Bool, Bool) {
    var blocks = InlineArray<128, UInt8>(repeating: 0)
    for index in 0..<FrameHeader.saltSize {
      blocks[index] = first.saltByte(index)
      blocks[64 + index] = second.saltByte(index)
    }
    let digests = LibcryptoSHA256.digests(
      salting: blocks.span.raw, of: unsafe first.body.bytes, and: unsafe second.body.bytes)
    return (digests.0 == first.core.payloadDigest, digests.1 == second.core.payloadDigest)
  }

  private func saltByte(_ index: Int) -> UInt8 { unsafe bytes[FrameHeader.size + index] }
}

/// What checks 1 to 18 say about a place.
enum FrameOutcome {
  /// Nothing tells where the next frame begins; the code of the first check that failed.
  case endless(ErrorCode)
  case frame(Frame)
}

extension Window {
  /// Makes checks 1 to 18 at the first byte of the window, in the order of the specification.
  func frame() throws(BuktiError) -> FrameOutcome {
    guard try require(FrameHeader.overhead) == FrameHeader.overhead else {
      return .endless(.frameTruncated)
    }
    let header: FrameHeader
    do throws(BuktiError) {
      header = try FrameHeader(decoding: unsafe bytes(count: FrameHeader.size).octets.span)
    } catch { return .endless(error.code) }
    var defect: ErrorCode?
    do throws(BuktiError) { try header.check() } catch { defect = error.code }
    do throws(BuktiError) { try header.core.checkStoredLength() } catch {
      return .endless(defect ?? error.code)
    }
    guard let length = Int(exactly: header.frameLength), try require(length) == length else {
      return .endless(defect ?? .frameTruncated)
    }
    do throws(BuktiError) {
      let trailer = length - FrameHeader.trailerSize
      let end = unsafe bytes(at: trailer, count: FrameHeader.trailerSize)
      try header.checkTrailer(unsafe end.octets.span)
    } catch { return .endless(defect ?? error.code) }
    return .frame(unsafe Frame(header, defect: defect, bytes: bytes(count: length)))
  }
}

extension Window {
  /// Bodies from this length on, in bytes, are worth a step over them.
  private static let longBody: UInt64 = 32 << 10

  /// Slides over a frame that passes checks 1 to 18, and whose body nobody wants, without reading that.
  ///
  /// Nil, and nothing was passed, for any other frame, and where the source cannot go to a place.
  func frameWithoutBody(where isUnwanted: (Core) -> Bool) throws(BuktiError) -> Frame? {
    guard try require(FrameHeader.overhead) == FrameHeader.overhead,
      let header = try? FrameHeader(decoding: unsafe bytes(count: FrameHeader.size).octets.span),
      (try? header.check()) != nil, (try? header.core.checkStoredLength()) != nil,
      header.state == .present, header.core.storedLength >= Self.longBody,
      let length = Int(exactly: header.frameLength), length > count, isUnwanted(header.core)
    else { return nil }
    let begin = offset
    let size = FrameHeader.trailerSize
    guard move(to: begin + UInt64(length - size)) else { return nil }
    if try require(size) == size,
      (try? header.checkTrailer(unsafe bytes(count: size).octets.span)) != nil
    {
      skip(size)
      return Frame(withoutBody: header, length: length)
    }
    // What is wrong with it is said by whoever reads all of it.
    guard move(to: begin) else { throw BuktiError(.io, "a source did not go back") }
    return nil
  }
}

extension UnsafeRawBufferPointer {
  /// The same bytes as `Span` wants them.
  @unsafe var octets: UnsafeBufferPointer<UInt8> { unsafe bindMemory(to: UInt8.self) }
}
