import BuktiFormat
import BuktiStore
import BuktiWriter

/// Maps of ddrescue, read before the work and written after it.
final class MapFile {
  private let path: RawPath?
  /// What it says; nil where none was given.
  let read: RescueMap?
  private let target: RawPath?
  private var made: RescueMap?
  private var source = ""

  /// - Throws: `usage` where the flags do not fit the sources, or the map is none; `not-found`, `io`,
  ///   `exists` for a map that is there already.
  init(_ options: ReadingOptions, _ sources: [Source]) throws(BuktiError) {
    path = options.map
    target = options.writeMap
    if path != nil || target != nil {
      guard sources.count == 1, case .file = sources[0] else {
        throw BuktiError(
          .usage, "--map and --write-map need exactly one source, a file or a device.")
      }
    }
    if let path { read = try Self.parse(path) } else { read = nil }
    if let read, let size = sources[0].size, read.finishedEnd > size {
      throw BuktiError(
        .usage,
        """
        The map is not this image's: it calls \(read.finishedEnd) bytes finished, and the image has \(size). Give \
        the map that ddrescue wrote beside the image.
        """)
    }
    if let target, (try? FileMetadata.at(target.bytes)) != nil {
      throw BuktiError(
        .exists, "\(target.text) exists already and is not overwritten; name another file.")
    }
    if let target { try Self.requireFolder(of: target) }
  }

  /// Hours of reading would be lost for want of a folder.
  private static func requireFolder(of target: RawPath) throws(BuktiError) {
    if try FileStorage.createUnnamed(for: target.bytes) != nil { return }
    // FAT and file systems on the network make no such files.
    let slash = target.bytes.lastIndex(of: UInt8(ascii: "/")) ?? -1
    let folder = Array(target.bytes.prefix(slash + 1)) + Array(".".utf8)
    do throws(BuktiError) { _ = try FileMetadata.at(folder) } catch {
      throw BuktiError(
        error.code, "There is no folder to write \(target.text) into: \(error.message)")
    }
  }

  /// Adds the source, or goes on with it, and the map that tells of it.
  ///
  /// - Parameter suspended: the item to go on with; nil for a new one.
  func add(
    _ source: RawPath, as item: ItemDescription, to writer: inout BundleWriter,
    resuming suspended: UInt64? = nil
  ) throws(BuktiError) -> AcquisitionReport {
    var report = AcquisitionReport()
    let file: SourceFile
    let size: UInt64
    do throws(BuktiError) {
      file = try SourceFile.open(at: source.bytes)
      size = try file.size()
    } catch {
      if suspended != nil { throw error }
      let added = try writer.record(item, state: .notAcquired, reason: error.message)
      report.count(added, name: item.name)
      return report
    }
    let added: AddedItem
    do throws(BuktiError) {
      added =
        if let suspended { try writer.resume(suspended, from: file, as: item, map: read) } else {
          try writer.add(file, as: item, map: read)
        }
    } catch {
      guard error.code == .interrupted else { throw error }
      report.isInterrupted = true
      return report
    }
    report.count(added, name: item.name)
    if target != nil, added.state != .notAcquired {
      made = try RescueMap(of: added, size: size)
      self.source = source.text
    }
    guard let path else { return report }
    var map = ItemDescription(kind: .document, name: Source.lastPart(of: path.bytes))
    map.parent = added.id
    map.exhibit = item.exhibit
    report.count(try writer.add(SourceFile.open(at: path.bytes), as: map), name: map.name)
    return report
  }

  /// Writes the map that was asked for, once the bundle is sealed: it must not keep it from that.
  ///
  /// - Returns: why it could not be written: `exists`, `not-found`, `disk-full`, `io`.
  func write() -> BuktiError? {
    guard let target else { return nil }
    guard let made else {
      Console.note("\(target.text) is not written: its item is not whole yet.")
      return nil
    }
    let comments = ["Created by bukti \(Version.number) from \(source)"]
    do throws(BuktiError) {
      try SmallFile.create(at: target, made.encoded(comments: comments))
      return nil
    } catch { return error }
  }

  private static func parse(_ path: RawPath) throws(BuktiError) -> RescueMap {
    do throws(BuktiError) { return try RescueMap(parsing: SmallFile.read(at: path)) } catch {
      guard error.code == .usage else { throw error }

      throw BuktiError(.usage, "\(path.text): \(error.message)")
    }
  }
}
