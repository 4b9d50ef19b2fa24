import BuktiFormat
import BuktiStore
import BuktiVerifier

/// Keeps from reading a device that the system may be writing to.
enum DeviceGuard {
  /// - Throws: `usage` for a device that is mounted read-write or used as swap, unless `live`.
  static func check(_ device: SourceFile, _ path: RawPath, live: Bool) throws(BuktiError) {
    let uses = try device.uses().filter(\.isWritable)
    guard !uses.isEmpty else { return }
    let list = uses.map(words).joined(separator: "; ")
    if live {
      return Console.note("\(path.text) is read live, and recorded so: \(list).")
    }
    let remedy = Set(uses.map(remedy)).sorted().joined(separator: ", ")
    throw BuktiError(
      .usage,
      """
      \(path.text) is in use: \(list). What is written while it is read makes an image of no one moment. \
      Take it out of use (\(remedy)), or give --live to read it as it is; that is recorded.
      """)
  }

  private static func words(_ use: DeviceUse) -> String {
    let device = printable(use.device)
    return switch use.kind {
    case .mount(let place, let type):
      "\(device) is mounted read-write at \(printable(place)) (\(type))"
    case .swap: "\(device) is swap"
    case .claim: "the system holds \(device), and does not say for what"
    }
  }

  private static func remedy(_ use: DeviceUse) -> String {
    switch use.kind {
    case .mount(let place, _): "umount \(printable(place))"
    case .swap: "swapoff \(printable(use.device))"
    case .claim: "umount in containers, cryptsetup close, vgchange -an, mdadm --stop"
    }
  }
}
