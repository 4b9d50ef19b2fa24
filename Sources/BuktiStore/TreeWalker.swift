public import BuktiFormat
internal import CBuktiSystem
internal import Glibc

/// One name found in a folder that is taken as evidence.
public struct TreeEntry: Sendable {
  /// Bytes relative to the root, parts joined by `/`; empty for the root itself.
  public let path: [UInt8]
  /// Nil if even that could not be had.
  public let metadata: FileMetadata?
  /// The path of the first name of the same file, if this is a further hard link; nil where the file was
  /// written to or touched since, or another one has its inode now.
  public let sameAs: [UInt8]?
  /// Why the entry, or what a directory holds, could not be read.
  public let error: BuktiError?
}

/// Walks a folder, parents before children, names in the order of their bytes, without following
/// links and without opening devices, FIFOs or sockets.
///
/// Keeps a bounded number of descriptors open, however deep the tree is. Directories that were left
/// open are found again by `..`, checked by device and inode, so that a folder that is moved while
/// it is walked leads nowhere else. Mount points are entered; a caller that does not want that
/// compares `metadata.id.device` and calls `skipDescendants()`, which also serves to leave out the
/// bundle that is being written.
public final class TreeWalker {
  private struct Level {
    let name: [UInt8]
    let id: FileID
    let names: [[UInt8]]
    var next = 0
    /// Nil while parked.
    var directory: FileDescriptor?
    /// How long the path of this directory is.
    let pathCount: Int
  }

  private struct Current {
    let folder: FileDescriptor
    /// Nil for a directory, whose own descriptor `folder` is.
    let name: [UInt8]?
    let metadata: FileMetadata
  }

  private struct FirstName {
    let path: [UInt8]
    let version: FileVersion
  }

  private let root: FileDescriptor
  private let maximumOpen: Int
  private var isStarted = false
  private var levels: [Level] = []
  private var path: [UInt8] = []
  private var firstNames: [FileID: FirstName] = [:]
  private var current: Current?

  /// Opens the root, which may be named through a link.
  /// - Throws: `not-found`, `name-refused`, `io`.
  public convenience init(root: [UInt8]) throws(BuktiError) {
    try self.init(root: root, maximumOpen: 64)
  }

  init(root path: [UInt8], maximumOpen: Int) throws(BuktiError) {
    let name = try cPath(path)
    root = FileDescriptor(
      owning: unsafe try check(bukti_open_source_folder(BUKTI_CWD, name, 1), "open", path))
    self.maximumOpen = max(2, maximumOpen)
  }

  /// Returns the next entry, the root first, or nil at the end. Errors are part of the entries.
  public func next() -> TreeEntry? {
    current = nil
    if !isStarted {
      isStarted = true
      return enter(root, name: [], found: nil)
    }
    while let level = levels.last {
      if level.next >= level.names.count {
        if let lost = leave() { return lost }
        continue
      }
      levels[levels.count - 1].next += 1
      if let folder = level.directory { return visit(level.names[level.next], in: folder) }
    }
    return nil
  }

  /// Leaves out what the directory that `next()` returned last holds.
  public func skipDescendants() {
    guard let current, current.name == nil, let level = levels.last else { return }
    levels[levels.count - 1].next = level.names.count
  }

  /// Opens the regular file that `next()` returned last.
  /// - Throws: `source-changed` if another file has its name now; `not-found`, `io`.
  public func openCurrent() throws(BuktiError) -> SourceFile {
    guard let current, let name = current.name, current.metadata.kind == .file else {
      throw BuktiError(.io, "not a regular file", errno: EINVAL)
    }
    let file = try SourceFile.open(name, in: current.folder)
    if file.opened.id != current.metadata.id { throw Self.replaced }
    return file
  }

  /// Returns the target of the symbolic link that `next()` returned last.
  /// - Throws: `io`, `not-found`.
  public func currentLinkTarget() throws(BuktiError) -> [UInt8] {
    guard let current, let name = current.name else {
      throw BuktiError(.io, "not a symbolic link", errno: EINVAL)
    }
    return try readLink(name, in: current.folder)
  }

  /// Returns the extended attributes of the entry that `next()` returned last.
  /// - Throws: `io`, `not-found`.
  public func currentAttributes() throws(BuktiError) -> [ExtendedAttribute] {
    guard let current else { return [] }
    guard let name = current.name else { return try ExtendedAttribute.all(of: current.folder) }
    return try ExtendedAttribute.all(of: name, in: current.folder)
  }

  private func visit(_ name: [UInt8], in folder: FileDescriptor) -> TreeEntry {
    let entryPath = path.isEmpty ? name : path + [UInt8(ascii: "/")] + name
    do throws(BuktiError) {
      let metadata = try FileMetadata(of: folder, name: name)
      if metadata.kind == .directory { return open(name, in: folder, entryPath, metadata) }
      current = Current(folder: folder, name: name, metadata: metadata)
      return TreeEntry(
        path: entryPath, metadata: metadata, sameAs: firstName(entryPath, metadata), error: nil)
    } catch {
      return TreeEntry(path: entryPath, metadata: nil, sameAs: nil, error: error)
    }
  }

  private func firstName(_ path: [UInt8], _ metadata: FileMetadata) -> [UInt8]? {
    if metadata.links < 2 { return nil }
    let version = metadata.version
    if let first = firstNames[metadata.id], first.version == version { return first.path }
    // Inodes are used again, and what was found under the first name is not what is there now.
    firstNames[metadata.id] = FirstName(path: path, version: version)
    return nil
  }

  private func open(
    _ name: [UInt8], in folder: FileDescriptor, _ entryPath: [UInt8], _ found: FileMetadata
  ) -> TreeEntry {
    do throws(BuktiError) {
      let directory = try openDirectory(name, in: folder)
      let parent = path
      path = entryPath
      let entry = enter(directory, name: name, found: found)
      if entry.error != nil { path = parent }
      return entry
    } catch {
      return TreeEntry(path: entryPath, metadata: found, sameAs: nil, error: error)
    }
  }

  /// Makes an open directory, whose path is `path`, the current level.
  private func enter(
    _ directory: FileDescriptor, name: [UInt8], found: FileMetadata?
  ) -> TreeEntry {
    var metadata = found
    do throws(BuktiError) {
      let opened = try FileMetadata(of: directory)
      if let found, found.id != opened.id { throw Self.replaced }
      metadata = opened
      let names = try sortedNames(in: directory)
      levels.append(
        Level(
          name: name, id: opened.id, names: names, directory: directory, pathCount: path.count))
      // The root stays open: it is where a lost level is looked for.
      let parked = levels.count - maximumOpen
      if parked > 0 { levels[parked].directory = nil }
      current = Current(folder: directory, name: nil, metadata: opened)
      return TreeEntry(path: path, metadata: opened, sameAs: nil, error: nil)
    } catch {
      return TreeEntry(path: path, metadata: metadata, sameAs: nil, error: error)
    }
  }

  /// Goes back to the parent; returns an entry if the rest of it cannot be reached any more.
  private func leave() -> TreeEntry? {
    guard let child = levels.popLast(), let parent = levels.last else { return nil }
    path.removeLast(path.count - parent.pathCount)
    if parent.directory != nil { return nil }
    let index = levels.count - 1
    if let found = child.directory.flatMap({ try? openDirectory(Array("..".utf8), in: $0) }),
      (try? FileMetadata(of: found))?.id == parent.id
    {
      levels[index].directory = found
    } else {
      levels[index].directory = searchFromRoot(for: index)
    }
    if levels[index].directory != nil || parent.next >= parent.names.count { return nil }
    levels[index].next = parent.names.count
    return TreeEntry(path: path, metadata: nil, sameAs: nil, error: Self.replaced)
  }

  private func searchFromRoot(for index: Int) -> FileDescriptor? {
    var directory = root
    for level in levels.prefix(index + 1).dropFirst() {
      guard let next = try? openDirectory(level.name, in: directory) else { return nil }
      directory = next
    }
    return (try? FileMetadata(of: directory))?.id == levels[index].id ? directory : nil
  }

  private static let replaced = BuktiError(
    .sourceChanged, "replaced by another while the folder was being read")
}

private func openDirectory(
  _ name: [UInt8], in folder: FileDescriptor
) throws(BuktiError) -> FileDescriptor {
  let path = try cPath(name)
  return FileDescriptor(
    owning: unsafe try check(bukti_open_source_folder(folder.raw, path, 0), "open", name))
}

/// The target of a symbolic link.
func readLink(_ name: [UInt8], in folder: FileDescriptor) throws(BuktiError) -> [UInt8] {
  let path = try cPath(name)
  var capacity = 4096
  while true {
    var result: Int64 = 0
    let target = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
      result = unsafe bukti_readlink(folder.raw, path, buffer.baseAddress, buffer.count)
      count = Int(max(0, result))
    }
    try check(result, "read link", name)
    if target.count < capacity { return target }
    capacity *= 2
  }
}
