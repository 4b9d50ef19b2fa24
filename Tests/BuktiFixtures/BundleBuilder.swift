import BuktiEngines
public import BuktiFormat

/// Builds bundles in memory for tests, record by record, with index, tails and unsigned seals.
///
/// It keeps the state that tails state, so that what it builds passes every check but signatures; what a
/// test wants to be wrong it makes wrong itself.
public struct BundleBuilder {
  private typealias State = IndexState<LibcryptoSHA256>

  public let id: BundleID
  /// All volumes so far.
  public private(set) var volumes: [[UInt8]]
  public var state = TailState(nextItemID: 1, session: 1)
  /// States before records, by number, for sessions that refuse.
  private var states: [TailState] = []
  private var index: State
  private var previous: Hash
  private var unnamed: [NameRow] = []
  private var unnamedBefore: [[NameRow]] = []
  private let engine = LibcryptoSHA256()
  private let deflater = ZlibDeflate()
  private var salt: UInt64

  /// Begins with a genesis and one session.
  ///
  /// - Parameter salt: another one gives other salts, so that all record hashes differ.
  public init(
    id: UInt128 = 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef, session: Bool = true, salt: UInt64 = 0
  ) throws {
    self.id = BundleID(id)
    self.salt = salt
    let preamble = Preamble(volume: 0, bundleID: self.id)
    var writer = ByteWriter()
    preamble.encode(into: &writer)
    volumes = [writer.bytes]
    previous = preamble.hash(using: engine)
    index = IndexState(engine: engine)
    try append(
      Genesis(
        case: Genesis.Case(number: "1"), creator: Person(name: "Tester"),
        tool: Tool(name: "t", version: "1"),
        time: Timestamp()))
    if session { try append(Self.session()) }
  }

  /// Number of the next record.
  public var number: UInt64 { index.count }

  /// The bytes of a bundle of one volume.
  public var bytes: [UInt8] { volumes[0] }

  public static func session() -> Session {
    Session(
      who: Person(name: "Tester"), why: "test", host: Host(name: "h"),
      tool: Tool(name: "t", version: "1"), time: Timestamp(),
      policy: Policy(certificates: [Hash(words: 1, 2, 3, 4)], needed: 1))
  }

  /// Begins the next volume.
  public mutating func beginVolume() {
    var writer = ByteWriter()
    Preamble(volume: UInt32(volumes.count), bundleID: id).encode(into: &writer)
    volumes.append(writer.bytes)
  }

  /// Appends bytes that are no frame.
  public mutating func appendTorn(_ bytes: [UInt8]) { volumes[volumes.count - 1] += bytes }

  @discardableResult
  public mutating func append(
    _ content: some RecordContent, item: UInt64 = 0, offset: UInt64 = 0
  ) throws -> UInt64 {
    try writeDueBlocks(before: type(of: content).type)
    return try write(content, item: item, offset: offset)
  }

  /// Appends a data record.
  public mutating func data(
    _ item: UInt64, at offset: UInt64, _ bytes: [UInt8], codec: Codec = .stored
  ) throws {
    try writeDueBlocks(before: .data)
    let body: [UInt8]
    var used = codec
    switch codec {
    case .zeroRun: body = []
    case .deflate:
      let deflated = deflater.deflate(bytes.span.raw, limit: bytes.count)
      body = deflated ?? bytes
      if deflated == nil { used = .stored }
    default: body = bytes
    }
    frame(.data, used, item, offset, UInt64(bytes.count), body)
    advance(item, to: offset + UInt64(bytes.count))
  }

  /// Appends a data record with a body that need not be what its core says.
  public mutating func data(
    _ item: UInt64, at offset: UInt64, plainLength: Int, deflated body: [UInt8]
  ) throws {
    try writeDueBlocks(before: .data)
    frame(.data, .deflate, item, offset, UInt64(plainLength), body)
    advance(item, to: offset + UInt64(plainLength))
  }

  public mutating func gap(_ item: UInt64, at offset: UInt64, _ gap: Gap) throws {
    try append(gap, item: item, offset: offset)
    advance(item, to: offset + gap.length)
  }

  /// Closes an item with what is given and the digests of its bytes.
  @discardableResult
  public mutating func close(_ id: UInt64, _ item: Item) throws -> UInt64 {
    if unnamed.count == Limits.maxNames { try names() }
    let record = try append(item, item: id)
    if id >= state.nextItemID { state.nextItemID = id + 1 }
    state.openItems.removeAll { $0.id == id }
    state.unnamed.append(UnnamedItem(id: id, record: record))
    unnamed.append(
      NameRow(item: id, record: record, name: item.name, kind: item.kind, size: item.size))
    return record
  }

  /// Appends a whole file in chunks and returns its id.
  @discardableResult
  public mutating func file(
    _ name: [UInt8], _ bytes: [UInt8], chunk: Int = 1 << 16, codec: Codec = .stored,
    describe: (inout Item) -> Void = { _ in }
  ) throws -> UInt64 {
    let id = state.nextItemID
    for start in stride(from: 0, to: bytes.count, by: chunk) {
      let part = Array(bytes[start..<min(start + chunk, bytes.count)])
      let zeros = codec == .zeroRun && !part.allSatisfy { $0 == 0 }
      try data(id, at: UInt64(start), part, codec: zeros ? .stored : codec)
    }
    var item = Item(kind: .file, name: name, size: UInt64(bytes.count), state: .complete)
    item.digests = Digests(sha256: LibcryptoSHA256.digest(of: bytes))
    describe(&item)
    try close(id, item)
    return id
  }

  public mutating func names() throws {
    let record = try append(Names(rows: unnamed, previous: state.names))
    unnamed = []
    state.unnamed = []
    state.names = record
  }

  public mutating func tail() throws { try append(index.tail(state: state)) }

  /// Appends a tail and a seal without signatures over it.
  public mutating func seal(signatures: [[UInt8]] = []) throws {
    try tail()
    let checkpoint = self.checkpoint
    try append(Seal(checkpoint: checkpoint.encoded(), signatures: signatures))
  }

  /// What a seal that came now would sign.
  public var checkpoint: Checkpoint {
    Checkpoint(
      bundleID: id, branch: state.branch, size: index.count,
      root: index.frontier.root(using: engine))
  }

  /// Begins a further session; one that refuses takes back what the refused records meant.
  public mutating func session(
    extending size: UInt64?, root: Hash = .zero, refusing: Range<UInt64>? = nil,
    adopting: Range<UInt64>? = nil, torn: Torn? = nil
  ) throws {
    var session = Self.session()
    session.torn = torn
    session.extends = size.map {
      Extends(size: $0, root: root, signers: [.zero], because: .fingerprint)
    }
    session.adopts = adopting.map {
      Adopts(first: $0.lowerBound, count: UInt64($0.count), reason: "test")
    }
    session.refuses = refusing.map {
      Refuses(first: $0.lowerBound, count: UInt64($0.count), reason: "test")
    }
    let before = (state, unnamed)
    if let refusing {
      state = states[Int(refusing.lowerBound)]
      unnamed = unnamedBefore[Int(refusing.lowerBound)]
    }
    let number = try append(session)
    (states[Int(number)], unnamedBefore[Int(number)]) = before
  }

  private mutating func advance(_ item: UInt64, to end: UInt64) {
    if item >= state.nextItemID {
      state.nextItemID = item + 1
      state.openItems.append(OpenItem(id: item, offset: end))
    } else if let place = state.openItems.firstIndex(where: { $0.id == item }) {
      state.openItems[place].offset = end
    }
  }

  private mutating func writeDueBlocks(before type: RecordType) throws {
    if [.session, .attest, .tail, .seal].contains(type) { return }
    while let block = index.dueBlock { try write(block) }
  }

  @discardableResult
  private mutating func write(
    _ content: some RecordContent, item: UInt64 = 0, offset: UInt64 = 0
  ) throws -> UInt64 {
    let plain = try content.encode()
    let type = type(of: content).type
    let number = frame(type, .stored, item, offset, UInt64(plain.count), plain)
    if type == .session { state.session = number }
    if type == .withhold { state.withhold = number }
    if type == .itemOpen { advance(item, to: offset) }
    return number
  }

  @discardableResult
  private mutating func frame(
    _ type: RecordType, _ codec: Codec, _ item: UInt64, _ offset: UInt64, _ plain: UInt64,
    _ body: [UInt8]
  ) -> UInt64 {
    salt += 1
    var saltWriter = ByteWriter()
    saltWriter.append(UInt64(0x5a5a_0000_0000_0000))
    saltWriter.append(salt)
    let number = index.count
    let core = Core(
      bundleID: id, type: type, codec: codec, number: number, itemID: item, offset: offset,
      plainLength: plain, storedLength: UInt64(16 + body.count),
      payloadDigest: engine.payloadDigest(salt: saltWriter.bytes.span, body: body.span.raw),
      previous: previous)
    let header = FrameHeader(core: core)
    var writer = ByteWriter()
    header.encode(into: &writer)
    writer.append(saltWriter.bytes)
    writer.append(body)
    header.encodeTrailer(into: &writer)
    volumes[volumes.count - 1] += writer.bytes
    states.append(state)
    unnamedBefore.append(unnamed)
    previous = engine.recordHash(core)
    index.append(core, hash: previous)
    return number
  }
}
