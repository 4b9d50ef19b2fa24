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

  let directory: ConfinedDirectory
  let options: ExtractionOptions
  private(set) var results: [ExtractedItem] = []
  private var paths: PathPlan
  private let now: FileTime
  private var folders: [(path: [UInt8], item: Item)] = []
  private var links: [(result: Int, path: [UInt8], item: Item)] = []
  private var hardLinks: [(result: Int, path: [UInt8], item: Item)] = []
  private var places: [UInt64: Int] = [:]

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

  func begin(_ id: UInt64) throws(BuktiError) -> ItemFile { try ItemFile(directory, id: id) }

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
    if item.sameAs != nil {
      let path = path(of: closed, item, isProven: true)
      hardLinks.append((add(closed, .extracted, path), path, item))
      return
    }
    try settleBytes(closed, item, file)
  }

  private func settleBytes(
    _ closed: Closed, _ item: Item, _ file: ItemFile?
  ) throws(BuktiError) {
    let file = if let file { file } else { try begin(closed.id) }
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
    let result = add(closed, status, path)
    results[result].reason = reason
    results[result].isFailure = !isProven && why != .withheld && why != .limit
    results[result].missing = file.missing
    results[result].gaps = file.gaps
    try attempt(result) { () throws(BuktiError) in
      try file.publish(
        as: path, size: item.size, mode: item.permissions, modified: item.modified ?? self.now)
    }
  }

  private func settleFolder(_ closed: Closed, _ item: Item) throws(BuktiError) {
    let path = path(of: closed, item, isProven: true, isFolder: true)
    let result = add(closed, closed.isSealed ? .extracted : .unsealed, path)
    try attempt(result) { () throws(BuktiError) in try self.directory.makeDirectory(path) }
    if results[result].path != nil { folders.append((path, item)) }
  }

  /// A link becomes a text file that says where it leads, unless links were asked for.
  private func settleLink(_ closed: Closed, _ item: Item) throws(BuktiError) {
    let ending = options.makesLinks ? [] : Array(".symlink".utf8)
    let path = path(of: closed, item, isProven: true, ending: ending)
    let result = add(closed, closed.isSealed ? .extracted : .unsealed, path)
    if options.makesLinks {
      links.append((result, path, item))
      return
    }
    let text = Array("symbolic link to:\n".utf8) + (item.target ?? []) + [UInt8(ascii: "\n")]
    let file = try begin(closed.id)
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
    for link in hardLinks { try makeHardLink(link.result, link.path, link.item, copy) }
    for link in links where results[link.result].path != nil {
      try attempt(link.result) { () throws(BuktiError) in
        try self.directory.makeSymbolicLink(link.path, target: link.item.target ?? [])
      }
    }
    // What lies deeper first: a folder that may not be written to any more takes nothing in.
    for folder in folders.sorted(by: { $0.path.count > $1.path.count }) {
      try? directory.finishDirectory(
        folder.path, mode: folder.item.permissions, modified: folder.item.modified ?? now)
    }
  }

  private func makeHardLink(
    _ result: Int, _ path: [UInt8], _ item: Item,
    _ copy: (UInt64, ItemFile) throws(BuktiError) -> UInt64?
  ) throws(BuktiError) {
    guard let target = item.sameAs, results[result].path != nil else { return }
    if let place = places[target], let existing = results[place].path,
      results[place].status == results[result].status
    {
      do throws(BuktiError) { return try directory.makeHardLink(path, to: existing) } catch {
        if error.code != .io { return fail(result, error) }
      }
    }
    let file = try begin(results[result].id)
    guard let size = try copy(target, file) else {
      return skip(result, "the item that it is a hard link of was not extracted")
    }
    try attempt(result) { () throws(BuktiError) in
      try file.publish(
        as: path, size: size, mode: item.permissions, modified: item.modified ?? self.now)
    }
  }

  /// Takes an item back that turned out not to be what the plan took it for.
  func withdraw(_ result: Int, _ reason: String) throws(BuktiError) {
    guard let path = results[result].path else { return }
    let folder = Array("UNPROVEN/".utf8)
    results[result].status = .unproven
    results[result].reason = reason
    results[result].isFailure = true
    // A folder stays where it is: what lies in it was judged by itself.
    if folders.contains(where: { $0.path == path }) { return }
    do throws(BuktiError) {
      try directory.move(path, to: folder + path)
      results[result].path = folder + path
    } catch {
      // A link waits until the end, and now is not made at all.
      guard error.code == .notFound else { throw error }
      results[result].path = nil
    }
  }

  func writeList(_ checkpoint: Checkpoint?) throws(BuktiError) -> [UInt8] {
    try ExtractionList.write(results, checkpoint: checkpoint, into: directory, modified: now)
  }

  /// Says that an item is not there.
  func leave(
    _ closed: Closed, _ status: ExtractedItem.Status, _ reason: String,
    _ why: UncheckedReason? = nil
  ) {
    let result = add(closed, status, nil)
    results[result].reason = reason
    results[result].isFailure = why == .damaged
  }

  private func add(_ closed: Closed, _ status: ExtractedItem.Status, _ path: [UInt8]?) -> Int {
    results.append(
      ExtractedItem(
        id: closed.id, record: closed.record, name: closed.item?.name ?? closed.openName,
        path: path, sha256: closed.item?.digests?.sha256, status: status))
    places[closed.id] = results.count - 1
    return results.count - 1
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

  private func fail(_ result: Int, _ error: BuktiError) { skip(result, error.message) }

  private func skip(_ result: Int, _ reason: String) {
    results[result].status = .skipped
    results[result].path = nil
    results[result].reason = reason
  }
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
