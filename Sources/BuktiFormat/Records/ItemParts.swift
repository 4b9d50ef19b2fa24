/// The digests of an item's bytes, a gap counting as zeros ([B-ITM-8]).
public struct Digests: Sendable, Hashable {
  public var sha256: Hash
  public var md5: [UInt8]?
  public var sha1: [UInt8]?
  public var sha512: [UInt8]?

  public init(
    sha256: Hash, md5: [UInt8]? = nil, sha1: [UInt8]? = nil, sha512: [UInt8]? = nil
  ) {
    self.sha256 = sha256
    self.md5 = md5
    self.sha1 = sha1
    self.sha512 = sha512
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    var map = try MapReader(value)
    let sha256 = try map.take(1)?.hash()
    md5 = try map.take(2)?.bytes(16...16)
    sha1 = try map.take(3)?.bytes(20...20)
    sha512 = try map.take(4)?.bytes(64...64)
    try map.end()
    guard let sha256 else { throw MapReader.missing }
    self.sha256 = sha256
  }

  public var cbor: CBORValue {
    .fields([1: sha256.cbor, 2: md5?.cbor, 3: sha1?.cbor, 4: sha512?.cbor])
  }
}

/// What a POSIX file system says about a file.
public struct Posix: Sendable, Hashable {
  public var mode: UInt64?
  public var uid: UInt64?
  public var gid: UInt64?
  public var owner: String?
  public var group: String?
  public var inode: UInt64?
  public var device: UInt64?
  public var links: UInt64?
  public var attributes: [ExtendedAttribute]?
  /// The device number of a device file.
  public var deviceNumber: UInt64?

  public init() {}

  public init(decoding value: CBORValue) throws(BuktiError) {
    var map = try MapReader(value)
    mode = try map.take(1)?.number()
    uid = try map.take(2)?.number()
    gid = try map.take(3)?.number()
    owner = try map.take(4)?.text()
    group = try map.take(5)?.text()
    inode = try map.take(6)?.number()
    device = try map.take(7)?.number()
    links = try map.take(8)?.number()
    attributes = try map.take(9)?.array(of: ExtendedAttribute.init(decoding:))
    deviceNumber = try map.take(10)?.number()
    try map.end()
  }

  public var cbor: CBORValue {
    .fields([
      1: mode?.cbor, 2: uid?.cbor, 3: gid?.cbor, 4: owner?.cbor, 5: group?.cbor, 6: inode?.cbor,
      7: device?.cbor, 8: links?.cbor,
      9: attributes.map { .array($0.map(\.cbor)) },
      10: deviceNumber?.cbor,
    ])
  }
}

public struct ExtendedAttribute: Sendable, Hashable {
  public var name: [UInt8]
  public var value: [UInt8]

  public init(name: [UInt8], value: [UInt8]) {
    self.name = name
    self.value = value
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    let parts = try value.array(2...2)
    self.init(name: try parts[0].bytes(), value: try parts[1].bytes())
  }

  public var cbor: CBORValue { .array([name.cbor, value.cbor]) }
}

/// The times of a file, in ns since 1970.
public struct Times: Sendable, Hashable {
  public var modified: Int64?
  public var changed: Int64?
  public var accessed: Int64?
  public var born: Int64?

  public init(
    modified: Int64? = nil, changed: Int64? = nil, accessed: Int64? = nil, born: Int64? = nil
  ) {
    self.modified = modified
    self.changed = changed
    self.accessed = accessed
    self.born = born
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    var map = try MapReader(value)
    modified = try map.take(1)?.integer()
    changed = try map.take(2)?.integer()
    accessed = try map.take(3)?.integer()
    born = try map.take(4)?.integer()
    try map.end()
  }

  public var cbor: CBORValue {
    .fields([1: modified?.cbor, 2: changed?.cbor, 3: accessed?.cbor, 4: born?.cbor])
  }
}

/// What NTFS says about a file.
public struct NTFS: Sendable, Hashable {
  public var attributes: UInt64?
  public var securityDescriptor: [UInt8]?
  public var fileReference: UInt64?

  public init(
    attributes: UInt64? = nil, securityDescriptor: [UInt8]? = nil, fileReference: UInt64? = nil
  ) {
    self.attributes = attributes
    self.securityDescriptor = securityDescriptor
    self.fileReference = fileReference
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    var map = try MapReader(value)
    attributes = try map.take(1)?.number()
    securityDescriptor = try map.take(2)?.bytes()
    fileReference = try map.take(3)?.number()
    try map.end()
  }

  public var cbor: CBORValue {
    .fields([1: attributes?.cbor, 2: securityDescriptor?.cbor, 3: fileReference?.cbor])
  }
}

/// The device that an item was read from.
public struct SourceDevice: Sendable, Hashable {
  public var make: String?
  public var model: String?
  public var serial: String?
  public var firmware: String?
  /// In bytes.
  public var size: UInt64?
  /// In bytes.
  public var sectorSize: UInt64?
  /// Areas that the device hides: HPA, DCO.
  public var hiddenAreas: String?
  public var writeBlocker: String?
  public var mounted: Bool?
  /// Where the device was found.
  public var path: [UInt8]?

  public init() {}

  public init(decoding value: CBORValue) throws(BuktiError) {
    var map = try MapReader(value)
    make = try map.take(1)?.text()
    model = try map.take(2)?.text()
    serial = try map.take(3)?.text()
    firmware = try map.take(4)?.text()
    size = try map.take(5)?.number()
    sectorSize = try map.take(6)?.count()
    hiddenAreas = try map.take(7)?.text()
    writeBlocker = try map.take(8)?.text()
    mounted = try map.take(9)?.bool()
    path = try map.take(10)?.bytes()
    try map.end()
  }

  public var cbor: CBORValue {
    .fields([
      1: make?.cbor, 2: model?.cbor, 3: serial?.cbor, 4: firmware?.cbor, 5: size?.cbor,
      6: sectorSize?.cbor, 7: hiddenAreas?.cbor, 8: writeBlocker?.cbor, 9: mounted?.cbor,
      10: path?.cbor,
    ])
  }
}

/// A run of an item's bytes.
public struct ByteRun: Sendable, Hashable {
  public var start: UInt64
  public var length: UInt64

  public init(start: UInt64, length: UInt64) {
    self.start = start
    self.length = length
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    let parts = try value.array(2...2)
    self.init(start: try parts[0].number(), length: try parts[1].count())
  }

  public var cbor: CBORValue { .array([start.cbor, length.cbor]) }
}

/// When reading the source began and ended.
public struct Acquired: Sendable, Hashable {
  public var began: Timestamp
  public var ended: Timestamp

  public init(began: Timestamp, ended: Timestamp) {
    self.began = began
    self.ended = ended
  }

  public init(decoding value: CBORValue) throws(BuktiError) {
    let parts = try value.array(2...2)
    self.init(began: try Timestamp(decoding: parts[0]), ended: try Timestamp(decoding: parts[1]))
  }

  public var cbor: CBORValue { .array([began.cbor, ended.cbor]) }
}
