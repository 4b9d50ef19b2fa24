public import BuktiFormat
internal import CBuktiSystem
internal import Synchronization

/// A file that is being extracted, under a name of its own until it is whole.
///
/// Ranges that are never written are holes and read as zeros: set the size, then write what is not
/// zero. A file that is not published is removed with its last user.
public final class ConfinedFile: Sendable {
  private let file: FileDescriptor
  private let part: [UInt8]
  private let name: [UInt8]
  private let parent: FileDescriptor
  private let directory: ConfinedDirectory
  private let isPublished = Mutex(false)

  init(
    _ file: FileDescriptor, part: [UInt8], name: [UInt8], in parent: FileDescriptor,
    of directory: ConfinedDirectory
  ) {
    self.file = file
    self.part = part
    self.name = name
    self.parent = parent
    self.directory = directory
  }

  deinit {
    if !isPublished.withLock({ $0 }) { unsafe _ = bukti_unlink(parent.raw, part + [0]) }
  }

  /// Writes all bytes at an offset; calls for different ranges may run beside each other.
  /// - Throws: `disk-full`, `io`.
  public func write(
    _ bytes: UnsafeRawBufferPointer, at offset: UInt64
  ) throws(BuktiError) {
    guard let base = bytes.baseAddress, bytes.count > 0 else { return }
    let room = UInt64(Int64.max).subtractingReportingOverflow(offset)
    if room.overflow || room.partialValue < UInt64(bytes.count) { throw Self.tooLarge }
    try unsafe check(bukti_pwrite(file.raw, base, bytes.count, offset), "write", name)
  }

  /// Sets the size, in bytes; what is new is a hole.
  /// - Throws: `disk-full` (also beyond what the file system can hold), `io`.
  public func setSize(_ size: UInt64) throws(BuktiError) {
    if size > UInt64(Int64.max) { throw Self.tooLarge }
    try check(bukti_truncate(file.raw, size), "set size", name)
  }

  /// Gives the file its permissions (below 01000 only), its time and its name, or another one beneath
  /// the same root, such as one for what is not proven.
  /// - Parameter isSynced: Whether to return only when file and name are on stable storage.
  /// - Throws: `exists` if the name has been taken meanwhile; `name-refused`, `disk-full`, `io`.
  public func publish(
    as other: [UInt8]? = nil, mode: UInt32, modified: FileTime, isSynced: Bool = false
  ) throws(BuktiError) {
    var (target, name) = (parent, name)
    if let other { (target, name) = try directory.openParent(of: other, creating: true) }
    try check(bukti_finish(file.raw, mode, modified.seconds, modified.nanoseconds), "finish", name)
    if isSynced { try check(bukti_fsync(file.raw), "sync", name) }
    let result = isPublished.withLock { isPublished -> CInt in
      let result = unsafe bukti_rename_new(parent.raw, part + [0], target.raw, name + [0])
      if result == 0 { isPublished = true }
      return result
    }
    try check(result, "publish", name)
    if isSynced { try check(bukti_fsync(target.raw), "sync directory", name) }
  }

  private static let tooLarge = BuktiError(.diskFull, "larger than any file system allows")
}
