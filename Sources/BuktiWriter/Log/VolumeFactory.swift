public import BuktiFormat
public import BuktiStore
import Synchronization

/// Makes the further volumes of a bundle.
public protocol VolumeFactory: AnyObject, Sendable {
  /// Makes a volume that holds its preamble and nothing else.
  ///
  /// Nobody finds it before its preamble is on stable storage; when this returns, its name is as well.
  /// - Parameter room: bytes to set aside behind the preamble, where that can be done.
  /// - Parameter preamble: of the volume.
  /// - Throws: `disk-full`, after which nothing is left of it and the volume before can be gone on with;
  ///   `exists`, `io`.
  func makeVolume(
    _ preamble: Preamble, room: UInt64
  ) throws(BuktiError) -> any Storage
}

/// Volumes in files, named after volume 0 ([B-VOL-4]), each beside the one before.
final class VolumeFiles: VolumeFactory {
  private struct State {
    /// Where the next one goes.
    var folder: [UInt8]
    /// A path of its own for the next one.
    var next: [UInt8]?
    /// Where the last one is.
    var last: [UInt8]
    var own: Set<FileID> = []
  }

  private let file: [UInt8]
  private let state: Mutex<State>

  /// - Parameters:
  ///   - paths: the volumes so far.
  ///   - next: a folder, or the path of the next volume, where it does not go beside the last one.
  /// - Throws: `not-found`, `io` where one of them cannot be looked at.
  convenience init(_ paths: [[UInt8]], next: [UInt8]? = nil) throws(BuktiError) {
    var own: Set<FileID> = []
    for path in paths { own.insert(try FileMetadata.at(path).id) }
    self.init(after: paths, own: own, next: next)
  }

  /// - Parameters:
  ///   - paths: of the volumes so far, which need not be there yet.
  ///   - own: the files that they are.
  ///   - next: as above.
  init(after paths: [[UInt8]], own: Set<FileID>, next: [UInt8]? = nil) {
    let first = paths.first ?? []
    file = Array(first.suffix(from: Self.folderLength(first)))
    let folder = Self.folder(of: paths.last ?? [])
    var state = State(folder: folder, last: folder, own: own)
    if let next {
      if (try? FileMetadata.at(next).kind) == .directory {
        state.folder = next + [0x2F]
      } else {
        state.next = next
        state.folder = Self.folder(of: next)
      }
    }
    self.state = Mutex(state)
  }

  /// Whether a file is a volume of this bundle, which is no evidence.
  func owns(_ id: FileID) -> Bool { state.withLock { $0.own.contains(id) } }

  /// The path that a volume made now would get.
  /// - Throws: `name-refused` where volume 0 has a name from which no other follows.
  func path(ofVolume number: Int) throws(BuktiError) -> [UInt8] {
    let (folder, next) = state.withLock { ($0.folder, $0.next) }
    if let next { return next }
    guard let name = BundleVolumes.name(ofVolume: number, beside: file) else {
      throw BuktiError(
        .nameRefused, "A bundle of several volumes has a name that ends in .bukti.")
    }
    return folder + name
  }

  /// Looks whether the name of the second volume is free: whatever has it would be read as part of the bundle.
  ///
  /// - Parameter isNeeded: whether there will be one.
  /// - Throws: `exists`; `name-refused` where it is needed and there is no such name.
  static func requireNone(behind path: [UInt8], isNeeded: Bool) throws(BuktiError) {
    guard let next = BundleVolumes.name(ofVolume: 1, beside: path) else {
      if isNeeded { _ = try VolumeFiles([]).path(ofVolume: 1) }
      return
    }
    guard (try? FileMetadata.at(next)) == nil else {
      let name = String(decoding: next.split(separator: 0x2F).last ?? [], as: UTF8.self)
      throw BuktiError(
        .exists, "\(name) stands there, which would be taken for the next volume of the bundle.")
    }
  }

  func makeVolume(
    _ preamble: Preamble, room: UInt64
  ) throws(BuktiError) -> any Storage {
    let path = try path(ofVolume: Int(preamble.volume))
    var bytes = ByteWriter()
    preamble.encode(into: &bytes)
    let storage = try FileStorage.create(at: path, beginningWith: bytes.bytes, room: room)
    let id = try FileMetadata.at(path).id
    let beside = state.withLock { state -> [UInt8] in
      defer { state.last = Self.folder(of: path) }
      state.next = nil
      state.own.insert(id)
      return state.last
    }
    // On another disk nobody would look for it, and two writers could go on from one end.
    if let name = BundleVolumes.name(ofVolume: Int(preamble.volume), beside: file),
      beside + name != path
    {
      _ = VolumeLink.leave(at: beside + name, to: path)
    }
    return storage
  }

  private static func folder(of path: [UInt8]) -> [UInt8] {
    Array(path.prefix(folderLength(path)))
  }

  private static func folderLength(_ path: [UInt8]) -> Int { (path.lastIndex(of: 0x2F) ?? -1) + 1 }
}
