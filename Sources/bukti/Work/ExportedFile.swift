import BuktiFormat
import BuktiStore

/// Small files for openssl.
enum ExportedFile {
  /// - Throws: `exists`, `name-refused`, `disk-full`, `io`.
  static func write(
    _ bytes: [UInt8], _ name: String, _ folder: ConfinedDirectory
  ) throws(BuktiError) {
    let file = try folder.createFile(Array(name.utf8))
    try file.setSize(UInt64(bytes.count))
    unsafe try bytes.span.raw.withUnsafeBytes { (buffer) throws(BuktiError) in
      unsafe try file.write(buffer, at: 0)
    }
    let now = try SystemClock().now().instant
    try file.publish(mode: 0o644, modified: now)
  }
}
