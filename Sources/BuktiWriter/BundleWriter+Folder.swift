public import BuktiFormat
import BuktiStore

extension BundleWriter {
  /// Adds a folder with all that it holds: one item for each name, parents first.
  ///
  /// Links are not followed; devices, FIFOs and sockets are recorded and never opened; further hard
  /// links name the item of the first one, unless the file changed since; the bundle itself is left out.
  /// What cannot be read is an item that says so.
  /// - Returns: what was added, and every item that is not complete.
  /// - Throws: `not-found`, `io` where the root cannot be opened; `closed`, `usage`, `disk-full`, `io`,
  ///   `dead`: errors of the bundle, never of what the folder holds.
  public mutating func addFolder(
    at root: [UInt8], _ folder: FolderOptions
  ) throws(BuktiError) -> AcquisitionReport {
    try log.requireNotClosed()
    try ItemDescription(kind: .directory, name: folder.name).checkName()
    var walk = FolderWalk(walker: try TreeWalker(root: root), folder: folder)
    do throws(BuktiError) { try take(&walk) } catch {
      // What was taken before is as good as it was, unless the storage failed: then nothing waits.
      try? log.pipeline.drain()
      throw error
    }
    try log.pipeline.drain()
    return walk.outcome.report
  }

  private mutating func take(_ walk: inout FolderWalk) throws(BuktiError) {
    while let entry = walk.next() {
      if options.isInterrupted() {
        walk.outcome.report.isInterrupted = true
        return try note(
          Note(text: "Interrupted: the rest of a folder was not read.", time: options.now()))
      }
      do throws(BuktiError) { try add(entry, of: &walk) } catch {
        // The item at hand is suspended; the next question ends the walk.
        guard error.code == .interrupted else { throw error }
      }
    }
  }

  private mutating func add(
    _ entry: TreeEntry, of walk: inout FolderWalk
  ) throws(BuktiError) {
    var description = walk.description(of: entry)
    if let rule = walk.folder.exclude(entry.path, entry.metadata) {
      if entry.metadata?.kind == .directory { walk.walker.skipDescendants() }
      return try take(
        description, state: .notAcquired, reason: "excluded by \(rule)",
        walk.count(description, isExcluded: true))
    }
    if let reason = isOwnFile(entry) ? "it is the bundle itself" : walk.problem(with: entry) {
      return try take(
        description, state: .notAcquired, reason: reason, walk.count(description))
    }
    if entry.metadata?.kind == .file { return try addFile(entry, description, of: &walk) }
    try addOther(entry, &description, of: &walk)
  }

  private func isOwnFile(_ entry: TreeEntry) -> Bool {
    guard let ownFiles, let id = entry.metadata?.id else { return false }
    return ownFiles.owns(id)
  }

  private mutating func addFile(
    _ entry: TreeEntry, _ description: ItemDescription, of walk: inout FolderWalk
  ) throws(BuktiError) {
    let first = entry.sameAs ?? entry.path
    let count = walk.count(description)
    if let item = walk.firstItems[first], item.version == entry.metadata?.version {
      return try take(description, sameAs: item, count)
    }
    var file: SourceFile
    do throws(BuktiError) { file = try walk.walker.openCurrent() } catch {
      return try take(description, state: .notAcquired, reason: error.message, count)
    }
    var opened = description
    opened.take(file.opened)
    guard file.opened.links > 1 else {
      try take(file, as: opened, count)
      return
    }
    let item = FirstItem(file.opened.version)
    item.id = try take(file, as: opened) { added in
      item.take(added)
      count(added)
    }
    walk.firstItems[first] = item.id == nil ? nil : item
  }

  /// Takes a further name of a file, which is as complete as the first one.
  private mutating func take(
    _ description: ItemDescription, sameAs first: FirstItem, _ done: @escaping (AddedItem) -> Void
  ) throws(BuktiError) {
    var item = description.item(size: 0, state: .complete)
    item.sameAs = first.id
    let complete: (inout Item) -> Void = { ($0.state, $0.reason) = (first.state, first.reason) }
    try take(item, completing: complete, done)
  }

  /// Adds what has no bytes: a directory, a link, a device, a FIFO, a socket.
  private mutating func addOther(
    _ entry: TreeEntry, _ description: inout ItemDescription, of walk: inout FolderWalk
  ) throws(BuktiError) {
    var target: [UInt8]?
    var problem: String?
    do throws(BuktiError) {
      if description.kind == .symlink { target = try walk.walker.currentLinkTarget() }
      try description.posix?.take(walk.walker.currentAttributes())
    } catch { problem = error.message }
    if description.kind == .directory, walk.skipsMount(entry) {
      problem = "another file system is mounted here and was not entered"
    }
    let count = walk.count(description)
    guard let problem else { return try take(description, target: target, count) }
    let isThere = description.kind != .symlink || target != nil
    try take(
      description, state: isThere ? .partial : .notAcquired, target: target, reason: problem,
      count)
  }
}

/// What became of the items of a folder.
private final class FolderOutcome {
  var report = AcquisitionReport()
}

/// The item of a file that has more names.
private final class FirstItem {
  /// What the file was when it was opened.
  let version: FileVersion
  /// Nil where it has no bytes.
  var id: UInt64?
  // Known once it is written, which is before what was taken later.
  private(set) var state = ItemState.complete
  private(set) var reason: String?

  init(_ version: FileVersion) { self.version = version }

  func take(_ item: AddedItem) { (state, reason) = (item.state, item.reason) }
}

/// A folder on its way into the bundle.
private struct FolderWalk {
  let walker: TreeWalker
  let folder: FolderOptions
  /// Filled as the items are written.
  let outcome = FolderOutcome()
  /// The items of files with more than one name, by the first of their names.
  var firstItems: [[UInt8]: FirstItem] = [:]
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

  /// What counts an item once it is written.
  func count(
    _ description: ItemDescription, isExcluded: Bool = false
  ) -> (AddedItem) -> Void {
    let outcome = outcome
    let name = description.name
    return { outcome.report.count($0, name: name, isExcluded: isExcluded) }
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
