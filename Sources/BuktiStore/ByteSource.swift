public import BuktiFormat
internal import CBuktiSystem

/// Bytes that come one after the other, once: a file, a pipe, standard input.
public protocol ByteSource: AnyObject, Sendable {
  /// Reads at least one byte into `buffer` and returns the count, or 0 at the end.
  ///
  /// Waits where nothing is there yet. A short count says nothing about the end.
  /// - Throws: `io`.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(BuktiError) -> Int
}

/// Reads a descriptor to its end.
public final class FileDescriptorSource: ByteSource {
  private let file: FileDescriptor?
  private let raw: CInt

  private init(owning file: FileDescriptor) {
    self.file = file
    raw = file.raw
  }

  /// Reads a descriptor that someone else opened and closes.
  public init(borrowing descriptor: Int32) {
    file = nil
    raw = descriptor
  }

  /// Standard input.
  public static var standardInput: FileDescriptorSource { FileDescriptorSource(borrowing: 0) }

  /// Opens a file, a FIFO or a device; waits for the other end of a FIFO.
  /// - Throws: `not-found`, `name-refused`, `io`.
  public static func open(at path: [UInt8]) throws(BuktiError) -> FileDescriptorSource {
    let name = try cPath(path)
    let file = FileDescriptor(owning: unsafe try check(bukti_open_stream(name), "open", path))
    _ = bukti_advise_sequential(file.raw)
    return FileDescriptorSource(owning: file)
  }

  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(BuktiError) -> Int {
    guard let base = buffer.baseAddress, buffer.count > 0 else { return 0 }
    return Int(unsafe try check(bukti_read_stream(raw, base, buffer.count), "read"))
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
