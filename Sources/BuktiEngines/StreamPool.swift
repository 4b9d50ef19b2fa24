import BuktiFormat
import CZlib
import Synchronization

/// Which way a zlib stream runs.
enum StreamKind: Sendable {
  case inflate
  case deflate(DeflateLevel)
}

/// Idle streams of an engine, because making one costs hundreds of KiB of memory and their clearing.
final class StreamPool<Stream: Sendable>: Sendable {
  private let make: @Sendable () -> Stream?
  private let idle = Mutex<[Stream]>([])

  init(_ make: @escaping @Sendable () -> Stream?) {
    self.make = make
  }

  /// A stream for one caller alone; nil when there is no memory.
  func take() -> Stream? {
    idle.withLock { $0.popLast() } ?? make()
  }

  func give(_ stream: Stream) {
    idle.withLock { $0.append(stream) }
  }
}

/// One z_stream at a stable address (zlib checks it).
///
/// `@unchecked Sendable`: a stream is in the pool or with one caller, never with two.
@safe
final class ZlibStream: @unchecked Sendable {
  private let kind: StreamKind
  private let stream: UnsafeMutablePointer<z_stream>

  init?(_ kind: StreamKind) {
    self.kind = kind
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let size = unsafe Int32(MemoryLayout<z_stream>.size)
    let status =
      switch kind {
      case .inflate: unsafe inflateInit2_(stream, -15, ZLIB_VERSION, size)
      case .deflate(let level):
        unsafe deflateInit2_(
          stream, level.rawValue, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
      }
    if status != Z_OK {
      unsafe stream.deallocate()
      return nil
    }
  }

  deinit {
    switch kind {
    case .inflate: unsafe inflateEnd(stream)
    case .deflate: unsafe deflateEnd(stream)
    }
    unsafe stream.deallocate()
  }

  /// Inflates one whole stream; nil when it ends in the last byte of `body` and fills `plain` exactly.
  ///
  /// zlib goes on past a full output until it has a byte to put there, so that one spare byte tells a stream that is
  /// too long from one that is cut short.
  func inflate(_ body: UnsafeRawBufferPointer, into plain: UnsafeMutableRawBufferPointer)
    -> ErrorCode?
  {
    guard let input = UInt32(exactly: body.count), let room = UInt32(exactly: plain.count),
      unsafe inflateReset(stream) == Z_OK
    else { return .deflateInvalid }
    unsafe setInput(body.baseAddress, input)
    if let output = plain.baseAddress, room > 0 {
      unsafe stream.pointee.next_out = output.assumingMemoryBound(to: UInt8.self)
      unsafe stream.pointee.avail_out = room
      let status = unsafe CZlib.inflate(stream, Z_FINISH)
      if status == Z_STREAM_END { return unsafe ended(stream.pointee.avail_out == 0) }
      guard status == Z_OK || status == Z_BUF_ERROR, unsafe stream.pointee.avail_out == 0 else {
        return .deflateInvalid
      }
    }
    var spare: UInt8 = 0
    let status = unsafe withUnsafeMutablePointer(to: &spare) { spare in
      unsafe stream.pointee.next_out = spare
      unsafe stream.pointee.avail_out = 1
      let status = unsafe CZlib.inflate(stream, Z_FINISH)
      unsafe stream.pointee.next_out = nil
      return status
    }
    let overflows = unsafe stream.pointee.avail_out == 0
    // One byte more than there should be counts before what follows the stream.
    if status == Z_STREAM_END { return overflows ? .deflateLength : ended(true) }
    return overflows && (status == Z_OK || status == Z_BUF_ERROR) ? .deflateLength : .deflateInvalid
  }

  private func ended(_ exact: Bool) -> ErrorCode? {
    if unsafe stream.pointee.avail_in > 0 { return .deflateTrailing }
    return exact ? nil : .deflateLength
  }

  /// Deflates to one stream with a final block; nil when it does not fit into `body`.
  func deflate(_ plain: UnsafeRawBufferPointer, into body: UnsafeMutableRawBufferPointer) -> Int? {
    guard let input = UInt32(exactly: plain.count), let output = body.baseAddress,
      unsafe deflateReset(stream) == Z_OK
    else { return nil }
    let room = UInt32(clamping: body.count)
    unsafe setInput(plain.baseAddress, input)
    unsafe stream.pointee.next_out = output.assumingMemoryBound(to: UInt8.self)
    unsafe stream.pointee.avail_out = room
    guard unsafe CZlib.deflate(stream, Z_FINISH) == Z_STREAM_END else { return nil }
    return Int(room - (unsafe stream.pointee.avail_out))
  }

  /// zlib declares its input mutable and does not write to it.
  private func setInput(_ bytes: UnsafeRawPointer?, _ count: UInt32) {
    let input = unsafe bytes?.assumingMemoryBound(to: UInt8.self)
    unsafe stream.pointee.next_in = unsafe UnsafeMutablePointer(mutating: input)
    unsafe stream.pointee.avail_in = count
  }
}
