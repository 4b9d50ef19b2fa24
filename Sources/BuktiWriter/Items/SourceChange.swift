import BuktiFormat
import BuktiStore

extension SourceFile {
  /// What became of a file since it was opened, in words for its item; empty where nothing shows.
  ///
  /// A change that restores size and times, or comes within one tick of the file system's clock, does
  /// not show.
  func changes() -> [String] {
    guard opened.kind == .file else { return [] }
    guard let now = try? metadata() else {
      return ["what became of it while it was read is not known"]
    }
    var changes: [String] = []
    if now.size > opened.size {
      changes.append("it grew from \(opened.size) to \(now.size) bytes while it was read")
    } else if now.size < opened.size {
      changes.append("it shrank from \(opened.size) to \(now.size) bytes while it was read")
    } else if now.modified != opened.modified {
      changes.append("it was written to while it was read")
    }
    changes += fateOfName(now)
    if changes.isEmpty, now.differs(from: opened) {
      changes.append("it was changed while it was read: its bytes, names, mode or attributes")
    }
    return changes
  }

  /// Whether the name leads elsewhere now; the bytes are those of the file that was opened.
  private func fateOfName(_ now: FileMetadata) -> [String] {
    if let path {
      do throws(BuktiError) {
        let there = try FileMetadata.at(path)
        if there.id != opened.id { return ["another file took its name while it was read"] }
      } catch {
        if error.code == .notFound { return ["its name was removed while it was read"] }
      }
    } else if now.links < opened.links {
      return ["a name of it was removed or given to another file while it was read"]
    }
    return []
  }
}
