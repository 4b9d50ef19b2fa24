public import BuktiFormat
internal import CBuktiSystem

/// Bytes that come one after the other, once: a file, a pipe, standard input.
public protocol ByteSource: AnyObject, Sendable {
  /// Reads at least one byte into `buffer` and returns the count, or 0 at the end.
  ///
  /// Waits where nothing is there yet. A short count says nothing about the end.
  /// - Throws: `io`.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(BuktiError) -> Int

  /// Waits until there is something to read, the end among it; false where that took too long.
  ///
  /// A source that cannot tell says yes, and lets `read` wait.
  /// - Throws: `interrupted`, `io`.
  func isReadable(within time: Duration) throws(BuktiError) -> Bool

  /// Goes on reading at another place, counted in bytes from the beginning; false where it cannot.
  func seek(to offset: UInt64) -> Bool
}

extension ByteSource {
  public func isReadable(within time: Duration) throws(BuktiError) -> Bool { true }

  public func seek(to offset: UInt64) -> Bool { false }
}

/// Reads a descriptor to its end.
public final class FileDescriptorSource: ByteSource {
  private let file: FileDescriptor?
  private let raw: CInt
  private let isCancelled: (@Sendable () -> Bool)?

  private init(owning file: FileDescriptor, _ isCancelled: (@Sendable () -> Bool)?) {
    self.file = file
    raw = file.raw
    self.isCancelled = isCancelled
  }

  /// Reads a descriptor that someone else opened and closes.
  ///
  /// - Parameter isCancelled: asked five times a second while nothing comes; true ends the reading.
  public init(borrowing descriptor: Int32, isCancelled: (@Sendable () -> Bool)? = nil) {
    file = nil
    raw = descriptor
    self.isCancelled = isCancelled
  }

  /// Opens a file, a FIFO or a device; waits for the other end of a FIFO.
  ///
  /// - Parameter isCancelled: as for a borrowed descriptor.
  /// - Throws: `not-found`, `name-refused`, `io`.
  public static func open(
    at path: [UInt8], isCancelled: (@Sendable () -> Bool)? = nil
  ) throws(BuktiError) -> FileDescriptorSource {
    let name = try cPath(path)
    let file = FileDescriptor(owning: unsafe try check(bukti_open_stream(name), "open", path))
    _ = bukti_advise_sequential(file.raw)
    return FileDescriptorSource(owning: file, isCancelled)
  }

  /// Waits for something to read.
  /// - Throws: `interrupted` where `isCancelled` says so; `io`.
  public func isReadable(within time: Duration) throws(BuktiError) -> Bool {
    let end = ContinuousClock.now + time
    while true {
      if isCancelled?() ?? false { throw BuktiError(.interrupted, "The reading was given up.") }
      // Upwards, so that the time is over once the wait is.
      let left = (end - .now) / .milliseconds(1)
      let step = Int32(max(0, min(200, left.rounded(.up))))
      if try check(bukti_wait_readable(raw, step), "read") > 0 { return true }
      if left <= 0 { return false }
    }
  }

  /// Reads what is there, or waits for it.
  /// - Throws: `interrupted` where `isCancelled` says so; `io`.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(BuktiError) -> Int {
    guard let base = buffer.baseAddress, buffer.count > 0 else { return 0 }
    if let isCancelled {
      repeat {
        if isCancelled() { throw BuktiError(.interrupted, "The reading was given up.") }
      } while try check(bukti_wait_readable(raw, 200), "read") == 0
    }
    return Int(unsafe try check(bukti_read(raw, base, buffer.count), "read"))
  }
}

extension ByteSource {
  /// Fills `buffer` unless the end comes first, and returns the count.
  public func readFully(into buffer: UnsafeMutableRawBufferPointer) throws(BuktiError) -> Int {
    var done = 0
    while done < buffer.count {
      let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
      let count = unsafe try read(into: rest)
      if count == 0 { break }
      done += count
    }
    return done
  }
}
