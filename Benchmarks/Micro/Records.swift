import BuktiEngines
import BuktiFormat

/// Codec, chain, tree, CBOR and index: what each record costs besides its bytes.
struct Records {
  let watch: Stopwatch
  private let engine = LibcryptoSHA256()
  private let batch = 1_000

  init(_ watch: Stopwatch) { self.watch = watch }

  func measure() throws {
    try codec()
    chain()
    try cbor()
    try index()
  }

  private func core(_ number: Int) -> Core {
    Core(
      bundleID: BundleID(7), type: .data, number: UInt64(number), itemID: 3,
      offset: UInt64(number) << 18, plainLength: 1 << 18, storedLength: 16 + 1 << 18,
      payloadDigest: Hash(words: 1, 2, 3, 4), previous: Hash(words: 5, 6, 7, UInt64(number)))
  }

  private func codec() throws {
    let header = FrameHeader(core: core(5))
    var writer = ByteWriter()
    watch.rate("frame-encode", .nanoseconds) {
      writer.removeAll()
      for _ in 0..<batch { header.encode(into: &writer) }
      return batch
    }
    let bytes = [UInt8](writer.bytes[..<FrameHeader.size])
    try watch.rate("frame-decode", .nanoseconds) {
      for _ in 0..<batch {
        use(try FrameHeader(checking: bytes.span, remaining: 1 << 40).core.number)
      }
      return batch
    }
    let salt = [UInt8](repeating: 9, count: 16)
    let body = [UInt8](repeating: 1, count: 200)
    watch.rate("payload-digest-200", .nanoseconds) {
      for _ in 0..<batch {
        use(unsafe engine.payloadDigest(salt: salt.span, body: body.span.bytes))
      }
      return batch
    }
  }

  private func chain() {
    var writer = ByteWriter()
    core(5).encode(into: &writer)
    let bytes = writer.bytes
    watch.rate("record-hash", .nanoseconds) {
      for _ in 0..<batch { use(engine.recordHash(core: bytes.span)) }
      return batch
    }
    var frontier = Frontier()
    let hash = engine.recordHash(core: bytes.span)
    watch.rate("tree-append", .nanoseconds) {
      for _ in 0..<batch { frontier.append(hash, using: engine) }
      return batch
    }
  }

  private func cbor() throws {
    let item = Item(
      kind: .file, name: Array("usr/share/doc/example/changelog.Debian.gz".utf8), size: 123_456,
      state: .complete)
    let body = try item.encode()
    try watch.rate("cbor-encode-item", .nanoseconds) {
      for _ in 0..<batch { use(try item.encode()) }
      return batch
    }
    try watch.rate("cbor-decode-item", .nanoseconds) {
      for _ in 0..<batch { use(try Item(plain: body.span).size) }
      return batch
    }
  }

  /// A record in the index, with the blocks that it brings about on the way.
  private func index() throws {
    var state = IndexState(engine: engine)
    let hash = Hash(words: 1, 2, 3, 4)
    var block: [UInt8] = []
    try watch.rate("index-append", .nanoseconds) {
      for _ in 0..<Int(Limits.run) {
        state.append(core(Int(state.count)), hash: hash)
        while let due = state.dueBlock {
          if case .records = due.content { block = try due.encode() } else { use(try due.encode()) }
          var core = core(Int(state.count))
          (core.type, core.itemID) = (.index, 0)
          state.append(core, hash: hash)
        }
      }
      return Int(Limits.run)
    }
    try watch.rate("index-block-decode", .nanoseconds) {
      guard case .records(let rows) = try IndexBlock(plain: block.span).content else { return 0 }
      use(rows[rows.count - 1])
      return 1
    }
  }
}
