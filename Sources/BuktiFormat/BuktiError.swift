/// What went wrong, in a form that does not change between versions.
///
/// Two errors are equal when code, offset and record are equal; the words may be improved at any time.
public struct BuktiError: Error, Sendable {
  /// The stable code, listed in `spec/registry.md`.
  public let code: ErrorCode
  /// Physical offset in the bundle, in bytes from the start of volume 0, if the error has a place;
  /// for the codes that begin with `cbor-`, the offset in the decoded body.
  public let offset: UInt64?
  /// Record number, if the error belongs to a record.
  public let record: UInt64?
  /// The system's error number, if a system call failed.
  public let errno: Int32?
  /// One sentence for a person: what, where, what to do.
  public let message: String

  public init(
    _ code: ErrorCode, _ message: String = "", offset: UInt64? = nil, record: UInt64? = nil,
    errno: Int32? = nil
  ) {
    self.code = code
    self.offset = offset
    self.record = record
    self.errno = errno
    self.message = message
  }

  /// The same error with a place, where the thrower did not know it.
  public func at(offset: UInt64? = nil, record: UInt64? = nil) -> BuktiError {
    BuktiError(
      code, message, offset: self.offset ?? offset, record: self.record ?? record, errno: errno)
  }
}

extension BuktiError: Equatable {
  public static func == (a: BuktiError, b: BuktiError) -> Bool {
    a.code == b.code && a.offset == b.offset && a.record == b.record
  }
}

extension BuktiError: CustomStringConvertible {
  public var description: String {
    var text = code.rawValue
    if let record { text += " in record \(record)" }
    if let offset { text += " at byte \(offset)" }
    if let errno { text += " (errno \(errno))" }
    return message.isEmpty ? text : text + ": " + message
  }
}
