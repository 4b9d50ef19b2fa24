internal import BuktiFormat
internal import CBuktiSystem

/// A link at the place where a volume would stand that is on another disk.
public enum VolumeLink {
  /// Leaves a link to a volume; false where the place is taken or takes no link, which harms nobody.
  public static func leave(at place: [UInt8], to volume: [UInt8]) -> Bool {
    guard let name = try? cPath(place), let target = realPath(volume) else { return false }
    return unsafe bukti_symlink(target + [0], BUKTI_CWD, name) == 0
  }

  /// Where a volume is that a link leads to; the path itself where it is none.
  public static func resolved(_ path: [UInt8]) -> [UInt8] {
    guard let name = try? cPath(path) else { return path }
    var buffer = [UInt8](repeating: 0, count: 1)
    guard unsafe bukti_readlink(BUKTI_CWD, name, &buffer, 1) >= 0 else { return path }
    return realPath(path) ?? path
  }

  private static func realPath(_ path: [UInt8]) -> [UInt8]? {
    guard let name = try? cPath(path) else { return nil }
    var target = [UInt8](repeating: 0, count: 4096)
    guard unsafe bukti_real_path(name, &target) == 0 else { return nil }
    return Array(target.prefix { $0 != 0 })
  }

  /// Whether a path is a link that leads nowhere, as where a disk is not there.
  static func leadsNowhere(_ path: [UInt8]) -> Bool {
    guard let name = try? cPath(path), (try? FileMetadata.at(path)) == nil else { return false }
    var status = bukti_status()
    return unsafe bukti_status_of(BUKTI_CWD, name, &status) == 0
  }
}
