internal import BuktiFormat
internal import CBuktiSystem

/// Major and minor number of a block device.
public struct DeviceNumber: Sendable, Hashable {
  public let major: UInt32
  public let minor: UInt32

  public init(major: UInt32, minor: UInt32) {
    self.major = major
    self.minor = minor
  }

  /// Reads `8:1`.
  init?(_ text: some Collection<UInt8>) {
    let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard parts.count == 2, let major = UInt32(String(decoding: parts[0], as: UTF8.self)),
      let minor = UInt32(String(decoding: parts[1], as: UTF8.self))
    else { return nil }
    self.init(major: major, minor: minor)
  }

  var text: String { "\(major):\(minor)" }
}

/// A device's folder in sysfs.
struct DeviceFolder {
  private static let most = 64 << 10
  let system: SystemFolders
  let path: [UInt8]

  /// The folder of a device, whether disk or partition.
  init(_ number: DeviceNumber, _ system: SystemFolders) {
    self.system = system
    path = system.sysfs + Array("/dev/block/\(number.text)".utf8)
  }

  private init(path: [UInt8], _ system: SystemFolders) {
    self.system = system
    self.path = path
  }

  var isPartition: Bool { line("partition") != nil }

  /// The folder of the disk that a partition lies on; that of a disk is its own.
  var disk: DeviceFolder {
    isPartition ? DeviceFolder(path: path + Array("/..".utf8), system) : self
  }

  var number: DeviceNumber? { line("dev").flatMap { DeviceNumber($0) } }

  /// Partitions of a disk.
  var partitions: [DeviceFolder] { folders(in: path).filter(\.isPartition) }

  /// Devices made of this one: encrypted volumes, volume groups, arrays.
  var holders: [DeviceFolder] { folders(in: path + Array("/holders".utf8)) }

  /// Sectors of 512 bytes that were written to it since the system started.
  var sectorsWritten: UInt64? {
    guard let fields = line("stat")?.split(separator: UInt8(ascii: " ")), fields.count > 6 else {
      return nil
    }
    return UInt64(String(decoding: fields[6], as: UTF8.self))
  }

  func bytes(_ name: String) -> [UInt8]? {
    let file = path + Array(("/" + name).utf8)
    return try? SystemFolders.read(file, atMost: Self.most)
  }

  /// The first line, raw; nil where it is empty.
  func line(_ name: String) -> [UInt8]? {
    guard let line = bytes(name)?.split(separator: UInt8(ascii: "\n")).first else { return nil }
    return Array(line)
  }

  func text(_ name: String) -> String? { line(name).flatMap { DeviceIdentity.text($0) } }

  private func folders(in path: [UInt8]) -> [DeviceFolder] {
    let names = (try? SystemFolders.names(in: path)) ?? []
    return names.map { DeviceFolder(path: path + [UInt8(ascii: "/")] + $0, system) }
  }
}

/// Where the kernel tells of itself; elsewhere only in tests.
struct SystemFolders {
  var sysfs = Array("/sys".utf8)
  var mounts = Array("/proc/self/mountinfo".utf8)
  var swaps = Array("/proc/swaps".utf8)

  /// Reads a file of the kernel, whose size nothing tells beforehand.
  static func read(_ path: [UInt8], atMost limit: Int) throws(BuktiError) -> [UInt8] {
    let name = try cPath(path)
    let file = FileDescriptor(
      owning: unsafe try check(bukti_open_read(BUKTI_CWD, name), "open", path))
    var bytes: [UInt8] = []
    var step = [UInt8](repeating: 0, count: 64 << 10)
    while bytes.count < limit {
      let count = unsafe try check(bukti_read(file.raw, &step, step.count), "read", path)
      if count == 0 { break }
      bytes += step.prefix(Int(count))
    }
    return bytes
  }

  static func names(in path: [UInt8]) throws(BuktiError) -> [[UInt8]] {
    let name = try cPath(path)
    let folder = FileDescriptor(
      owning: unsafe try check(bukti_open_directory(BUKTI_CWD, name, 1), "open", path))
    return try sortedNames(in: folder)
  }
}
