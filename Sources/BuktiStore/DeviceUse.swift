internal import BuktiFormat
internal import CBuktiSystem

/// One way in which a device is in use by this system.
public struct DeviceUse: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    /// A file system is mounted here; the path as raw bytes.
    case mount(at: [UInt8], type: String)
    case swap
    /// The system holds it for something that it does not name to us: a volume group, an array, a file
    /// system of several devices, a mount that only a container sees.
    case claim
  }

  public let kind: Kind
  /// The device that is used: it, a partition of it, or something made of them; as raw bytes.
  public let device: [UInt8]
  /// Whether the system may write to it, as it does on its own once the file system is writable.
  public let isWritable: Bool

  /// All uses of a device, its partitions, and what holds them.
  static func all(of folder: DeviceFolder) throws(BuktiError) -> [DeviceUse] {
    let family = family(of: folder)
    let most = 16 << 20
    let mounts = try SystemFolders.read(folder.system.mounts, atMost: most)
    let swaps = (try? SystemFolders.read(folder.system.swaps, atMost: most)) ?? []
    return Self.mounts(mounts, on: family) + Self.swaps(swaps, on: family)
  }

  /// The device, its partitions, and what is made of them, however deep.
  static func family(of folder: DeviceFolder) -> Set<DeviceNumber> {
    var found: Set<DeviceNumber> = []
    var waiting = [folder]
    while let next = waiting.popLast() {
      guard let number = next.number, found.insert(number).inserted else { continue }
      waiting += next.partitions + next.holders
    }
    return found
  }

  /// Lines of `/proc/self/mountinfo` (proc(5)): number in field 3, mount point in 5; behind the dash
  /// type, source and options of the file system.
  static func mounts(_ text: [UInt8], on family: Set<DeviceNumber>) -> [DeviceUse] {
    text.split(separator: UInt8(ascii: "\n")).compactMap { line in
      let fields = line.split(separator: UInt8(ascii: " "))
      guard let dash = fields.firstIndex(of: Array("-".utf8)[...]), dash >= 6,
        fields.count > dash + 3
      else { return nil }
      let source = unescaped(fields[dash + 2])
      // Some file systems, such as btrfs, have a number of their own: their source tells.
      let number = DeviceNumber(fields[2])
      guard number.map(family.contains) == true || contains(family, source) else { return nil }
      let options = fields[dash + 3].split(separator: UInt8(ascii: ","))
      let type = DeviceIdentity.text(fields[dash + 1]) ?? "unknown"
      return DeviceUse(
        kind: .mount(at: unescaped(fields[4]), type: type), device: source,
        isWritable: !options.contains(Array("ro".utf8)[...]))
    }
  }

  /// Lines of `/proc/swaps`, the first of which is a heading.
  static func swaps(_ text: [UInt8], on family: Set<DeviceNumber>) -> [DeviceUse] {
    text.split(separator: UInt8(ascii: "\n")).dropFirst().compactMap { line in
      let end = line.firstIndex { $0 == UInt8(ascii: " ") || $0 == 9 } ?? line.endIndex
      let path = unescaped(line[..<end])
      guard contains(family, path) else { return nil }
      return DeviceUse(kind: .swap, device: path, isWritable: true)
    }
  }

  private static func contains(_ family: Set<DeviceNumber>, _ path: [UInt8]) -> Bool {
    guard path.first == UInt8(ascii: "/"), let name = try? cPath(path) else { return false }
    var major: UInt32 = 0
    var minor: UInt32 = 0
    guard unsafe bukti_device_number(name, &major, &minor) == 0 else { return false }
    return family.contains(DeviceNumber(major: major, minor: minor))
  }

  /// Takes back `\040` and the like.
  static func unescaped(_ text: some Collection<UInt8>) -> [UInt8] {
    let text = Array(text)
    var plain: [UInt8] = []
    var place = 0
    while place < text.count {
      if text[place] == UInt8(ascii: "\\"), place + 3 < text.count,
        let value = UInt8(String(decoding: text[place + 1...place + 3], as: UTF8.self), radix: 8)
      {
        plain.append(value)
        place += 4
      } else {
        plain.append(text[place])
        place += 1
      }
    }
    return plain
  }
}
