public import BuktiFormat

/// Holds the bytes of one volume and only ever lets them grow.
///
/// Offsets and sizes are in bytes. After one failed append, sync or truncation the storage is dead:
/// what the disk holds is unknown then, and every later call throws `dead`. It must be opened anew
/// and its end examined. Appends are serialised; reads may run beside them on other threads.
public protocol Storage: AnyObject, Sendable {
  /// Appends all pieces, in order, as if they were one.
  /// - Throws: `disk-full`, `io`, `dead`. Part of the bytes may have been written.
  func append(_ pieces: [UnsafeRawBufferPointer]) throws(BuktiError)

  /// Returns once everything appended before is on stable storage.
  /// - Throws: `disk-full`, `io`, `dead`.
  func sync() throws(BuktiError)

  /// Fills `buffer` from `offset` and returns the count, which is short only at the end.
  /// - Throws: `io`, `dead`.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(BuktiError) -> Int

  /// Returns the number of bytes held.
  /// - Throws: `io`, `dead`.
  func size() throws(BuktiError) -> UInt64

  /// Cuts a torn tail off; never lengthens. Not durable before the next `sync()`.
  /// - Throws: `io`, `dead`; `io` and nothing is changed if `size` is beyond the end.
  func truncate(to size: UInt64) throws(BuktiError)

  /// Sets aside room for `count` bytes behind the end, so that a last seal fits on a full disk.
  ///
  /// What is appended later uses it up. 0 gives back what is left of it. A file system that cannot do either
  /// is no error.
  /// - Throws: `disk-full`, after which the storage still lives; `io`, `dead`.
  func reserve(_ count: UInt64) throws(BuktiError)
}

/// A storage that is only read, as over a network: `read(into:at:)` and `size()` are all it takes.
///
/// Whatever would change it throws `io`.
public protocol ReadOnlyStorage: Storage {}

extension ReadOnlyStorage {
  public func append(_ pieces: [UnsafeRawBufferPointer]) throws(BuktiError) { throw .readOnly }
  public func sync() throws(BuktiError) { throw .readOnly }
  public func truncate(to size: UInt64) throws(BuktiError) { throw .readOnly }
  public func reserve(_ count: UInt64) throws(BuktiError) { throw .readOnly }
}

extension BuktiError {
  fileprivate static let readOnly = BuktiError(.io, "This storage is only read.")
}

extension Storage {
  /// Appends the bytes of an array.
  public func append(_ bytes: [UInt8]) throws(BuktiError) {
    unsafe try bytes.span.raw.withUnsafeBytes { (piece) throws(BuktiError) in
      unsafe try append([piece])
    }
  }

  /// Reads up to `count` bytes from `offset`; fewer only at the end.
  public func read(_ count: Int, at offset: UInt64) throws(BuktiError) -> [UInt8] {
    let size = try size()
    guard offset < size, count > 0 else { return [] }
    let wanted = Int(min(UInt64(count), size - offset))
    var failure: BuktiError?
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
      do throws(BuktiError) {
        filled = unsafe try read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
      } catch { failure = error }
    }
    if let failure { throw failure }
    return bytes
  }
}
