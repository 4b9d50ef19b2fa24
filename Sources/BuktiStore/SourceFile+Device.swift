public import BuktiFormat
internal import CBuktiSystem
internal import Glibc

/// What a block device says about itself.
public struct DeviceGeometry: Sendable, Equatable {
  /// In bytes.
  public let size: UInt64
  /// In bytes.
  public let logicalSector: UInt32
  /// In bytes.
  public let physicalSector: UInt32
  /// Whether the kernel refuses writes to it.
  public let isReadOnly: Bool
}

extension SourceFile {
  /// Returns what a block device says about itself; nil for a file.
  public func device() throws(BuktiError) -> DeviceGeometry? {
    if opened.kind != .blockDevice { return nil }
    var device = bukti_device()
    unsafe try check(bukti_device_of(file.raw, &device), "ask the device")
    return DeviceGeometry(
      size: device.size, logicalSector: device.logical_sector,
      physicalSector: device.physical_sector, isReadOnly: device.is_read_only != 0)
  }

  /// The device's number; nil for a file.
  public var deviceNumber: DeviceNumber? {
    guard opened.kind == .blockDevice, let special = opened.special else { return nil }
    return DeviceNumber(major: special.major, minor: special.minor)
  }

  /// Whether it is a partition of a disk.
  public var isPartition: Bool { deviceFolder?.isPartition ?? false }

  /// Make, model, serial number and firmware; nil for a file.
  public var identity: DeviceIdentity? {
    deviceFolder.map { DeviceIdentity(of: file, in: $0) }
  }

  /// Mounts and swap areas on the device, on its partitions, and on what is made of them; one claim
  /// where the system holds it for nothing of these.
  /// - Throws: `io` where the kernel does not say.
  public func uses() throws(BuktiError) -> [DeviceUse] {
    guard let deviceFolder else { return [] }
    let uses = try DeviceUse.all(of: deviceFolder)
    guard uses.isEmpty, bukti_is_claimed(file.raw) == 1 else { return uses }
    return [DeviceUse(kind: .claim, device: path ?? [], isWritable: true)]
  }

  /// Sectors of 512 bytes that the device has taken since the system started; nil where the kernel
  /// does not count. What waits in the system's memory to be written is not among them.
  public var sectorsWritten: UInt64? { deviceFolder?.sectorsWritten }

  /// The same device, read past the system's memory, which keeps whole pages where a sector would do.
  /// Nil for files, and where the system does not offer it.
  public func unbuffered() -> SourceFile? {
    guard opened.kind == .blockDevice else { return nil }
    let direct = bukti_open_direct(file.raw)
    guard direct >= 0 else { return nil }
    return try? SourceFile(
      FileDescriptor(owning: direct), path: path, allowing: [.blockDevice])
  }

  private var deviceFolder: DeviceFolder? {
    deviceNumber.map { DeviceFolder($0, SystemFolders()) }
  }
}
