import BuktiEngines
import BuktiFormat
import BuktiStore

/// Gives every item a path of its own beneath the target.
///
/// Two items never share a path, none stands where another needs a folder, and no path leads through a
/// link: a name is taken by the first item that has it, the next gets its id as a suffix.
struct PathPlan {
  private enum Key: Hashable {
    case exact([UInt8])
    /// Equal as Swift compares text, so that normalisation makes no difference.
    case folded(String)
  }
  private enum Use {
    case file
    /// A folder that something lies in.
    case passage
    /// A folder that is an item.
    case folder
  }

  /// Longer paths cannot be named by programs on most systems.
  private static let maximumPath = 3_000

  private let folds: Bool
  private let forWindows: Bool
  private var used: [Key: Use] = [:]

  init(_ options: ExtractionOptions) {
    folds = options.separatesCaseTwins || options.escapesForWindows
    forWindows = options.escapesForWindows
  }

  /// The path for an item; `folder` is made by this program and is taken as it is.
  mutating func path(
    _ name: [UInt8]?, id: UInt64, in folder: [[UInt8]], isFolder: Bool, ending: [UInt8] = []
  ) -> [UInt8] {
    var parts = escapedParts(name ?? Array("item-\(id)".utf8))
    parts[parts.count - 1] = fitted(parts[parts.count - 1], ending)
    var path: [UInt8] = []
    for part in folder + parts.dropLast() {
      let suffix = Array(" (#folder)".utf8)
      path = place(part, in: path, suffix: suffix) { $0 != .file }
      if used[key(path)] == nil { used[key(path)] = .passage }
    }
    let suffix = Array(" (#\(id))".utf8)
    path = place(parts[parts.count - 1], in: path, suffix: suffix) {
      $0 == nil || (isFolder && $0 == .passage)
    }
    used[key(path)] = isFolder ? .folder : .file
    return path
  }

  /// Joins a part, with as many suffixes as it takes until the place is free.
  private func place(
    _ part: [UInt8], in path: [UInt8], suffix: [UInt8], isFree: (Use?) -> Bool
  ) -> [UInt8] {
    let prefix = path.isEmpty ? [] : path + [UInt8(ascii: "/")]
    var candidate = prefix + part
    var attempt = 1
    while !isFree(used[key(candidate)]) {
      let number = attempt == 1 ? [] : Array("-\(attempt)".utf8)
      candidate = prefix + fitted(part, suffix.dropLast() + number + [UInt8(ascii: ")")])
      attempt += 1
    }
    return candidate
  }

  private func escapedParts(_ name: [UInt8]) -> [[UInt8]] {
    let parts = name.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    let escaped = parts.map { SafeName.escape(Array($0), forWindows: forWindows) }
    let length = escaped.reduce(0) { $0 + $1.count + 1 }
    if length <= Self.maximumPath { return escaped }
    let digest = LibcryptoSHA256.digest(of: name).hex
    return [Array("%~\(digest)".utf8)]
  }

  /// A part with an ending, cut so that both fit.
  private func fitted(_ part: [UInt8], _ ending: [UInt8]) -> [UInt8] {
    part.prefix(ConfinedDirectory.maximumPart - ending.count) + ending
  }

  private func key(_ path: [UInt8]) -> Key {
    folds ? .folded(String(decoding: path, as: UTF8.self).lowercased()) : .exact(path)
  }
}
