public import BuktiFormat
internal import CBuktiSystem
internal import Glibc

/// Names a file on this machine as long as it exists: device and inode.
public struct FileID: Sendable, Hashable {
  /// Major number in the upper, minor number in the lower 32 bits.
  public let device: UInt64
  public let inode: UInt64
}

/// An instant as file systems keep it.
public struct FileTime: Sendable, Equatable {
  /// Seconds since 1970-01-01T00:00:00Z; may be negative.
  public let seconds: Int64
  /// 0 to 999,999,999.
  public let nanoseconds: UInt32

  public init(seconds: Int64, nanoseconds: UInt32) {
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }

  /// Nanoseconds since 1970, or nil where 64 bits cannot hold them (before 1677 or after 2262).
  public var sinceEpoch: Int64? {
    let (product, isTooLarge) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    if isTooLarge { return nil }
    let (sum, overflows) = product.addingReportingOverflow(Int64(nanoseconds))
    return overflows ? nil : sum
  }
}

/// What the file system says about a file, without reading it.
public struct FileMetadata: Sendable, Equatable {
  /// The kinds of POSIX.
  public enum Kind: Sendable {
    case file, directory, symlink, blockDevice, characterDevice, fifo, socket, unknown
  }

  public let id: FileID
  public let kind: Kind
  /// The lowest twelve bits: permissions, set-user-id, set-group-id, sticky.
  public let mode: UInt32
  public let uid: UInt32
  public let gid: UInt32
  /// How many names the file has.
  public let links: UInt32
  /// In bytes; 0 for devices.
  public let size: UInt64
  /// What it takes on disk, in units of 512 bytes.
  public let blocks: UInt64
  /// Major and minor number, if it is a device.
  public let special: (major: UInt32, minor: UInt32)?
  public let accessed: FileTime
  public let modified: FileTime
  public let changed: FileTime
  /// Time of creation, where the file system keeps it.
  public let born: FileTime?

  /// Whether size, modification, change or identity differ: the file was written to in between.
  ///
  /// A change that restores all four, or comes within one tick of the clock, is not seen.
  public func differs(from earlier: FileMetadata) -> Bool {
    id != earlier.id || size != earlier.size || modified != earlier.modified
      || changed != earlier.changed
  }

  /// What to hold a further name of the file against.
  package var version: FileVersion {
    FileVersion(size: size, modified: modified, changed: changed, born: born)
  }

  /// Of `name` in `directory` without following a link, or of the open file itself.
  init(of file: FileDescriptor, name: [UInt8]? = nil) throws(BuktiError) {
    var status = bukti_status()
    let path = if let name { try cPath(name) } else { [UInt8(0)] }
    unsafe try check(bukti_status_of(file.raw, path, &status), "stat", name)
    self.init(status)
  }

  /// Of what the operator's path leads to, through links.
  /// - Throws: `not-found`, `name-refused`, `io`.
  public static func at(_ path: [UInt8]) throws(BuktiError) -> FileMetadata {
    var status = bukti_status()
    let name = try cPath(path)
    try unsafe check(bukti_status_followed(name, &status), "look at", path)
    return FileMetadata(status)
  }

  private init(_ status: bukti_status) {
    id = FileID(
      device: UInt64(status.device_major) << 32 | UInt64(status.device_minor),
      inode: status.inode)
    kind =
      switch status.mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .directory
      case S_IFLNK: .symlink
      case S_IFBLK: .blockDevice
      case S_IFCHR: .characterDevice
      case S_IFIFO: .fifo
      case S_IFSOCK: .socket
      default: .unknown
      }
    mode = status.mode & 0o7777
    uid = status.uid
    gid = status.gid
    links = status.links
    size = status.size
    blocks = status.blocks
    let isDevice = kind == .blockDevice || kind == .characterDevice
    special = isDevice ? (status.special_major, status.special_minor) : nil
    accessed = FileTime(status.accessed)
    modified = FileTime(status.modified)
    changed = FileTime(status.changed)
    born = status.has_birth != 0 ? FileTime(status.born) : nil
  }

  public static func == (a: FileMetadata, b: FileMetadata) -> Bool {
    !a.differs(from: b) && a.kind == b.kind && a.mode == b.mode && a.uid == b.uid
      && a.gid == b.gid && a.links == b.links && a.blocks == b.blocks
      && a.special?.major == b.special?.major && a.special?.minor == b.special?.minor
      && a.accessed == b.accessed && a.born == b.born
  }
}

/// What tells a file from the next one that gets its inode, and its bytes from those that it has later.
package struct FileVersion: Sendable, Equatable {
  let size: UInt64
  let modified: FileTime
  let changed: FileTime
  let born: FileTime?
}

extension FileTime {
  init(_ time: bukti_time) {
    self.init(seconds: time.seconds, nanoseconds: time.nanoseconds)
  }
}
