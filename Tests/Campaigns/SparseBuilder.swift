import BuktiEngines
import BuktiFormat
import BuktiStore
import BuktiTrust

/// Builds bundles of terabytes from stored zeros, whose digests are made once.
///
/// One salt serves all frames, which no writer may do: it makes the payload digests alike.
struct SparseBuilder {
  static let chunk = Limits.maxPlainLength
  private static let salt = [UInt8](repeating: 0x5A, count: FrameHeader.saltSize)

  let storage: SparseStorage
  private let id = BundleID(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef)
  private let engine = LibcryptoSHA256()
  private var index = IndexState(engine: LibcryptoSHA256())
  private var state = TailState(nextItemID: 1, session: 1)
  private var unnamed: [NameRow] = []
  private var previous: Hash
  private let zerosDigest: Hash
  private let itemDigest: Hash

  init(_ key: SigningKey) throws(BuktiError) {
    storage = SparseStorage()
    let preamble = Preamble(volume: 0, bundleID: id)
    previous = preamble.hash(using: engine)
    let zeros = [UInt8](repeating: 0, count: Int(Self.chunk))
    zerosDigest = engine.payloadDigest(salt: Self.salt.span, body: zeros.span.raw)
    itemDigest = LibcryptoSHA256.digest(of: zeros)
    var writer = ByteWriter()
    preamble.encode(into: &writer)
    try storage.append(writer.bytes)
    try append(
      Genesis(
        case: Genesis.Case(number: "1"), creator: Person(name: "Examiner"),
        tool: Tool(name: "campaign", version: "1"), time: Office.now))
    try append(Office.session(key))
  }

  /// Number of the next record.
  var number: UInt64 { index.count }

  /// Where the next frame begins.
  var offset: UInt64 { index.logicalOffset }

  /// One item of stored zeros, in one frame as long as frames may be.
  mutating func addItem() throws(BuktiError) {
    let id = state.nextItemID
    try writeDueBlocks()
    let core = core(
      .data, item: id, plain: Self.chunk, stored: UInt64(FrameHeader.saltSize) + Self.chunk,
      zerosDigest)
    let storage = storage
    try write(core) { (writer) throws(BuktiError) in
      try storage.append(writer.bytes)
      storage.appendZeros(Self.chunk)
      writer.removeAll()
    }
    state.nextItemID += 1
    var item = Item(
      kind: .file, name: Array("zeros-\(id)".utf8), size: Self.chunk, state: .complete)
    item.digests = Digests(sha256: itemDigest)
    if unnamed.count == Limits.maxNames { try addNames() }
    let record = try append(item, item: id)
    state.unnamed.append(UnnamedItem(id: id, record: record))
    unnamed.append(
      NameRow(item: id, record: record, name: item.name, kind: item.kind, size: item.size))
  }

  private mutating func addNames() throws(BuktiError) {
    state.names = try append(Names(rows: unnamed, previous: state.names))
    unnamed = []
    state.unnamed = []
  }

  mutating func seal(_ key: SigningKey) throws(BuktiError) {
    try addNames()
    try encode(index.tail(state: state))
    let content = Checkpoint(
      bundleID: id, branch: nil, size: number, root: index.frontier.root(using: engine)
    ).encoded()
    let signature = try CheckpointSigner.sign(
      checkpoint: content, key: key, signingTime: Office.time)
    try encode(Seal(checkpoint: content, signatures: [signature]))
  }

  @discardableResult
  private mutating func append(
    _ content: some RecordContent, item: UInt64 = 0
  ) throws(BuktiError) -> UInt64 {
    try writeDueBlocks()
    return try encode(content, item: item)
  }

  private mutating func writeDueBlocks() throws(BuktiError) {
    while let block = index.dueBlock { try encode(block) }
  }

  @discardableResult
  private mutating func encode(
    _ content: some RecordContent, item: UInt64 = 0
  ) throws(BuktiError) -> UInt64 {
    let body = try content.encode()
    let core = core(
      type(of: content).type, item: item, plain: UInt64(body.count),
      stored: UInt64(FrameHeader.saltSize + body.count),
      engine.payloadDigest(salt: Self.salt.span, body: body.span.raw))
    try write(core) { (writer) throws(BuktiError) in writer.append(body) }
    return core.number
  }

  private func core(
    _ type: RecordType, item: UInt64, plain: UInt64, stored: UInt64, _ digest: Hash
  ) -> Core {
    Core(
      bundleID: id, type: type, number: number, itemID: item, plainLength: plain,
      storedLength: stored, payloadDigest: digest, previous: previous)
  }

  private mutating func write(
    _ core: Core, _ body: (inout ByteWriter) throws(BuktiError) -> Void
  ) throws(BuktiError) {
    let header = FrameHeader(core: core)
    var writer = ByteWriter()
    header.encode(into: &writer)
    writer.append(Self.salt)
    try body(&writer)
    header.encodeTrailer(into: &writer)
    try storage.append(writer.bytes)
    previous = engine.recordHash(core)
    index.append(core, hash: previous)
  }
}
