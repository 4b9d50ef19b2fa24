public import BuktiFormat
public import BuktiStore

/// What is known of an item apart from its bytes.
public struct ItemDescription: Sendable {
  public var kind: ItemKind
  /// 1 to 65,535 raw bytes; "/" separates the parts of a path.
  public var name: [UInt8]
  /// The item that it was found in.
  public var parent: UInt64?
  public var exhibit: String?
  public var posix: Posix?
  public var times: Times?
  public var ntfs: NTFS?
  public var source: SourceDevice?

  public init(kind: ItemKind, name: [UInt8]) {
    self.kind = kind
    self.name = name
  }

  /// Takes over what the file system says.
  public mutating func take(_ metadata: FileMetadata) {
    posix = Posix(metadata)
    times = Times(metadata)
  }

  /// The item record without what only reading tells.
  func item(size: UInt64, state: ItemState) -> Item {
    var item = Item(kind: kind, name: name, size: size, state: state)
    item.parent = parent
    item.exhibit = exhibit
    item.posix = posix
    item.times = times
    item.ntfs = ntfs
    item.source = source
    return item
  }

  /// - Throws: `usage` for a name that no record can hold.
  func checkName() throws(BuktiError) {
    guard 1...65_535 ~= name.count else {
      throw BuktiError(.usage, "The name of an item has 1 to 65,535 bytes.")
    }
  }
}

/// What became of an item.
public struct AddedItem: Sendable, Hashable {
  public let id: UInt64
  /// Number of its item record.
  public let record: UInt64
  /// In bytes.
  public let size: UInt64
  public let state: ItemState
  /// Why it is not complete.
  public let reason: String?
  /// Nil for kinds without bytes, hard links and what was not acquired.
  public let digests: Digests?
  /// What is missing of the bytes that were read for it now.
  public var lost = LostRanges()
}

extension Posix {
  init(_ metadata: FileMetadata) {
    self.init()
    mode = UInt64(metadata.mode)
    uid = UInt64(metadata.uid)
    gid = UInt64(metadata.gid)
    // Numbers of 2^63 and more have no place in the file; no file system of Linux gives them.
    inode = metadata.id.inode < Limits.integer ? metadata.id.inode : nil
    device = metadata.id.device < Limits.integer ? metadata.id.device : nil
    links = UInt64(metadata.links)
    if let special = metadata.special {
      let number = UInt64(special.major) << 32 | UInt64(special.minor)
      deviceNumber = number < Limits.integer ? number : nil
    }
  }
}

extension Times {
  init(_ metadata: FileMetadata) {
    self.init(
      modified: metadata.modified.sinceEpoch, changed: metadata.changed.sinceEpoch,
      accessed: metadata.accessed.sinceEpoch, born: metadata.born?.sinceEpoch)
  }
}

extension ItemKind {
  /// The kind of a name found in a folder.
  init(_ kind: FileMetadata.Kind) {
    self =
      switch kind {
      case .file, .unknown: .file
      case .directory: .directory
      case .symlink: .symlink
      case .blockDevice: .blockDevice
      case .characterDevice: .characterDevice
      case .fifo: .fifo
      case .socket: .socket
      }
  }

  /// Whether items of this kind are made of bytes ([B-ITM-6]).
  var hasBytes: Bool { self == .file || 4...9 ~= rawValue }
}
