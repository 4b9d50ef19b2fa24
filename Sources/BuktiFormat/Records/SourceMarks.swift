/// What tells the source of an item from others when it is read again: kept under `ext` of its item-open,
/// as `registry.md` says, since the item record comes too late for an item that was interrupted.
public struct SourceMarks: Sendable, Hashable {
  public var device: SourceDevice?
  /// Of a file: number in its file system.
  public var inode: UInt64?
  /// Of a file: when it was changed last, in nanoseconds since 1970.
  public var modified: Int64?
  /// Of an image by ddrescue: the digest of the map that was given with it, which says what of it was never read.
  public var map: Hash?

  public init(
    device: SourceDevice? = nil, inode: UInt64? = nil, modified: Int64? = nil, map: Hash? = nil
  ) {
    self.device = device
    self.inode = inode
    self.modified = modified
    self.map = map
  }

  /// Takes what `ext` says; what is not of this shape says nothing.
  public init?(ext: CBORValue?) {
    guard let ext, var map = try? MapReader(ext) else { return nil }
    device = (try? map.take(1)).flatMap { try? SourceDevice(decoding: $0) }
    inode = (try? map.take(2)).flatMap { try? $0.number() }
    modified = (try? map.take(3)).flatMap { try? $0.integer() }
    self.map = (try? map.take(4)).flatMap { try? $0.hash() }
    if isEmpty { return nil }
  }

  /// Nil where nothing is known.
  public var ext: CBORValue? {
    if isEmpty { return nil }
    return .fields([1: device?.cbor, 2: inode?.cbor, 3: modified?.cbor, 4: map?.cbor])
  }

  private var isEmpty: Bool { self == SourceMarks() }
}
