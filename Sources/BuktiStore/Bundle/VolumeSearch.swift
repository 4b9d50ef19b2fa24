public import BuktiFormat

extension BundleVolumes {
  /// Opens all volumes of a bundle for reading, from any one of them.
  ///
  /// - Parameter elsewhere: as for `paths(of:elsewhere:)`.
  /// - Throws: as `paths(of:elsewhere:)`; `name-refused`, `io`.
  public static func open(
    at path: [UInt8], elsewhere: [[UInt8]] = []
  ) throws(BuktiError) -> [any Storage] {
    var storages: [any Storage] = []
    for path in try paths(of: path, elsewhere: elsewhere) {
      storages.append(try FileStorage.openForReading(at: path))
    }
    return storages
  }

  /// Finds the files of a bundle from any one of them, in order ([B-VOL-4]).
  ///
  /// The others stand beside it, under names that follow from that of volume 0, unless `elsewhere` says
  /// otherwise. Whether they belong together is for their reader to judge.
  /// - Parameter elsewhere: volumes that stand apart or have other names, and folders to look in.
  /// - Throws: `not-found` where the file is missing, or a volume below one that is there: the message names it;
  ///   `usage` for a volume elsewhere that is none, or is of another bundle; `name-refused`, `io`.
  public static func paths(
    of path: [UInt8], elsewhere: [[UInt8]] = []
  ) throws(BuktiError) -> [[UInt8]] {
    // What is no volume is read as the only one, and refused there.
    guard let preamble = try? VolumeSearch.preamble(at: path) else {
      return [try VolumeSearch.existing(path)]
    }
    var search = VolumeSearch(bundleID: preamble.bundleID)
    for place in elsewhere { try search.look(place) }
    return try search.paths(from: path, number: Int(preamble.volume))
  }

  /// The name that a later volume has: `NAME.v001.bukti` beside `NAME.bukti`; nil for another ending.
  public static func name(ofVolume number: Int, beside path: [UInt8]) -> [UInt8]? {
    let ending = VolumeSearch.ending
    guard path.suffix(ending.count).elementsEqual(ending) else { return nil }
    let digits = String(number)
    let padded = String(repeating: "0", count: max(0, 3 - digits.utf8.count)) + digits
    return path.dropLast(ending.count) + Array(".v\(padded)".utf8) + ending
  }

  /// The name of volume 0, from that of a later one; nil where it has no such name.
  public static func name(ofFirstVolumeBeside path: [UInt8]) -> [UInt8]? {
    let ending = VolumeSearch.ending
    guard path.suffix(ending.count).elementsEqual(ending) else { return nil }
    let stem = path.dropLast(ending.count)
    guard let mark = stem.lastIndex(of: UInt8(ascii: "v")), mark > 0,
      stem[mark - 1] == UInt8(ascii: "."), stem.count - mark >= 4,
      stem[(mark + 1)...].allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    return stem[..<(mark - 1)] + ending
  }
}

/// Where the volumes of one bundle may be.
private struct VolumeSearch {
  static let ending = Array(".bukti".utf8)
  /// So many names behind a missing volume are tried before the bundle is taken to end there.
  private static let ahead = 64

  let bundleID: BundleID
  private var named: [Int: [UInt8]] = [:]
  private var folders: [[UInt8]] = []

  init(bundleID: BundleID) { self.bundleID = bundleID }

  static func preamble(at path: [UInt8]) throws(BuktiError) -> Preamble {
    let bytes = try FileStorage.openForReading(at: path).read(Preamble.size, at: 0)
    return try Preamble(decoding: bytes.span)
  }

  static func existing(_ path: [UInt8]) throws(BuktiError) -> [UInt8] {
    _ = try FileMetadata.at(path)
    return path
  }

  /// Takes a volume or a folder that somebody named.
  mutating func look(_ place: [UInt8]) throws(BuktiError) {
    if try FileMetadata.at(place).kind == .directory { return folders.append(place + [0x2F]) }
    guard let preamble = try? Self.preamble(at: place), preamble.bundleID == bundleID else {
      throw BuktiError(.usage, "\(printable(place)) is no volume of this bundle.")
    }
    let number = Int(preamble.volume)
    if let other = named[number], other != place {
      throw BuktiError(
        .usage, "\(printable(other)) and \(printable(place)) are both volume \(number).")
    }
    named[number] = place
    folders.append(Self.folder(of: place))
  }

  mutating func paths(from path: [UInt8], number: Int) throws(BuktiError) -> [[UInt8]] {
    folders.insert(Self.folder(of: path), at: 0)
    var first = path
    if number > 0 {
      if let name = BundleVolumes.name(ofFirstVolumeBeside: path) {
        first = name
      } else {
        // A volume under a name of its own: only its preamble says which it is. Without volume 0 its reader refuses it.
        guard let start = named[0] else { return [path] }
        named[number] = path
        first = start
      }
    }
    guard let start = named[0] ?? place(of: 0, first) else {
      throw BuktiError(
        .notFound,
        """
        \(printable(path)) is volume \(number) of bundle \(bundleID.uuid), whose volume 0 is missing: \
        \(printable(Self.file(of: first))) is not beside it.
        """)
    }
    var paths = [start]
    while let next = named[paths.count] ?? place(of: paths.count, first) {
      paths.append(next)
      let folder = Self.folder(of: VolumeLink.resolved(next))
      if !folders.contains(folder) { folders.append(folder) }
    }
    if let link = link(to: paths.count, first) {
      throw BuktiError(
        .notFound,
        """
        Volume \(paths.count) of bundle \(bundleID.uuid) is missing: \(printable(link)) leads to a place \
        that is not there now.
        """)
    }
    // One that a writer makes meanwhile is no gap: the missing one is looked for again.
    guard let later = later(than: paths.count, first, known: number) else { return paths }
    if let next = named[paths.count] ?? place(of: paths.count, first) { return paths + [next] }
    let name = BundleVolumes.name(ofVolume: paths.count, beside: Self.file(of: first))
    throw BuktiError(
      .notFound,
      """
      Volume \(paths.count) of bundle \(bundleID.uuid) is missing, though volume \(later) is there\
      \(name.map { ": no \(printable($0))" } ?? "").
      """)
  }

  /// A volume with a number above a missing one.
  private func later(than missing: Int, _ first: [UInt8], known: Int) -> Int? {
    if let number = named.keys.filter({ $0 > missing }).min() { return number }
    if known > missing { return known }
    return (missing + 1..<missing + Self.ahead).first { place(of: $0, first) != nil }
  }

  /// The file with the name of a volume, beside the one given or in another folder.
  private func place(of number: Int, _ first: [UInt8]) -> [UInt8]? {
    let file = Self.file(of: first)
    guard let name = number == 0 ? file : BundleVolumes.name(ofVolume: number, beside: file),
      !name.isEmpty
    else { return nil }
    for folder in folders {
      if let path = try? Self.existing(folder + name) { return path }
    }
    return nil
  }

  /// A link that a writer left for a volume on another disk, which is not there.
  private func link(to number: Int, _ first: [UInt8]) -> [UInt8]? {
    guard let name = BundleVolumes.name(ofVolume: number, beside: Self.file(of: first)) else {
      return nil
    }
    return folders.map { $0 + name }.first { VolumeLink.leadsNowhere($0) }
  }

  /// The folder of a path, with its slash; empty for the working directory.
  private static func folder(of path: [UInt8]) -> [UInt8] {
    Array(path.prefix((path.lastIndex(of: 0x2F) ?? -1) + 1))
  }

  private static func file(of path: [UInt8]) -> [UInt8] {
    Array(path.suffix(from: (path.lastIndex(of: 0x2F) ?? -1) + 1))
  }
}
