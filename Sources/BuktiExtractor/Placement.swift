import BuktiFormat
import BuktiStore
import BuktiVerifier

/// Decides what becomes of each item, and puts it where it belongs beneath the target.
final class Placement {
  /// What is known of an item once it is closed, or once nothing more comes.
  struct Closed {
    var id: UInt64
    var record: UInt64?
    /// Nil where the item record is withheld, damaged or missing.
    var item: Item?
    /// As the item-open gave it, for an item without an item record.
    var openName: [UInt8]?
    var verdict: DigestVerdict
    /// Counted from 1.
    var session: Int
    var isSealed: Bool
  }

  /// What is done last, at the path of a result.
  private struct Ending {
    let result: Int
    let mode: UInt32
    let modified: FileTime
  }

  let directory: ConfinedDirectory
  let options: ExtractionOptions
  private(set) var results = ExtractedItems()
  private var paths: PathPlan
  private let now: FileTime
  /// Each with the length of its path.
  private var folders: [(end: Ending, length: Int)] = []
  /// The place of the result, and where the link leads.
  private var links = PackedRows()
  private var hardLinks: [(end: Ending, target: UInt64)] = []

  init(_ target: [UInt8], _ options: ExtractionOptions) throws(BuktiError) {
    directory = try ConfinedDirectory(at: target)
    let isEmpty = try directory.isEmpty()
    guard isEmpty || options.allowsExistingFiles else {
      throw BuktiError(.exists, "The target is not empty.")
    }
    self.options = options
    paths = PathPlan(options)
    now = try SystemClock().now().instant
  }

  /// Compares what will be written with what is allowed and with what fits.
  ///
  /// - Throws: `max-plain`, `disk-full`, `io`.
  func require(_ bytes: UInt64?) throws(BuktiError) {
    guard let bytes else { return }
    if bytes > options.maxPlain {
      throw BuktiError(.maxPlain, "The items have \(bytes) bytes, of \(options.maxPlain) allowed.")
    }
    let free = try directory.freeBytes()
    if bytes > free, !options.ignoresFreeSpace {
      throw BuktiError(.diskFull, "The items have \(bytes) bytes, and \(free) are free.")
    }
  }

  func begin(_ id: UInt64) -> ItemFile { ItemFile(directory, id: id) }

  /// Publishes an item, or says why not.
  func settle(_ closed: Closed, _ file: ItemFile?) throws(BuktiError) {
    guard let item = closed.item else { return try settleUnclosed(closed, file) }
    if !closed.isSealed, !options.includesUnsealed {
      return leave(closed, .unsealed, "no seal covers it")
    }
    switch item.kind {
    case .characterDevice, .blockDevice, .fifo, .socket:
      return leave(closed, .skipped, "a \(item.kind) is never made")
    case .directory: return try settleFolder(closed, item)
    case .symlink where item.target != nil: return try settleLink(closed, item)
    default: break
    }
    if item.state == .notAcquired { return leave(closed, .skipped, "not acquired") }
    if let target = item.sameAs {
      let path = path(of: closed, item, isProven: true)
      let result = add(closed, closed.isSealed ? .extracted : .unsealed, path)
      return hardLinks.append((ending(result, item), target))
    }
    try settleBytes(closed, item, file)
  }

  private func settleBytes(
    _ closed: Closed, _ item: Item, _ file: ItemFile?
  ) throws(BuktiError) {
    let file = if let file { file } else { begin(closed.id) }
    switch closed.verdict {
    case .holds, .none: try publish(file, closed, item, isProven: true, reason: nil)
    case .fails:
      try publish(file, closed, item, isProven: false, reason: "its digest is another")
    case .notChecked(let why):
      if file.received == 0, item.size > 0, !file.missing.isEmpty {
        return leave(closed, .skipped, why == .withheld ? "withheld" : "\(why.rawValue)", why)
      }
      try publish(file, closed, item, isProven: false, reason: "its digest was not checked", why)
    }
  }

  private func settleUnclosed(_ closed: Closed, _ file: ItemFile?) throws(BuktiError) {
    if !closed.isSealed, !options.includesUnsealed {
      return leave(closed, .unsealed, "no seal covers it")
    }
    let why: UncheckedReason? = if case .notChecked(let why) = closed.verdict { why } else { nil }
    guard let file, file.received > 0 else {
      return leave(closed, .skipped, why?.rawValue ?? "never closed", why)
    }
    let item = Item(
      kind: .file, name: closed.openName ?? Array("item-\(closed.id)".utf8), size: file.end,
      state: .partial)
    let reason = closed.record == nil ? "never closed" : "its item record cannot be read"
    try publish(file, closed, item, isProven: false, reason: reason, why)
  }

  private func publish(
    _ file: ItemFile, _ closed: Closed, _ item: Item, isProven: Bool, reason: String?,
    _ why: UncheckedReason? = nil
  ) throws(BuktiError) {
    let path = path(of: closed, item, isProven: isProven)
    let status: ExtractedItem.Status =
      !isProven ? .unproven : closed.isSealed ? .extracted : .unsealed
    let result = add(
      closed, status, path, reason: reason,
      isFailure: !isProven && why != .withheld && why != .limit, file)
    try attempt(result) { () throws(BuktiError) in
      try file.publish(
        as: path, size: item.size, mode: item.permissions, modified: item.modified ?? self.now)
    }
  }

  private func settleFolder(_ closed: Closed, _ item: Item) throws(BuktiError) {
    let path = path(of: closed, item, isProven: true, isFolder: true)
    let result = add(closed, closed.isSealed ? .extracted : .unsealed, path)
    try attempt(result) { () throws(BuktiError) in try self.directory.makeDirectory(path) }
    if results.hasPath(at: result) { folders.append((ending(result, item), path.count)) }
  }

  /// A link becomes a text file that says where it leads, unless links were asked for.
  private func settleLink(_ closed: Closed, _ item: Item) throws(BuktiError) {
    let ending = options.makesLinks ? [] : Array(".symlink".utf8)
    let path = path(of: closed, item, isProven: true, ending: ending)
    let result = add(closed, closed.isSealed ? .extracted : .unsealed, path)
    if options.makesLinks {
      var row = PackedRow()
      row.numbers[0] = UInt64(result)
      row.path = item.target ?? []
      return links.append(row)
    }
    let text = Array("symbolic link to:\n".utf8) + (item.target ?? []) + [UInt8(ascii: "\n")]
    let file = begin(closed.id)
    try file.write(text.span.raw, at: 0)
    try attempt(result) { () throws(BuktiError) in
      try file.publish(
        as: path, size: UInt64(text.count), mode: 0o644, modified: item.modified ?? self.now)
    }
  }

  /// Makes what had to wait: hard links, then symbolic links, then the permissions of folders.
  func finish(
    copying copy: (UInt64, ItemFile) throws(BuktiError) -> UInt64?
  ) throws(BuktiError) {
    try makeHardLinks(copy)
    var cursor = PackedRows.Cursor()
    while let link = links.next(&cursor) {
      let result = Int(link.numbers[0])
      guard let path = results.path(at: result) else { continue }
      try attempt(result) { () throws(BuktiError) in
        try self.directory.makeSymbolicLink(path, target: link.path)
      }
    }
    // What lies deeper first: a folder that may not be written to any more takes nothing in.
    folders.sort { $0.length > $1.length }
    for (end, _) in folders {
      guard let path = results.path(at: end.result) else { continue }
      try? directory.finishDirectory(path, mode: end.mode, modified: end.modified)
    }
  }

  private func makeHardLinks(
    _ copy: (UInt64, ItemFile) throws(BuktiError) -> UInt64?
  ) throws(BuktiError) {
    var places = results.places(of: Set(hardLinks.lazy.map(\.target)))
    for link in hardLinks {
      guard let path = results.path(at: link.end.result) else { continue }
      if let place = places[link.target], let existing = results.path(at: place),
        results.status(at: place) == results.status(at: link.end.result)
      {
        do throws(BuktiError) {
          try directory.makeHardLink(path, to: existing)
          continue
        } catch {
          if error.code != .io {
            fail(link.end.result, error)
            continue
          }
        }
      }
      try makeCopy(link.end, path, link.target, copy)
      // A file system has room for so many names of one file; the next are names of the copy.
      if results.hasPath(at: link.end.result) { places[link.target] = link.end.result }
    }
  }

  private func makeCopy(
    _ end: Ending, _ path: [UInt8], _ target: UInt64,
    _ copy: (UInt64, ItemFile) throws(BuktiError) -> UInt64?
  ) throws(BuktiError) {
    let file = begin(results[end.result].id)
    guard let size = try copy(target, file) else {
      return results.skip(end.result, "the item that it is a hard link of was not extracted")
    }
    try attempt(end.result) { () throws(BuktiError) in
      try file.publish(as: path, size: size, mode: end.mode, modified: end.modified)
    }
  }

  /// Takes an item back that turned out not to be what the plan took it for.
  func withdraw(_ result: Int, _ reason: String) throws(BuktiError) {
    guard let path = results.path(at: result) else { return }
    results.withdraw(result, reason)
    // A folder stays where it is: what lies in it was judged by itself.
    if isFolder(result) { return }
    do throws(BuktiError) {
      try directory.move(path, to: ExtractedItems.unproven + path)
      results.movePath(at: result)
    } catch {
      // A link waits until the end, and now is not made at all.
      guard error.code == .notFound else { throw error }
      results.removePath(at: result)
    }
  }

  /// Whether a result is a folder; they come in ascending order until all is finished.
  private func isFolder(_ result: Int) -> Bool {
    let place = folders.partitioningIndex { $0.end.result >= result }
    return place < folders.count && folders[place].end.result == result
  }

  func writeList(_ checkpoint: Checkpoint?) throws(BuktiError) -> [UInt8] {
    try ExtractionList.write(results, checkpoint: checkpoint, into: directory, modified: now)
  }

  /// Says that an item is not there.
  func leave(
    _ closed: Closed, _ status: ExtractedItem.Status, _ reason: String,
    _ why: UncheckedReason? = nil
  ) {
    _ = add(closed, status, nil, reason: reason, isFailure: why == .damaged)
  }

  private func add(
    _ closed: Closed, _ status: ExtractedItem.Status, _ path: [UInt8]?, reason: String? = nil,
    isFailure: Bool = false, _ file: ItemFile? = nil
  ) -> Int {
    results.append(
      id: closed.id, record: closed.record, name: closed.item?.name ?? closed.openName,
      path: path, sha256: closed.item?.digests?.sha256, status, reason: reason,
      isFailure: isFailure, missing: file?.missing ?? [], gaps: file?.gaps ?? [])
    return results.count - 1
  }

  private func ending(_ result: Int, _ item: Item) -> Ending {
    Ending(result: result, mode: item.permissions, modified: item.modified ?? now)
  }

  private func path(
    of closed: Closed, _ item: Item, isProven: Bool, isFolder: Bool = false, ending: [UInt8] = []
  ) -> [UInt8] {
    var folder: [[UInt8]] = []
    if !isProven { folder.append(Array("UNPROVEN".utf8)) }
    if !closed.isSealed { folder.append(Array("UNSEALED".utf8)) }
    if let exhibit = item.exhibit {
      folder.append(SafeName.escape(Array("exhibit-\(exhibit)".utf8), forWindows: true))
    }
    let digits = String(closed.session)
    let zeros = String(repeating: "0", count: max(0, 4 - digits.utf8.count))
    folder.append(Array("session-\(zeros)\(digits)".utf8))
    return paths.path(
      item.name, id: closed.id, in: folder, isFolder: isFolder, ending: ending)
  }

  /// Does one thing for one item; that its name is taken concerns this item alone.
  private func attempt(_ result: Int, _ body: () throws(BuktiError) -> Void) throws(BuktiError) {
    do throws(BuktiError) { try body() } catch {
      guard error.code == .exists || error.code == .nameRefused else { throw error }
      fail(result, error)
    }
  }

  private func fail(_ result: Int, _ error: BuktiError) { results.skip(result, error.message) }
}

extension Item {
  /// Permissions for what is written: never more than nine bits.
  fileprivate var permissions: UInt32 {
    guard let mode = posix?.mode else { return kind == .directory ? 0o755 : 0o644 }
    return UInt32(truncatingIfNeeded: mode) & 0o777
  }

  fileprivate var modified: FileTime? {
    guard let nanoseconds = times?.modified else { return nil }
    let (quotient, remainder) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    return remainder < 0
      ? FileTime(seconds: quotient - 1, nanoseconds: UInt32(remainder + 1_000_000_000))
      : FileTime(seconds: quotient, nanoseconds: UInt32(remainder))
  }
}
