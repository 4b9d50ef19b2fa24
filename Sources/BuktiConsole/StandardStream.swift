public import BuktiFormat
public import BuktiStore
internal import CBuktiSystem
internal import Glibc

/// Standard output and standard error as bytes.
public struct StandardStream: Sendable {
  private let descriptor: CInt

  public static let output = StandardStream(descriptor: 1)
  public static let error = StandardStream(descriptor: 2)

  /// Writes all bytes.
  /// - Throws: `disk-full`, `io`.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(BuktiError) {
    guard let base = bytes.baseAddress, unsafe !bytes.isEmpty else { return }
    var piece = unsafe iovec(
      iov_base: UnsafeMutableRawPointer(mutating: base), iov_len: bytes.count)
    let name = descriptor == 1 ? "output" : "error"
    try unsafe check(bukti_append(descriptor, &piece, 1), "write to standard \(name)")
  }

  /// Writes all bytes.
  /// - Throws: `disk-full`, `io`.
  public func write(_ bytes: RawSpan) throws(BuktiError) {
    unsafe try bytes.withUnsafeBytes { (buffer) throws(BuktiError) in unsafe try write(buffer) }
  }

  /// Writes all bytes.
  /// - Throws: `disk-full`, `io`.
  public func write(_ bytes: [UInt8]) throws(BuktiError) {
    unsafe try bytes.span.raw.withUnsafeBytes { (buffer) throws(BuktiError) in
      unsafe try write(buffer)
    }
  }
}

extension FileDescriptorSource {
  /// Standard input, given up at the next ^C.
  public static var standardInput: FileDescriptorSource {
    FileDescriptorSource(borrowing: 0) { Interrupt.isRequested }
  }
}
