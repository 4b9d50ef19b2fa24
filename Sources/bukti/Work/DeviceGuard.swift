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
    throw BuktiError(
      .usage,
      """
      \(path.text) is in use: \(list). What is written while it is read makes an image of no one moment. \
      Unmount it (\(remedy(uses))), or give --live to read it as it is; that is recorded.
      """)
  }

  private static func words(_ use: DeviceUse) -> String {
    let device = printable(use.device)
    guard let place = use.mountPoint else { return "\(device) is swap" }
    return "\(device) is mounted read-write at \(printable(place)) (\(use.type))"
  }

  private static func remedy(_ uses: [DeviceUse]) -> String {
    uses.map { use in
      use.mountPoint.map { "umount \(printable($0))" } ?? "swapoff \(printable(use.device))"
    }.joined(separator: ", ")
  }
}
