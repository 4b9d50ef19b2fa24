public import BuktiFormat
internal import CBuktiSystem
internal import Glibc
internal import Synchronization

/// A volume in a file, appended to by one process at a time.
///
/// A handle for appending holds an exclusive lock of its open file description from the moment it is
/// opened until it goes away, so a second one, also in the same process, gets `locked`, and the lock
/// dies with the process. Readers take no lock. Network file systems are not supported.
public final class FileStorage: Storage {
  /// After so many bytes the system begins to write them to the medium, beside the work that goes on here; else
  /// it would wait for the sync, and the sync for all of them.
  private static let writeStep: UInt64 = 16 << 20
  /// So many of the last bytes stay cached. What lies before them gives its memory to what comes next: to ask for
  /// more takes longer than to write, and what others have cached would go.
  private static let keptInCache: UInt64 = 64 << 20
  private let file: FileDescriptor
  private let isDead = Atomic<Bool>(false)
  private let appending = Mutex(Appending())
  /// Whether the handle may append.
  public let isWritable: Bool
  /// Whether the name itself is on stable storage: not so for readers, nor where the file system
  /// cannot sync a directory.
  public var isNameDurable: Bool { nameIsDurable.load(ordering: .acquiring) }
  private let nameIsDurable: Atomic<Bool>

  private init(_ file: FileDescriptor, isWritable: Bool, isNameDurable: Bool) {
    self.file = file
    self.isWritable = isWritable
    nameIsDurable = Atomic(isNameDurable)
  }

  deinit {
    // Closing is not enough: a child between fork and exec shares the description for a moment.
    if isWritable { _ = bukti_unlock(file.raw) }
  }

  /// Creates a new, empty file, locks it, and makes its name durable.
  /// - Throws: `exists`, `not-found` (no such directory), `disk-full`, `locked`, `name-refused`, `io`.
  public static func create(
    at path: [UInt8], mode: UInt32 = 0o640
  ) throws(BuktiError) -> FileStorage {
    let name = try cPath(path)
    let file = FileDescriptor(owning: unsafe try check(bukti_create(name, mode), "create", path))
    try lock(file, path)
    do throws(BuktiError) {
      try check(bukti_fsync(file.raw), "sync", path)
      let durable = try syncDirectory(of: path)
      return FileStorage(file, isWritable: true, isNameDurable: durable)
    } catch {
      // It is empty and ours by O_EXCL: leaving it would only make the next try fail with `exists`.
      unsafe _ = bukti_unlink(BUKTI_CWD, name)
      throw error
    }
  }

  /// Creates a file that gets its name later, from `giveName`, and locks it. Without a name nothing is left of it.
  ///
  /// - Parameter path: which name it will have.
  /// - Returns: nil where that cannot be done, as on FAT.
  /// - Throws: `name-refused`, `locked`, `io`.
  package static func createUnnamed(
    for path: [UInt8], mode: UInt32 = 0o640
  ) throws(BuktiError) -> FileStorage? {
    let result = unsafe bukti_create_unnamed(try cPath(folder(of: path)), mode)
    if result < 0 { return nil }
    let file = FileDescriptor(owning: result)
    try lock(file, path)
    return FileStorage(file, isWritable: true, isNameDurable: false)
  }

  /// Gives the file that `createUnnamed` made its name, and makes that durable.
  /// - Throws: `exists`, `not-found`, `disk-full`, `io`: the file has no name then.
  package func giveName(_ path: [UInt8]) throws(BuktiError) {
    let name = try cPath(path)
    unsafe try check(bukti_give_name(file.raw, name), "create", path)
    do throws(BuktiError) {
      // A log of the file system may have left out what had no name.
      try killing(bukti_fsync(file.raw), "sync")
      nameIsDurable.store(try syncDirectory(of: path), ordering: .releasing)
    } catch {
      unsafe _ = bukti_unlink(BUKTI_CWD, name)
      throw error
    }
  }

  /// Names the file on this machine, also while it has no name.
  /// - Throws: `io`.
  package func id() throws(BuktiError) -> FileID { try FileMetadata(of: file).id }

  /// Takes the name away from a file that was made here and holds nothing that anybody counts on.
  ///
  /// Another file that has the name by now keeps it.
  package func removeName(_ path: [UInt8]) {
    guard let name = try? cPath(path), let own = try? id(), (try? FileMetadata.at(path).id) == own
    else { return }
    unsafe _ = bukti_unlink(BUKTI_CWD, name)
  }

  /// Creates a file that has its first bytes, and room behind them, before it has its name.
  ///
  /// Until then it is `PATH.part`; what an earlier try left under that name is replaced.
  /// - Parameter room: bytes to set aside behind the first ones, where the file system can.
  /// - Throws: `exists`, `not-found` (no such directory), `locked`, `name-refused`; `disk-full`, after which
  ///   nothing is left of it; `io`.
  public static func create(
    at path: [UInt8], beginningWith bytes: [UInt8], room: UInt64, mode: UInt32 = 0o640
  ) throws(BuktiError) -> FileStorage {
    let name = try cPath(path)
    let part = path + Array(".part".utf8) + [0]
    unsafe _ = bukti_unlink(BUKTI_CWD, part)
    let file = FileDescriptor(owning: unsafe try check(bukti_create(part, mode), "create", path))
    try lock(file, path)
    let storage = FileStorage(file, isWritable: true, isNameDurable: false)
    do throws(BuktiError) {
      try storage.reserve(UInt64(bytes.count) + room)
      try storage.append(bytes)
      try check(bukti_fsync(file.raw), "sync", path)
      unsafe try check(bukti_rename_new(BUKTI_CWD, part, BUKTI_CWD, name), "create", path)
    } catch {
      unsafe _ = bukti_unlink(BUKTI_CWD, part)
      throw error
    }
    storage.nameIsDurable.store(try syncDirectory(of: path), ordering: .releasing)
    return storage
  }

  /// Opens an existing file to append to it, and locks it before anything is read.
  /// - Throws: `not-found`, `locked`, `name-refused`, `io`.
  public static func openForAppending(at path: [UInt8]) throws(BuktiError) -> FileStorage {
    let name = try cPath(path)
    let file = FileDescriptor(owning: unsafe try check(bukti_open_append(name), "open", path))
    try lock(file, path)
    // Whoever created it may have died before its name was durable. A directory that we may not
    // open cannot be synced, which is no reason to refuse the append.
    let durable = (try? syncDirectory(of: path)) ?? false
    return FileStorage(file, isWritable: true, isNameDurable: durable)
  }

  /// Opens an existing file for reading, without a lock.
  /// - Throws: `not-found`, `name-refused`, `io`.
  public static func openForReading(at path: [UInt8]) throws(BuktiError) -> FileStorage {
    let name = try cPath(path)
    let file = FileDescriptor(
      owning: unsafe try check(bukti_open_read(BUKTI_CWD, name), "open", path))
    return FileStorage(file, isWritable: false, isNameDurable: false)
  }

  /// Whether another handle holds the lock for appending, so that the end may be half written at any time.
  public var isBeingWritten: Bool { bukti_is_locked(file.raw) == 1 }

  private struct Appending {
    /// Bytes that the system was not told yet to write to the medium.
    var waiting: UInt64 = 0
    /// Where the bytes begin that this handle may have left in the cache; nil before the first step.
    var cachedFrom: UInt64?
  }

  public func append(_ pieces: [UnsafeRawBufferPointer]) throws(BuktiError) {
    try requireWritable()
    let result = appending.withLock { state -> CInt? in
      if isDead.load(ordering: .acquiring) { return nil }
      let result = unsafe withUnsafeTemporaryAllocation(of: iovec.self, capacity: pieces.count) {
        vectors -> CInt in
        for index in unsafe pieces.indices {
          let base = unsafe UnsafeMutableRawPointer(mutating: pieces[index].baseAddress)
          let vector = unsafe iovec(iov_base: base, iov_len: pieces[index].count)
          unsafe vectors.initializeElement(at: index, to: vector)
        }
        return unsafe bukti_append(file.raw, vectors.baseAddress, pieces.count)
      }
      if result < 0 { isDead.store(true, ordering: .releasing) }
      state.waiting += unsafe pieces.reduce(0) { $0 + UInt64($1.count) }
      if state.waiting >= Self.writeStep { startWriting(&state) }
      return result
    }
    guard let result else { throw BuktiError.dead }
    try check(result, "append")
  }

  /// What is not on the medium yet when its turn comes is asked for a few times more, and stays cached then.
  private func startWriting(_ state: inout Appending) {
    bukti_start_writing(file.raw)
    let end = UInt64(max(0, bukti_size(file.raw)))
    // Somebody may have cut the file.
    let start = min(end, state.cachedFrom ?? end - min(end, state.waiting))
    state.waiting = 0
    state.cachedFrom = max(start, end - min(end, 4 * Self.keptInCache))
    if end - start > Self.keptInCache {
      _ = bukti_drop_cache(file.raw, start, end - start - Self.keptInCache)
    }
  }

  /// A reader may ask for it as well: what another process wrote is to be durable before something leans on it.
  public func sync() throws(BuktiError) {
    try requireLife()
    let result = bukti_fdatasync(file.raw)
    // A medium that nothing can be written to has nothing to sync.
    if !isWritable, result == -EROFS || result == -EINVAL { return }
    try killing(result, "sync")
  }

  public func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(BuktiError) -> Int {
    try requireLife()
    guard let base = buffer.baseAddress, offset < UInt64(Int64.max) else { return 0 }
    var done = 0
    // One more call after a short count tells the end from an error in the middle.
    while done < buffer.count {
      let place = offset + UInt64(done)
      let count = unsafe try check(
        bukti_pread(file.raw, base + done, buffer.count - done, place), "read")
      if count == 0 { break }
      done += Int(count)
    }
    return done
  }

  public func size() throws(BuktiError) -> UInt64 {
    try requireLife()
    return UInt64(try check(bukti_size(file.raw), "size"))
  }

  public func truncate(to size: UInt64) throws(BuktiError) {
    try requireWritable()
    if size > (try self.size()) {
      throw BuktiError(.io, "truncate: the new size lies beyond the end", errno: EINVAL)
    }
    try killing(bukti_truncate(file.raw, size), "truncate")
  }

  public func reserve(_ count: UInt64) throws(BuktiError) {
    try requireWritable()
    if count == 0 {
      // Cutting at the end gives back what lies behind it. A file that may only grow (`chattr +a`) refuses that;
      // what was written is as good as it was, and room that stays set aside is no reason to call it lost.
      _ = bukti_truncate(file.raw, try size())
      return
    }
    let result = bukti_reserve(file.raw, try size(), count)
    if result == -EOPNOTSUPP || result == -ENOSYS { return }
    try check(result, "reserve")
  }

  /// Asks the system to forget its cached pages from an offset on, so that a read back comes from the medium.
  ///
  /// Only synced pages can be forgotten; call `sync()` first.
  public func dropCachedPages(from offset: UInt64 = 0) throws(BuktiError) {
    try requireLife()
    // A page is forgotten only as a whole.
    try check(bukti_drop_cache(file.raw, offset & ~0xFFFF, 0), "drop cached pages")
  }

  /// Tells the system that reads will go from the front to the back.
  public func adviseSequential() { _ = bukti_advise_sequential(file.raw) }

  private func killing(_ result: CInt, _ action: String) throws(BuktiError) {
    if result < 0 { isDead.store(true, ordering: .releasing) }
    try check(result, action)
  }

  private func requireLife() throws(BuktiError) {
    if isDead.load(ordering: .acquiring) { throw BuktiError.dead }
  }

  private func requireWritable() throws(BuktiError) {
    try requireLife()
    if !isWritable { throw BuktiError(.io, "opened for reading only", errno: EBADF) }
  }

  private static func lock(_ file: FileDescriptor, _ path: [UInt8]) throws(BuktiError) {
    let result = bukti_lock(file.raw)
    if result == -EAGAIN {
      throw BuktiError(.locked, "another writer holds the file", errno: EAGAIN)
    }
    try check(result, "lock", path)
  }
}

/// Makes the name at `path` durable; false where the file system cannot sync a directory.
func syncDirectory(of path: [UInt8]) throws(BuktiError) -> Bool {
  let parent = folder(of: path)
  let name = try cPath(parent)
  let directory = FileDescriptor(
    owning: unsafe try check(bukti_open_directory(BUKTI_CWD, name, 1), "open", parent))
  let result = bukti_fsync(directory.raw)
  if result == -EINVAL { return false }
  try check(result, "sync directory", parent)
  return true
}

/// The folder that a path's last name stands in.
private func folder(of path: [UInt8]) -> [UInt8] {
  guard let slash = path.lastIndex(of: UInt8(ascii: "/")) else { return Array(".".utf8) }
  return slash == 0 ? [UInt8(ascii: "/")] : Array(path[..<slash])
}
