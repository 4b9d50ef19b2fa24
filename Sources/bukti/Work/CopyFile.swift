import BuktiFormat
import BuktiStore

/// The file of a copy, made before something is sealed that cannot be taken back, and named behind it: what fails in
/// between leaves nothing there.
final class CopyFile {
  private let path: RawPath
  private var storage: FileStorage?
  private var isNamed = false
  private var isUsed = false

  init(path: RawPath) { self.path = path }

  deinit { if isNamed, !isUsed { storage?.removeName(path.bytes) } }

  /// - Throws: `exists`, `not-found` (no such folder), `disk-full`, `name-refused`, `io`.
  func make() throws(BuktiError) {
    storage = try FileStorage.createUnnamed(for: path.bytes)
    if storage != nil { return }
    // FAT and file systems on the network know only files with names.
    storage = try FileStorage.create(at: path.bytes)
    isNamed = true
  }

  /// Gives the file its name, under which it stays.
  ///
  /// - Throws: as `make()`.
  func named() throws(BuktiError) -> FileStorage {
    guard let storage else {
      throw BuktiError(.usage, "\(path.text) was not made.")
    }
    if !isNamed { try storage.giveName(path.bytes) }
    isNamed = true
    isUsed = true
    return storage
  }
}
