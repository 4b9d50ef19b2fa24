public import BuktiFormat
internal import CBuktiSystem
internal import Glibc

/// A regular file or block device that is read as evidence and never written.
public final class SourceFile: Sendable {
  let file: FileDescriptor
  /// The metadata at the time of opening.
  public let opened: FileMetadata
  /// The path that the operator gave; nil for what was found in a folder.
  public let path: [UInt8]?

  /// Whether reading leaves everybody's access times alone; else those of one's own files only.
  package static var keepsAccessTimes: Bool { bukti_keeps_access_times() != 0 }

  init(
    _ file: FileDescriptor, path: [UInt8]? = nil, allowing kinds: [FileMetadata.Kind]
  ) throws(BuktiError) {
    self.file = file
    self.path = path
    opened = try FileMetadata(of: file)
    if !kinds.contains(opened.kind) {
      throw BuktiError(.io, "not a regular file or block device", errno: EINVAL)
    }
  }

  /// Opens the file that the operator named, through links; its access time stays where it may.
  /// - Throws: `not-found`, `name-refused`, `io` (also for a FIFO, a socket or a directory).
  public static func open(at path: [UInt8]) throws(BuktiError) -> SourceFile {
    let name = try cPath(path)
    let file = FileDescriptor(
      owning: unsafe try check(bukti_open_source(BUKTI_CWD, name, 1), "open", path))
    return try SourceFile(file, path: path, allowing: [.file, .blockDevice])
  }

  /// Opens a regular file in a folder, never through a link.
  static func open(_ name: [UInt8], in folder: FileDescriptor) throws(BuktiError) -> SourceFile {
    let path = try cPath(name)
    let file = FileDescriptor(
      owning: unsafe try check(bukti_open_source(folder.raw, path, 0), "open", name))
    return try SourceFile(file, allowing: [.file])
  }

  /// Returns the metadata as it is now; compare with `opened` after reading.
  public func metadata() throws(BuktiError) -> FileMetadata { try FileMetadata(of: file) }

  /// Returns the extended attributes, in the order of their names' bytes.
  public func attributes() throws(BuktiError) -> [ExtendedAttribute] {
    try ExtendedAttribute.all(of: file)
  }

  /// Returns the number of bytes to read: of a device its capacity.
  public func size() throws(BuktiError) -> UInt64 {
    if let device = try device() { return device.size }
    return try metadata().size
  }

  /// Fills `buffer` from `offset` and returns the count.
  ///
  /// A short count means the end or that an unreadable place follows: reading on from there returns
  /// 0 or throws.
  /// - Throws: `io` with the errno, nothing having been read.
  public func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(BuktiError) -> Int {
    guard let base = buffer.baseAddress, offset < UInt64(Int64.max) else { return 0 }
    return Int(unsafe try check(bukti_pread(file.raw, base, buffer.count, offset), "read"))
  }

  /// Returns the next range that holds data, from `offset` on and below `end`; what lies before it is
  /// a hole, and reads as zeros. Nil if only a hole follows.
  ///
  /// Where the file system keeps no holes, all is data.
  public func nextData(
    from offset: UInt64, below end: UInt64
  ) throws(BuktiError) -> Range<UInt64>? {
    guard offset < end, end <= UInt64(Int64.max) else { return nil }
    let start = bukti_seek_data(file.raw, offset)
    if start == -Int64(ENXIO) { return nil }
    if start == -Int64(EINVAL) || start == -Int64(EOPNOTSUPP) { return offset..<end }
    let first = max(offset, UInt64(try check(start, "seek data")))
    guard first < end else { return nil }
    let stop = bukti_seek_hole(file.raw, first)
    if stop == -Int64(ENXIO) { return nil }  // It was cut in between.
    let last = min(end, UInt64(try check(stop, "seek hole")))
    return first < last ? first..<last : nil
  }

  /// Tells the system that reads will go from the front to the back.
  public func adviseSequential() { _ = bukti_advise_sequential(file.raw) }

  /// Lets the system forget the pages of a range that will not be read again.
  public func dropCachedPages(from offset: UInt64, count: UInt64) {
    _ = bukti_drop_cache(file.raw, offset, count)
  }
}
