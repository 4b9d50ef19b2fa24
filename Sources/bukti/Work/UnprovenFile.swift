import BuktiFormat
import BuktiStore
import BuktiVerifier

/// A new file that gets its name only when it is known that its bytes count.
final class UnprovenFile: ProofSink {
  private let path: RawPath
  private let file: ConfinedFile
  /// In bytes.
  private(set) var size: UInt64 = 0

  /// - Throws: `exists`, `not-found` where the folder is missing, `name-refused`, `disk-full`, `io`.
  init(_ path: RawPath) throws(BuktiError) {
    self.path = path
    let slash = path.bytes.lastIndex(of: UInt8(ascii: "/"))
    let folder = slash.map { Array(path.bytes[...$0]) } ?? Array(".".utf8)
    let name = Array(path.bytes[(slash.map { $0 + 1 } ?? 0)...])
    do throws(BuktiError) {
      file = try ConfinedDirectory(at: folder).createFile(name)
    } catch {
      guard error.code == .exists else { throw error }

      throw BuktiError(
        .exists, "\(path.text) exists already and is not overwritten; name another file.")
    }
  }

  func take(_ part: RawSpan) throws(BuktiError) {
    let place = size
    unsafe try part.withUnsafeBytes { (buffer) throws(BuktiError) in
      unsafe try file.write(buffer, at: place)
    }
    size += UInt64(part.byteCount)
  }

  /// Gives it its name and makes it durable.
  func keep() throws(BuktiError) {
    let now = try SystemClock().now().instant
    try file.publish(mode: 0o644, modified: now, isSynced: true)
  }
}
