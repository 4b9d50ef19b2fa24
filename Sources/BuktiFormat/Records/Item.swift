/// Closes an item and says what it is (section 6).
public struct Item: RecordContent {
  public static var type: RecordType { .item }

  public var kind: ItemKind
  /// Raw bytes; "/" separates the parts of a path in a folder tree.
  public var name: [UInt8]
  /// In bytes.
  public var size: UInt64
  public var state: ItemState
  public var digests: Digests?
  /// The item that this one was found in.
  public var parent: UInt64?
  public var exhibit: String?
  public var posix: Posix?
  public var times: Times?
  public var ntfs: NTFS?
  /// Where a symbolic link leads.
  public var target: [UInt8]?
  /// The item of which this one is a hard link.
  public var sameAs: UInt64?
  public var source: SourceDevice?
  /// The item that this one supplements.
  public var supplements: UInt64?
  /// Ranges that changed while they were read.
  public var changed: [ByteRun]?
  /// Why the item is not complete.
  public var reason: String?
  public var acquired: Acquired?
  public var ext: CBORValue?

  /// Begins with what every item has; the rest is set afterwards.
  public init(kind: ItemKind, name: [UInt8], size: UInt64, state: ItemState) {
    self.kind = kind
    self.name = name
    self.size = size
    self.state = state
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    var map = try MapReader(value)
    let kind = try map.take(1).map(ItemKind.init(decoding:))
    let name = try map.take(2)?.name()
    let size = try map.take(3)?.number()
    let state = try map.take(4).map(ItemState.init(decoding:))
    digests = try map.take(5).map(Digests.init(decoding:))
    parent = try map.take(6)?.count()
    exhibit = try map.take(7)?.text()
    posix = try map.take(8).map(Posix.init(decoding:))
    times = try map.take(9).map(Times.init(decoding:))
    ntfs = try map.take(10).map(NTFS.init(decoding:))
    target = try map.take(11)?.bytes()
    sameAs = try map.take(12)?.count()
    source = try map.take(13).map(SourceDevice.init(decoding:))
    supplements = try map.take(14)?.count()
    changed = try map.take(15)?.array(CBORValue.some, of: ByteRun.init(decoding:))
    reason = try map.take(16)?.text()
    acquired = try map.take(17).map(Acquired.init(decoding:))
    ext = try map.ext()
    try map.end()
    guard let kind, let name, let size, let state else { throw MapReader.missing }
    self.kind = kind
    self.name = name
    self.size = size
    self.state = state
  }

  public var cbor: CBORValue {
    .fields([
      1: kind.cbor, 2: name.cbor, 3: size.cbor, 4: state.cbor, 5: digests?.cbor, 6: parent?.cbor,
      7: exhibit?.cbor, 8: posix?.cbor, 9: times?.cbor, 10: ntfs?.cbor, 11: target?.cbor,
      12: sameAs?.cbor, 13: source?.cbor, 14: supplements?.cbor,
      15: changed.map { .array($0.map(\.cbor)) },
      16: reason?.cbor, 17: acquired?.cbor, 255: ext,
    ])
  }
}
