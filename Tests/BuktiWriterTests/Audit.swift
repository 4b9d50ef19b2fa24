import BuktiEngines
import BuktiFormat
import BuktiStore
import BuktiTrust
import Testing

@testable import BuktiWriter

/// A bundle read from front to back by the slowest means: what the tests compare with.
struct Audit {
  var frames: [StoredRecord] = []
  var items: [UInt64: Item] = [:]
  var bytes: [UInt64: [UInt8]] = [:]
  var codecs: [UInt64: [Codec]] = [:]
  var gaps: [Gap] = []
  var names: [NameRow] = []
  var sessions: [Session] = []
  var seals: [Seal] = []

  private var refused: [Range<UInt64>] = []

  /// Reads everything and checks chain, payloads, index, tails, checkpoints, tiling and digests.
  ///
  /// - Parameter asksOther: whether the reader written from the specification must agree.
  init(
    _ storage: any Storage, asksOther: Bool = true,
    pins: [SigningKey] = [Office.signer, Office.second],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try expectVerified(storage, pins: pins, sourceLocation: sourceLocation)
    if asksOther { try OtherReader.agrees(storage, sourceLocation: sourceLocation) }
    let head = try storage.read(Preamble.size, at: 0)
    let preamble = try Preamble(decoding: head.span)
    let reader = try recordReader(storage)
    try findRefused(reader)
    var index = IndexState(engine: LibcryptoSHA256())
    var previous = preamble.hash(using: LibcryptoSHA256())
    var place = UInt64(Preamble.size)
    while place < reader.volumes.end {
      let frame = try reader.record(at: place)
      #expect(try reader.hasPayload(of: frame))
      #expect(frame.core.number == UInt64(frames.count) && frame.core.previous == previous)
      try read(frame, reader, index, preamble.bundleID)
      index.append(frame.core, hash: frame.hash)
      frames.append(frame)
      previous = frame.hash
      place = frame.end
    }
  }

  private mutating func findRefused(_ reader: RecordReader) throws {
    var place = UInt64(Preamble.size)
    while place < reader.volumes.end {
      let frame = try reader.record(at: place)
      place = frame.end
      guard frame.core.type == .session else { continue }
      let session = try reader.content(Session.self, of: frame)
      guard let refuses = session.refuses else { continue }
      refused.append(refuses.first..<refuses.first + refuses.count)
    }
  }

  /// The types of all records, in order.
  var types: [RecordType] { frames.map(\.core.type) }

  func count(_ type: RecordType) -> Int { types.count { $0 == type } }

  func item(_ name: String) -> Item? {
    items.values.first { $0.name == Array(name.utf8) }
  }

  private mutating func read(
    _ frame: StoredRecord, _ reader: RecordReader, _ index: IndexState<LibcryptoSHA256>,
    _ bundleID: BundleID
  ) throws {
    let core = frame.core
    let mayWait: [RecordType] = [.session, .attest, .tail, .seal, .index]
    if refused.contains(where: { $0.contains(core.number) }) { return }
    if !mayWait.contains(core.type) { #expect(index.due == nil) }
    switch core.type {
    case .session: sessions.append(try reader.content(Session.self, of: frame))
    case .data: try take(try reader.plain(of: frame), of: core)
    case .gap:
      let gap = try reader.content(Gap.self, of: frame)
      try take([UInt8](repeating: 0, count: Int(gap.length)), of: core)
      gaps.append(gap)
    case .item:
      let item = try reader.content(Item.self, of: frame)
      items[core.itemID] = item
      #expect(item.size == UInt64(bytes[core.itemID]?.count ?? 0))
      if let digests = item.digests {
        #expect(digests.sha256 == LibcryptoSHA256.digest(of: bytes[core.itemID] ?? []))
      }
    case .names:
      let part = try reader.content(Names.self, of: frame)
      names += part.rows
    case .index:
      let block = try reader.content(IndexBlock.self, of: frame)
      #expect(block == index.dueBlock)
    case .tail:
      let tail = try reader.content(Tail.self, of: frame)
      #expect(tail == index.tail(state: tail.state))
    case .seal:
      let seal = try reader.content(Seal.self, of: frame)
      let checkpoint = Checkpoint(
        bundleID: bundleID, size: core.number,
        root: index.frontier.root(using: LibcryptoSHA256()))
      #expect(seal.checkpoint == checkpoint.encoded())
      #expect(types.last == .tail)
      seals.append(seal)
    default: break
    }
  }

  private mutating func take(_ plain: [UInt8], of core: Core) throws {
    #expect(core.offset == UInt64(bytes[core.itemID]?.count ?? 0))
    bytes[core.itemID, default: []] += plain
    codecs[core.itemID, default: []].append(core.codec)
  }
}
