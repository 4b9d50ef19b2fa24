import BuktiConsole
import BuktiFormat
import BuktiStore
import BuktiWriter

/// One source as the operator named it, looked at before anything is written.
enum Source {
  case stream(name: [UInt8])
  case file(path: RawPath, name: [UInt8], kind: ItemKind, size: UInt64)
  case folder(path: RawPath, name: [UInt8])

  init(_ path: RawPath, name: RawPath?, live: Bool) throws(BuktiError) {
    if path.bytes == Array("-".utf8) {
      self = .stream(name: name?.bytes ?? Array("stdin".utf8))
      return
    }
    let found = try FileMetadata.at(path.bytes)
    let name = name?.bytes ?? Self.lastPart(of: path.bytes)
    switch found.kind {
    case .directory: self = .folder(path: path, name: name)
    case .file: self = .file(path: path, name: name, kind: .file, size: found.size)
    case .blockDevice:
      let device = try SourceFile.open(at: path.bytes)
      try DeviceGuard.check(device, path, live: live)
      let kind = device.isPartition ? ItemKind.partition : .disk
      self = .file(path: path, name: name, kind: kind, size: try device.size())
    default:
      throw BuktiError(
        .usage,
        "\(path.text) is a \(found.kind), which is no source; a FIFO goes in through: … < it -")
    }
  }

  /// Bytes where they are known before reading.
  var size: UInt64? {
    if case .file(_, _, _, let size) = self { return size }
    return nil
  }

  static func lastPart(of path: [UInt8]) -> [UInt8] {
    let slash = UInt8(ascii: "/")
    let part = path.split(separator: slash).last.map { Array($0) } ?? []
    let dots = [[], Array(".".utf8), Array("..".utf8)]
    return dots.contains(part) ? Array("folder".utf8) : part
  }
}

/// Takes sources into an open bundle.
struct Acquisition {
  let sources: [Source]
  let options: SourceOptions
  let map: MapFile

  init(_ paths: [RawPath], _ options: SourceOptions) throws(BuktiError) {
    guard options.name == nil || paths.count == 1 else {
      throw BuktiError(.usage, "--name needs exactly one source.")
    }
    guard paths.filter({ $0.bytes == Array("-".utf8) }).count <= 1 else {
      throw BuktiError(.usage, "Standard input can be read once only.")
    }
    var sources: [Source] = []
    for path in paths {
      sources.append(try Source(path, name: options.name, live: options.reading.live))
    }
    map = try MapFile(options.reading, sources)
    self.sources = sources
    self.options = options
  }

  /// Refuses a bundle that is to be sealed into itself.
  /// - Throws: `usage`.
  func requireOthers(than bundle: RawPath) throws(BuktiError) {
    guard let own = try? FileMetadata.at(bundle.bytes).id else { return }
    for case .file(let path, _, _, _) in sources where (try? FileMetadata.at(path.bytes).id) == own
    {
      throw BuktiError(.usage, "\(path.text) is the bundle itself.")
    }
  }

  /// Bytes to read, where every source says so beforehand.
  var total: UInt64? {
    var sum: UInt64 = 0
    for source in sources {
      guard let size = source.size else { return nil }
      let (next, overflow) = sum.addingReportingOverflow(size)
      // Sparse files may say more than there is.
      if overflow { return nil }
      sum = next
    }
    return sum
  }

  /// Whether it can be done once more as if it had not been begun: streams and what a failing disk gave do not come
  /// again, a map would be left, and whoever may not keep access times changes what the next try records.
  var canBeginAnew: Bool {
    let areFiles = sources.allSatisfy { source in
      switch source {
      case .stream: false
      case .file(_, _, let kind, _): kind == .file
      case .folder: true
      }
    }
    return areFiles && options.reading.writeMap == nil && SourceFile.keepsAccessTimes
  }

  /// Whether one of the folders holds a path, at any depth, or may hold it.
  func holds(_ path: RawPath) -> Bool {
    var roots: [FileID?] = []
    for case .folder(let path, _) in sources { roots.append(try? FileMetadata.at(path.bytes).id) }
    if roots.isEmpty { return false }
    let top = try? FileMetadata.at(Array("/".utf8)).id
    let slash = path.bytes.lastIndex(of: UInt8(ascii: "/")) ?? -1
    var place = Array(path.bytes.prefix(slash + 1)) + Array(".".utf8)
    while let id = try? FileMetadata.at(place).id, !roots.contains(id) {
      if id == top { return false }
      place += Array("/..".utf8)
    }
    return true
  }

  func writerOptions(
    _ progress: Progress, _ volumes: NewVolumeOptions, _ seals: RunSeals?
  ) -> WriterOptions {
    var writer = WriterOptions(now: Clock.now)
    writer.runSeals = seals
    writer.compression = options.compress
    writer.attempts = options.reading.retries + 1
    writer.skipAfter = options.reading.skipAfter
    writer.readBack = options.readBack ? .all : .seal
    writer.volumeSize = volumes.volumeSize?.bytes
    if let jobs = options.jobs { writer.jobs = jobs }
    writer.isInterrupted = { Interrupt.isRequested }
    writer.progress = { progress.update($0) }
    // A seal alone is read again in no time; all of a disk is not.
    if options.readBack { writer.stopsReadingBack = { Interrupt.isRequested } }
    let again = Progress("read again", total: nil, quiet: options.quiet)
    writer.readBackProgress = { bytes, total in
      again.update(bytes)
      if bytes == total { again.clear() }
    }
    return writer
  }

  /// What to do about a bundle that could not be written to its seal.
  static func unsealed(_ bundle: RawPath, _ error: BuktiError) -> BuktiError {
    guard [.diskFull, .io, .dead].contains(error.code) else { return error }
    let otherDisk =
      error.code == .diskFull ? ", and with --next-volume FOLDER it goes on on another disk" : ""
    return BuktiError(
      error.code,
      """
      \(bundle.text) was not sealed: \(error.sentence) What was written stays there; once the cause is mended, \
      bukti append \(bundle.text) says how to go on\(otherDisk).
      """, errno: error.errno)
  }

  /// Adds every source, in order; what cannot be read is in the report.
  func run(
    _ writer: inout BundleWriter, _ reports: inout [AcquisitionReport],
    until isStopped: () -> Bool = { Interrupt.isRequested }
  ) throws(BuktiError) {
    for source in sources {
      if isStopped() { break }
      reports.append(try add(source, to: &writer))
    }
  }

  /// What the operator says of a file, whose own words come when it is read.
  func description(_ name: [UInt8], _ kind: ItemKind) -> ItemDescription {
    var item = ItemDescription(kind: options.kind ?? kind, name: name)
    item.exhibit = options.exhibit
    return item
  }

  /// Where an item comes from that the work left open: nothing but the source at hand can have begun it.
  ///
  /// - Parameters:
  ///   - reports: of the sources that were done with, the first ones.
  ///   - resumed: the item that the only source was to go on with.
  ///   - item: one that no earlier session left.
  func path(
    of item: SuspendedItem, after reports: [AcquisitionReport], resumed: UInt64? = nil
  ) -> RawPath? {
    guard let source = sources.dropFirst(place(after: reports)).first else { return nil }
    switch source {
    case .stream: return nil
    case .file(let path, let name, _, _):
      return item.name == name || item.id == resumed ? path : nil
    case .folder(let path, let root):
      guard let name = item.name, name.starts(with: root + [UInt8(ascii: "/")]) else { return nil }
      return RawPath(bytes: path.bytes + name.dropFirst(root.count))
    }
  }

  /// What the operator named and was not read to its end, beside what `--resume` goes on with.
  ///
  /// - Parameter isResumable: whether the source at hand left an item that can be gone on with.
  func rest(after reports: [AcquisitionReport], isResumable: Bool) -> [RawPath] {
    let atHand = place(after: reports)
    var rest: [RawPath] = []
    for (index, source) in sources.enumerated().dropFirst(atHand) {
      switch source {
      case .file(let path, _, _, _) where index > atHand || !isResumable: rest.append(path)
      case .folder(let path, _): rest.append(path)
      default: continue
      }
    }
    return rest
  }

  /// Which source the work stopped in: each of those before has its report.
  private func place(after reports: [AcquisitionReport]) -> Int {
    reports.firstIndex { $0.isInterrupted } ?? reports.count
  }

  private func add(
    _ source: Source, to writer: inout BundleWriter
  ) throws(BuktiError) -> AcquisitionReport {
    var report = AcquisitionReport()
    switch source {
    case .stream(let name):
      var item = ItemDescription(kind: options.kind ?? .stream, name: name)
      item.exhibit = options.exhibit
      report.count(try writer.add(FileDescriptorSource.standardInput, as: item), name: name)
    case .file(let path, let name, let kind, _):
      report = try map.add(path, as: description(name, kind), to: &writer)
    case .folder(let path, let name):
      var folder = FolderOptions(name: name)
      folder.exhibit = options.exhibit
      let exclusion = options.exclusion
      folder.exclude = { path, _ in exclusion(path) }
      do throws(BuktiError) { _ = try TreeWalker(root: path.bytes) } catch {
        let item = description(name, .directory)
        let added = try writer.record(item, state: .notAcquired, reason: error.message)
        report.count(added, name: name)
        return report
      }
      report = try writer.addFolder(at: path.bytes, folder)
    }
    return report
  }
}
