import BuktiFormat
import BuktiStore

/// The files of a bundle, which no other process appends to.
///
/// Every writer locks volume 0 first, whichever volume it was given, and the last one.
struct LockedVolumes {
  let paths: [[UInt8]]
  let storages: [any Storage]

  /// - Parameter isLastWritten: false where a new volume will be made, so that those there may be read-only.
  /// - Throws: `not-found`, `locked`, `usage`, `name-refused`, `io`.
  init(
    at path: [UInt8], elsewhere: [[UInt8]], isLastWritten: Bool = true
  ) throws(BuktiError) {
    let before = try BundleVolumes.paths(of: path, elsewhere: elsewhere)
    var storages: [any Storage] = []
    if let first = before.first {
      storages.append(try Self.lock(first, isWritten: isLastWritten && before.count == 1))
    }
    // Another writer may have made a volume before it let go of the lock.
    let found = try BundleVolumes.paths(of: path, elsewhere: elsewhere)
    paths = found.map(VolumeLink.resolved)
    guard found.first == before.first else {
      throw BuktiError(.io, "The volumes of the bundle were renamed meanwhile.")
    }
    for (number, path) in paths.enumerated().dropFirst() {
      let isLast = number == paths.count - 1
      storages.append(
        isLast
          ? try Self.lock(path, isWritten: isLastWritten)
          : try FileStorage.openForReading(at: path))
    }
    self.storages = storages
  }

  /// A volume that cannot be written to needs no lock against writing, and can still be read.
  private static func lock(_ path: [UInt8], isWritten: Bool) throws(BuktiError) -> FileStorage {
    do throws(BuktiError) { return try FileStorage.openForAppending(at: path) } catch {
      guard error.code == .io, !isWritten else { throw error }
      return try FileStorage.openForReading(at: path)
    }
  }
}
