public import BuktiFormat
import BuktiStore

extension BundleWriter {
  /// Adds a folder with all that it holds: one item for each name, parents first.
  ///
  /// Links are not followed; devices, FIFOs and sockets are recorded and never opened; further hard
  /// links name the item of the first one; the bundle itself is left out. What cannot be read is an
  /// item that says so.
  /// - Returns: what was added, and every item that is not complete.
  /// - Throws: `not-found`, `io` where the root cannot be opened; `closed`, `usage`, `disk-full`, `io`,
  ///   `dead`: errors of the bundle, never of what the folder holds.
  public mutating func addFolder(
    at root: [UInt8], _ folder: FolderOptions
  ) throws(BuktiError) -> AcquisitionReport {
    try log.requireNotClosed()
    try ItemDescription(kind: .directory, name: folder.name).checkName()
    var walk = FolderWalk(walker: try TreeWalker(root: root), folder: folder)
    while let entry = walk.next() {
      if options.isInterrupted() {
        walk.report.isInterrupted = true
        try note(Note(text: "Interrupted: the rest of a folder was not read.", time: options.now()))
        break
      }
      do throws(BuktiError) { try add(entry, of: &walk) } catch {
        // The item at hand is suspended; the next question ends the walk.
        guard error.code == .interrupted else { throw error }
      }
    }
    return walk.report
  }

  private mutating func add(
    _ entry: TreeEntry, of walk: inout FolderWalk
  ) throws(BuktiError) {
    var description = walk.description(of: entry)
    if let rule = walk.folder.exclude(entry.path, entry.metadata) {
      if entry.metadata?.kind == .directory { walk.walker.skipDescendants() }
      let added = try record(description, state: .notAcquired, reason: "excluded by \(rule)")
      return walk.report.count(added, name: description.name, isExcluded: true)
    }
    if let reason = isOwnFile(entry) ? "it is the bundle itself" : walk.problem(with: entry) {
      return walk.report.count(
        try record(description, state: .notAcquired, reason: reason), name: description.name)
    }
    let added =
      entry.metadata?.kind == .file
      ? try addFile(entry, description, of: &walk)
      : try addOther(entry, &description, of: &walk)
    walk.report.count(added, name: description.name)
  }

  private func isOwnFile(_ entry: TreeEntry) -> Bool {
    guard let ownFiles, let id = entry.metadata?.id else { return false }
    return ownFiles.owns(id)
  }

  private mutating func addFile(
    _ entry: TreeEntry, _ description: ItemDescription, of walk: inout FolderWalk
  ) throws(BuktiError) -> AddedItem {
    let first = entry.sameAs ?? entry.path
    if let same = walk.firstItems[first] { return try record(description, sameAs: same) }
    var file: SourceFile
    do throws(BuktiError) { file = try walk.walker.openCurrent() } catch {
      return try record(description, state: .notAcquired, reason: error.message)
    }
    var opened = description
    opened.take(file.opened)
    let added = try add(file, as: opened)
    let hasOthers = (entry.metadata?.links ?? 1) > 1
    if hasOthers, added.digests != nil { walk.firstItems[first] = added.id }
    return added
  }

  /// Adds what has no bytes: a directory, a link, a device, a FIFO, a socket.
  private mutating func addOther(
    _ entry: TreeEntry, _ description: inout ItemDescription, of walk: inout FolderWalk
  ) throws(BuktiError) -> AddedItem {
    var target: [UInt8]?
    var problem: String?
    do throws(BuktiError) {
      if description.kind == .symlink { target = try walk.walker.currentLinkTarget() }
      try description.posix?.take(walk.walker.currentAttributes())
    } catch { problem = error.message }
    if description.kind == .directory, walk.skipsMount(entry) {
      problem = "another file system is mounted here and was not entered"
    }
    guard let problem else { return try record(description, target: target) }
    let isThere = description.kind != .symlink || target != nil
    return try record(
      description, state: isThere ? .partial : .notAcquired, target: target, reason: problem)
  }
}

/// A folder on its way into the bundle.
private struct FolderWalk {
  let walker: TreeWalker
  let folder: FolderOptions
  var report = AcquisitionReport()
  /// The items of files with more than one name, by the first of their names.
  var firstItems: [[UInt8]: UInt64] = [:]
  private var device: UInt64?

  init(walker: TreeWalker, folder: FolderOptions) {
    self.walker = walker
    self.folder = folder
  }

  mutating func next() -> TreeEntry? {
    let entry = walker.next()
    if device == nil { device = entry?.metadata?.id.device }
    return entry
  }

  func description(of entry: TreeEntry) -> ItemDescription {
    var name = folder.name
    if !entry.path.isEmpty { name += [UInt8(ascii: "/")] + entry.path }
    let kind = entry.metadata.map { ItemKind($0.kind) } ?? .file
    var description = ItemDescription(kind: kind, name: Array(name.prefix(65_535)))
    if let metadata = entry.metadata { description.take(metadata) }
    description.parent = folder.parent
    description.exhibit = folder.exhibit
    return description
  }

  /// Why an entry cannot be taken at all.
  func problem(with entry: TreeEntry) -> String? {
    if let error = entry.error { return error.message }
    if folder.name.count + 1 + entry.path.count > 65_535 { return "its path is too long; cut here" }
    if entry.metadata?.kind == .unknown { return "a kind of file that is not known" }
    return nil
  }

  /// Stays out of a mounted file system where that is asked for.
  func skipsMount(_ entry: TreeEntry) -> Bool {
    guard !folder.crossesMounts, entry.metadata?.id.device != device else { return false }
    walker.skipDescendants()
    return true
  }
}
