import BuktiEngines
import BuktiFormat
import BuktiStore

/// Gives every item a path of its own beneath the target.
///
/// Two items never share a path, none stands where another needs a folder, and no path leads through a
/// link: a name is taken by the first item that has it, the next gets its id as a suffix.
struct PathPlan {
  /// The folder of the item before, which the next one most likely shares.
  private struct Place {
    var folder: [[UInt8]]
    /// As the name has it; nil where it has none.
    var inner: ArraySlice<UInt8>?
    /// Bytes of the parts of `inner` once they are escaped, each with a separator.
    var length: Int
    var path: [UInt8]

    func hasRoom(for part: [UInt8]) -> Bool { length + part.count < PathPlan.maximumPath }
  }

  /// Longer paths cannot be named by programs on most systems.
  private static let maximumPath = 3_000
  /// After so many suffixes in vain it is looked up how many were tried before.
  private static let fewAttempts = 4

  private let forWindows: Bool
  private var used: UsedPaths
  private var last: Place?
  /// How many suffixes of a part are known not to be free, where there are many.
  private var attempts: [UInt64: Int] = [:]
  /// How many suffixes were tried in all, which must stay in proportion to the items.
  private(set) var tried = 0

  init(_ options: ExtractionOptions) {
    used = UsedPaths(folds: options.separatesCaseTwins || options.escapesForWindows)
    forWindows = options.escapesForWindows
  }

  /// The path for an item; `folder` is made by this program and is taken as it is.
  mutating func path(
    _ name: [UInt8]?, id: UInt64, in folder: [[UInt8]], isFolder: Bool, ending: [UInt8] = []
  ) -> [UInt8] {
    let name = name ?? Array("item-\(id)".utf8)
    let slash = name.lastIndex(of: UInt8(ascii: "/"))
    let inner = slash.map { name[..<$0] }
    var part = escaped(name[(slash.map { $0 + 1 } ?? 0)...])
    let place: Place
    if let last, last.inner == inner, last.folder == folder, last.hasRoom(for: part) {
      place = last
    } else {
      place = self.place(folder, inner, for: &part, of: name)
    }
    last = place
    let use: UsedPaths.Use = isFolder ? .folder : .file
    let (path, key) = find(
      fitted(part, ending), in: place.path, suffix: Array(" (#\(id))".utf8), for: use)
    used[key] = use
    return path
  }

  /// The folder of an item; no file ever gives way to one, so that it is the same for all that lie in it.
  private mutating func place(
    _ folder: [[UInt8]], _ inner: ArraySlice<UInt8>?, for part: inout [UInt8], of name: [UInt8]
  ) -> Place {
    var parts =
      inner?.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      .map { escaped($0) } ?? []
    var place = Place(
      folder: folder, inner: inner, length: parts.reduce(0) { $0 + $1.count + 1 }, path: [])
    if !place.hasRoom(for: part) {
      part = Array("%~\(LibcryptoSHA256.digest(of: name).hex)".utf8)
      place = Place(folder: folder, inner: nil, length: 0, path: [])
      parts = []
    }
    for part in folder + parts {
      let (path, key) = find(part, in: place.path, suffix: Array(" (#folder)".utf8), for: .passage)
      if used[key] == nil { used[key] = .passage }
      place.path = path
    }
    return place
  }

  /// Joins a part, with as many suffixes as it takes until the place is free; what is not free stays so.
  private mutating func find(
    _ part: [UInt8], in path: [UInt8], suffix: [UInt8], for use: UsedPaths.Use
  ) -> ([UInt8], UsedPaths.Key) {
    let prefix = path.isEmpty ? [] : path + [UInt8(ascii: "/")]
    var candidate = prefix + part
    var key = used.key(candidate)
    var attempt = 0
    var many: UInt64?
    while !isFree(key, for: use) {
      attempt += 1
      tried += 1
      if attempt == Self.fewAttempts {
        let search = UsedPaths.digest(prefix + part + [0] + suffix + [use.rawValue])
        attempt = max(attempt, attempts[search] ?? 0)
        many = search
      }
      let number = attempt == 1 ? [] : Array("-\(attempt)".utf8)
      candidate = prefix + fitted(part, suffix.dropLast() + number + [UInt8(ascii: ")")])
      key = used.key(candidate)
    }
    if let many { attempts[many] = attempt }
    return (candidate, key)
  }

  private func isFree(_ key: UsedPaths.Key, for use: UsedPaths.Use) -> Bool {
    switch (used[key], use) {
    case (nil, _), (.passage, .folder), (.passage, .passage), (.folder, .passage): true
    default: false
    }
  }

  private func escaped(_ part: ArraySlice<UInt8>) -> [UInt8] {
    SafeName.escape(Array(part), forWindows: forWindows)
  }

  /// A part with an ending, cut so that both fit.
  private func fitted(_ part: [UInt8], _ ending: [UInt8]) -> [UInt8] {
    part.prefix(ConfinedDirectory.maximumPart - ending.count) + ending
  }
}
