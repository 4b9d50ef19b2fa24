public import BuktiFormat
internal import CBuktiSystem
internal import Glibc
internal import Synchronization

/// A directory beneath which an extraction creates files, and outside of which it changes nothing.
///
/// Paths come from bundles and are hostile: they are refused by their bytes first, then resolved by
/// the kernel beneath the root without any link (`openat2`), or part by part where it cannot do so.
/// Nothing that exists is ever overwritten, renamed away or opened for writing.
public final class ConfinedDirectory: Sendable {
  /// Longest part of a path, in bytes.
  public static let maximumPart = 255
  /// What the names of unfinished files begin with.
  public static let partPrefix = Array(".bukti-part-".utf8)

  private let root: FileDescriptor
  private let hasOpenBeneath: Atomic<Bool>

  /// Opens the directory that the operator named; makes it, for its owner only, if it is missing.
  /// - Throws: `not-found` (its parent is missing), `exists` (it is no directory), `name-refused`, `io`.
  public convenience init(at path: [UInt8]) throws(BuktiError) {
    try self.init(at: path, usingOpenBeneath: true)
  }

  init(at path: [UInt8], usingOpenBeneath: Bool) throws(BuktiError) {
    let name = try cPath(path)
    let made = unsafe bukti_make_directory(BUKTI_CWD, name)
    if made != -EEXIST { try check(made, "make directory", path) }
    let opened = unsafe bukti_open_directory(BUKTI_CWD, name, 1)
    if opened == -ENOTDIR {
      throw BuktiError(.exists, "the target exists and is no directory", errno: ENOTDIR)
    }
    root = FileDescriptor(owning: try check(opened, "open", path))
    hasOpenBeneath = Atomic(usingOpenBeneath)
  }

  /// Returns the parts of a path, or refuses it by its bytes alone.
  /// - Throws: `name-refused` if it is empty or absolute, ends in `/`, holds a NUL, or if one of its
  ///   parts is empty, `.`, `..` or longer than 255 bytes.
  public static func parts(of path: [UInt8]) throws(BuktiError) -> [[UInt8]] {
    if path.contains(0) { throw refused("holds a NUL byte") }
    let parts = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    for part in parts {
      if part.isEmpty { throw refused("is empty, absolute or has an empty part") }
      if part.elementsEqual(".".utf8) || part.elementsEqual("..".utf8) {
        throw refused("has a part . or ..")
      }
      if part.count > maximumPart { throw refused("has a part of more than 255 bytes") }
    }
    return parts.map { Array($0) }
  }

  /// Makes a directory and what is missing above it, each for its owner only.
  /// - Returns: Whether the last part is new.
  /// - Throws: `name-refused` (also if a link or a file stands in the way), `disk-full`, `io`.
  @discardableResult
  public func makeDirectory(_ path: [UInt8]) throws(BuktiError) -> Bool {
    let (parent, name) = try openParent(of: path, creating: true)
    let made = unsafe bukti_make_directory(parent.raw, name + [0])
    if made == -EEXIST {
      _ = try openPart(name, in: parent)
      return false
    }
    try check(made, "make directory", path)
    return true
  }

  /// Begins a file; it gets its name, and what is missing above it, when it is published.
  /// - Throws: `exists` if the name is taken already, `name-refused`, `disk-full`, `io`.
  /// - Parameter expectsFreeName: Whether it is enough that a taken name shows when the file is published.
  public func createFile(
    _ path: [UInt8], expectsFreeName: Bool = false
  ) throws(BuktiError) -> ConfinedFile {
    let (parent, name) = try openParent(of: path, creating: true)
    if !expectsFreeName, (try? FileMetadata(of: parent, name: name)) != nil {
      throw BuktiError.system(-Int(EEXIST), "create", path)
    }
    return try createPart(of: name, in: parent)
  }

  /// Begins a file that gets a path of its own only when it is published; the name is for messages.
  /// - Throws: `disk-full`, `io`.
  public func createUnnamedFile(for name: [UInt8]) throws(BuktiError) -> ConfinedFile {
    try createPart(of: name, in: root)
  }

  private func createPart(
    of name: [UInt8], in parent: FileDescriptor
  ) throws(BuktiError) -> ConfinedFile {
    for _ in 0..<100 {
      let random = String(UInt64.random(in: 0...UInt64.max), radix: 36)
      let part = Self.partPrefix + Array(random.utf8)
      let raw = unsafe bukti_create_part(parent.raw, part + [0])
      if raw == -EEXIST { continue }
      let file = FileDescriptor(owning: try check(raw, "create", name))
      return ConfinedFile(file, part: part, name: name, in: parent, of: self)
    }
    throw BuktiError(.exists, "no free name for an unfinished file", errno: EEXIST)
  }

  /// Makes a symbolic link; only for a caller whose operator asked for links.
  ///
  /// The target is not looked at: no later call goes through the link.
  /// - Throws: `exists`, `name-refused`, `disk-full`, `io`.
  public func makeSymbolicLink(_ path: [UInt8], target: [UInt8]) throws(BuktiError) {
    let (parent, name) = try openParent(of: path, creating: true)
    let target = try cPath(target)
    try unsafe check(bukti_symlink(target, parent.raw, name + [0]), "link", path)
  }

  /// Gives a file that was made here a second name.
  /// - Throws: `not-found`, `exists`, `name-refused`, `io` (also where the file system knows no links).
  public func makeHardLink(_ path: [UInt8], to existing: [UInt8]) throws(BuktiError) {
    let (source, name) = try openParent(of: existing, creating: false)
    let (parent, newName) = try openParent(of: path, creating: true)
    try unsafe check(
      bukti_link_new(source.raw, name + [0], parent.raw, newName + [0]), "link", path)
  }

  /// Whether nothing lies directly beneath the root.
  /// - Throws: `io`.
  public func isEmpty() throws(BuktiError) -> Bool { try sortedNames(in: root).isEmpty }

  /// Bytes that the file system of the root has room for.
  /// - Throws: `io`.
  public func freeBytes() throws(BuktiError) -> UInt64 {
    var bytes: UInt64 = 0
    try unsafe check(bukti_free_space(root.raw, &bytes), "free space")
    return bytes
  }

  /// Moves what stands at one path to another, making what is missing above it.
  /// - Throws: `not-found`, `exists`, `name-refused`, `io`.
  public func move(_ path: [UInt8], to target: [UInt8]) throws(BuktiError) {
    let (parent, name) = try openParent(of: path, creating: false)
    let (newParent, newName) = try openParent(of: target, creating: true)
    try unsafe check(
      bukti_rename_new(parent.raw, name + [0], newParent.raw, newName + [0]), "move", path)
  }

  /// Gives a directory its permissions (below 01000 only) and time, once nothing more goes into it.
  /// - Throws: `not-found`, `name-refused`, `io`.
  public func finishDirectory(
    _ path: [UInt8], mode: UInt32, modified: FileTime
  ) throws(BuktiError) {
    let (parent, name) = try openParent(of: path, creating: false)
    let directory = try openPart(name, in: parent)
    try check(
      bukti_finish(directory.raw, mode, modified.seconds, modified.nanoseconds), "finish", path)
  }

  /// The directory of a path, and the path's last part.
  func openParent(
    of path: [UInt8], creating: Bool
  ) throws(BuktiError) -> (FileDescriptor, [UInt8]) {
    let parts = try Self.parts(of: path)
    guard let name = parts.last else { throw Self.refused("is empty") }
    return (try openDirectory(parts.dropLast(), creating: creating), name)
  }

  private func openDirectory(
    _ parts: ArraySlice<[UInt8]>, creating: Bool
  ) throws(BuktiError) -> FileDescriptor {
    if parts.isEmpty { return root }
    let path = Array(parts.joined(separator: [UInt8(ascii: "/")]))
    // In one call, if the kernel can; a path longer than it takes goes part by part.
    if path.count < 4096, hasOpenBeneath.load(ordering: .relaxed) {
      let raw = unsafe bukti_open_beneath(root.raw, path + [0])
      if raw == -ENOSYS || raw == -EPERM {
        hasOpenBeneath.store(false, ordering: .relaxed)
      } else if raw != -ENOENT || !creating {
        return try Self.directory(raw, path)
      }
    }
    var directory = root
    for part in parts {
      if creating {
        let made = unsafe bukti_make_directory(directory.raw, part + [0])
        if made != -EEXIST { try check(made, "make directory", part) }
      }
      directory = try openPart(part, in: directory)
    }
    return directory
  }

  /// Opens one part, which cannot lead anywhere else: it is a single name, and no link.
  private func openPart(
    _ name: [UInt8], in directory: FileDescriptor
  ) throws(BuktiError) -> FileDescriptor {
    unsafe try Self.directory(bukti_open_directory(directory.raw, name + [0], 0), name)
  }

  private static func directory(_ raw: CInt, _ path: [UInt8]) throws(BuktiError) -> FileDescriptor {
    if raw == -ENOTDIR || raw == -ELOOP || raw == -EXDEV {
      throw BuktiError(.nameRefused, "a link or a file stands in the way", errno: -raw)
    }
    return FileDescriptor(owning: try check(raw, "open", path))
  }

  private static func refused(_ reason: String) -> BuktiError {
    BuktiError(.nameRefused, "the path \(reason)")
  }
}
