import BuktiEngines
import BuktiFixtures
import BuktiFormat
import BuktiStore
import Synchronization
import Testing

private func reader(_ volumes: [[UInt8]]) throws(BuktiError) -> RecordReader {
  try RecordReader(
    opening: volumes.map { MemoryStorage($0) }, sha256: LibcryptoSHA256(), deflate: ZlibDeflate())
}

private func index(_ volumes: [[UInt8]]) throws -> ProvenIndex {
  let reader = try reader(volumes)
  return try ProvenIndex(reader, end: try #require(try reader.lastSeal()))
}

/// Every record as a reader from the front finds it.
private func headers(_ volumes: [[UInt8]]) -> [FrameHeader] {
  var headers: [FrameHeader] = []
  for volume in volumes {
    BundleBuilder.forEachFrame(of: volume) { header, _ in headers.append(header) }
  }
  return headers
}

@Suite struct ProvenIndexTests {
  /// Items one after the other, with marks between them, until there are blocks of level 1.
  private func large() throws -> BundleBuilder {
    var builder = try BundleBuilder()
    for number in 0..<90 {
      try builder.file(Array("file-\(number)".utf8), [UInt8](repeating: 7, count: 2000), chunk: 10)
      if number % 7 == 3 { try builder.tail() }
    }
    for _ in 0..<9 { try builder.tail() }
    return builder
  }

  @Test func everyRecordIsFoundAndProven() throws {
    var builder = try large()
    try builder.seal()
    let index = try index(builder.volumes)
    #expect(!index.folded.blocks.isEmpty)
    #expect(index.folded.blocks.contains { $0.level == 1 })
    let cores = headers(builder.volumes)
    for number in stride(from: 0, to: cores.count - 1, by: 37) {
      let record = try index.record(UInt64(number))
      #expect(record.header == cores[number])
    }
    #expect(index.count == UInt64(cores.count - 1))
    #expect(code { _ = try index.row(index.count) } == .notFound)
  }

  /// Of a row only the hash is proven. Whoever has the file can have a block lead to itself, under a seal that holds.
  @Test func aBlockThatLeadsToItselfIsNotTheOne() throws {
    var builder = try large()
    try builder.seal()
    let honest = try index(builder.volumes)
    let block = try #require(honest.folded.blocks.first { $0.level == 1 })
    let place = Int(block.row.logicalOffset)
    let record = try honest.record(block.row.record)
    let body = place + FrameHeader.size + FrameHeader.saltSize
    var changed = try honest.content(IndexBlock.self, of: block.row.record)
    guard case .blocks(let rows) = changed.content else {
      Issue.record("not of level 1")
      return
    }
    var tampered = LevelRows()
    for number in 0..<rows.count {
      var row = rows[number]
      if number == 0 {
        row.record = block.row.record
        row.logicalOffset = block.row.logicalOffset
        row.lowest = ItemPlace(itemID: 1, offset: 0)
        row.highest = ItemPlace(itemID: .max, offset: .max)
      }
      tampered.append(row)
    }
    changed.content = .blocks(tampered)
    let plain = try changed.encode()
    #expect(UInt64(plain.count) == record.core.plainLength && record.core.codec == .stored)
    var bytes = builder.volumes[0]
    var header = record.header
    let salt = Array(bytes[body - FrameHeader.saltSize..<body])
    header.core.payloadDigest = LibcryptoSHA256().payloadDigest(
      salt: salt.span, body: plain.span.raw)
    var writer = ByteWriter()
    header.encode(into: &writer)
    bytes.replaceSubrange(place..<place + FrameHeader.size, with: writer.bytes)
    bytes.replaceSubrange(body..<body + plain.count, with: plain)
    let index = try index([bytes])
    for number in [block.start, block.start + 5, block.start + 200] {
      for _ in 0..<2 { #expect(code { _ = try index.row(number) } == .indexMismatch) }
    }
    let query = ItemQuery(itemID: 1, types: [.data], refused: RecordRanges())
    #expect(code { _ = try index.last(query, upTo: 0) } == .indexMismatch)
    #expect(code { _ = try index.first(query) } == .indexMismatch)
    // The other blocks below are read as before.
    let other = block.start + FoldedRows.span(ofLevel: 0)
    #expect(try index.row(other) == honest.row(other))
  }

  @Test func everyRecordHasAProofFromTheBlocksOnItsWay() throws {
    var large = try large()
    try large.seal()
    var small = try BundleBuilder()
    try small.file([65], [1])
    try small.seal()
    for builder in [small, large] {
      let index = try index(builder.volumes)
      let hashes = headers(builder.volumes).dropLast().map { LibcryptoSHA256().recordHash($0.core) }
      for number in stride(from: 0, to: hashes.count, by: hashes.count > 100 ? 41 : 1) {
        let proof = try index.inclusionProof(of: UInt64(number))
        let whole = try InclusionProof(
          index: number, leafHashes: Array(hashes), using: LibcryptoSHA256())
        #expect(proof == whole)
        try proof.verify(
          leafHash: hashes[number], index: UInt64(number), size: index.count,
          root: index.end.checkpoint.root, using: LibcryptoSHA256())
      }
      #expect(code { _ = try index.inclusionProof(of: index.count) } == .notFound)
      let types = try index.records(of: [.item, .seal, .tail])
      let all = headers(builder.volumes).map(\.core.type).dropLast()
      #expect(types[.item] == all.indices.filter { all[$0] == .item }.map(UInt64.init))
      #expect(types[.tail] == all.indices.filter { all[$0] == .tail }.map(UInt64.init))
      #expect(types[.seal] == nil)
    }
  }

  @Test func tailsThatLeanOnEachOtherGiveTheRowsOfAll() throws {
    for marks in 0...20 {
      var builder = try BundleBuilder()
      for mark in 0..<marks {
        try builder.file([65], [UInt8(mark)])
        try builder.tail()
      }
      try builder.seal()
      let index = try index(builder.volumes)
      let cores = headers(builder.volumes)
      for number in cores.indices.dropLast() {
        #expect(try index.record(UInt64(number)).header == cores[number])
      }
      let state = try IndexState(
        resumingFrom: index.end.tail, core: index.end.tailRecord.core,
        hash: index.end.tailRecord.hash,
        earlierRows: index.earlierRows, engine: LibcryptoSHA256())
      #expect(state.frontier.root(using: LibcryptoSHA256()) == index.end.checkpoint.root)
    }
  }

  @Test func theLastSealIsFoundBehindTornBytesAndUnsealedRecords() throws {
    var builder = try large()
    try builder.seal()
    let sealed = builder.number
    try builder.file([66], [UInt8](repeating: 1, count: 70_000))
    builder.appendTorn(FrameHeader.mark + [UInt8](repeating: 0x3C, count: 300_000))
    let index = try index(builder.volumes)
    #expect(index.count == sealed - 1)
  }

  @Test func aFileThatIsCutWhileItIsReadIsJustShorter() throws {
    var builder = try BundleBuilder()
    try builder.file([65], [1])
    try builder.seal()
    let whole = builder.bytes.count
    builder.appendTorn([UInt8](repeating: 0x3C, count: 100_000))
    let bytes = builder.bytes
    for left in [0, 10, 31, 32, 40, whole - 100, whole, whole + 1, whole + 50_000] {
      for times in 0..<16 {
        let storage = ShrinkingStorage(bytes, whole: times, left: left)
        do {
          let reader = try RecordReader(
            opening: [storage], sha256: LibcryptoSHA256(), deflate: ZlibDeflate())
          let end = try reader.lastSeal()
          #expect(end == nil || end?.sealRecord.end == UInt64(whole))
        } catch { #expect(!error.isOfStorage) }
      }
    }
  }

  @Test func aFakeSealInsideABodyIsPassedOver() throws {
    var inner = try BundleBuilder()
    try inner.file([65], [1])
    try inner.seal()
    var builder = inner
    // A disk that holds a copy of the bundle itself; the copy's seal is found first, from the end.
    try builder.data(2, at: 0, inner.bytes + inner.bytes)
    builder.appendTorn([0])
    let index = try index(builder.volumes)
    #expect(index.end.sealRecord.end == UInt64(inner.bytes.count))
  }

  @Test func nothingIsFoundWhereNothingIsSealed() throws {
    var builder = try BundleBuilder()
    try builder.file([65], [1])
    try builder.tail()
    #expect(try reader(builder.volumes).lastSeal() == nil)
  }

  @Test func everyChangedByteOfTailAndSealIsNoticed() throws {
    var builder = try BundleBuilder()
    try builder.file([65], [1])
    let start = builder.bytes.count
    try builder.seal()
    for place in start..<builder.bytes.count {
      var bytes = builder.bytes
      bytes[place] ^= 0x20
      #expect(try reader([bytes]).lastSeal() == nil)
    }
  }

  @Test func volumesAreOneRunWithoutTheTornBytesThatAreAccountedFor() throws {
    var builder = try BundleBuilder()
    try builder.file([65], [UInt8](repeating: 3, count: 5000), chunk: 100)
    try builder.seal()
    let size = builder.number - 1
    let torn = [UInt8](repeating: 9, count: 77)
    builder.appendTorn(torn)
    builder.beginVolume()
    try builder.session(
      extending: size,
      torn: Torn(count: 77, sha256: LibcryptoSHA256.digest(of: torn), volume: 0))
    try builder.file([66], [UInt8](repeating: 4, count: 500), chunk: 100)
    try builder.seal()
    let index = try index(builder.volumes)
    let cores = headers([Array(builder.volumes[0].dropLast(77)), builder.volumes[1]])
    for number in cores.indices.dropLast() {
      #expect(try index.record(UInt64(number)).header == cores[number])
    }
  }

  @Test(arguments: [true, false]) func copiesThatLackPayloadsAreRead(isDeclared: Bool) throws {
    var builder = try large()
    let all = headers(builder.volumes)
    let taken: Set<UInt64> = Set((40..<60) + [100, 102] + (3000..<3600)).filter {
      all[Int($0)].core.type == .data
    }
    if isDeclared {
      try builder.append(
        Withhold(
          reason: "r", authority: Authority(kind: "order", number: "1"),
          decidedBy: Person(name: "p"), recipient: "x", staysPublic: "y",
          runs: builder.runs(of: taken), time: Timestamp()))
    }
    try builder.seal()
    let copy = BundleBuilder.withholding(taken, in: builder.bytes)
    let index = try index([copy])
    let cores = headers(builder.volumes)
    for number in Array(30..<120) + stride(from: 0, to: cores.count - 1, by: 97) {
      let record = try index.record(UInt64(number))
      #expect(record.core == cores[number].core)
      #expect((record.header.state == .withheld) == taken.contains(UInt64(number)))
    }
    let withheld = try index.record(try #require(taken.first))
    #expect(code { _ = try index.reader.plain(of: withheld) } == .withheld)
  }

  @Test func interleavedItemsAreFoundByHalving() throws {
    var builder = try BundleBuilder()
    for step in 0..<400 {
      for item in 1...20 { try builder.data(UInt64(item), at: UInt64(step * 5), [1, 2, 3, 4, 5]) }
    }
    try builder.seal()
    let index = try index(builder.volumes)
    let cores = headers(builder.volumes)
    for item: UInt64 in [1, 7, 20] {
      let query = ItemQuery(itemID: item, types: [.data], refused: .init())
      for offset: UInt64 in [0, 4, 5, 999, 1000, 1995, 1999] {
        let found = try #require(try index.last(query, upTo: offset))
        #expect(found.row.offset == offset / 5 * 5)
        #expect(cores[Int(found.number)].core.itemID == item)
      }
    }
    let none = ItemQuery(itemID: 21, types: [.data], refused: .init())
    #expect(try index.last(none, upTo: 5) == nil)
    let refused = ItemQuery(itemID: 1, types: [.data], refused: .init([0..<index.count]))
    #expect(try index.first(refused) == nil)
  }

  /// Against looking at all of them, also where records between them are refused and in the rows behind all blocks.
  @Test func halvingFindsWhatLookingAtAllFinds() throws {
    var builder = try BundleBuilder()
    var random = SeededGenerator(seed: 3)
    var ends = [UInt64](repeating: 0, count: 6)
    // From here on only one item goes on, so that halves without a match come up.
    for step in 0..<1500 {
      let item = step < 900 ? Int.random(in: 1...5, using: &random) : 2
      let bytes = [UInt8](repeating: 1, count: Int.random(in: 1...30, using: &random))
      if step % 9 == 4 {
        try builder.gap(UInt64(item), at: ends[item], .unreadable(length: 7, errno: 5, attempts: 1))
        ends[item] += 7
      } else {
        try builder.data(UInt64(item), at: ends[item], bytes)
        ends[item] += UInt64(bytes.count)
      }
    }
    try builder.seal()
    let index = try index(builder.volumes)
    #expect(index.folded.rows.count > 50)
    let cores = headers(builder.volumes).dropLast().map(\.core)
    for refused in [RecordRanges(), RecordRanges([300..<420, 1490..<1500])] {
      for item in 1..<ends.count {
        let query = ItemQuery(itemID: UInt64(item), types: [.data, .gap], refused: refused)
        let matching = cores.filter {
          $0.itemID == query.itemID && query.types.contains($0.type)
            && !refused.contains($0.number)
        }
        #expect(try index.first(query)?.number == matching.first?.number)
        for _ in 0..<40 {
          let offset = UInt64.random(in: 0...ends[item], using: &random)
          let wanted = matching.last { $0.offset <= offset }
          #expect(try index.last(query, upTo: offset)?.number == wanted?.number)
        }
      }
    }
  }
}

/// A file that somebody cuts while it is read.
private final class ShrinkingStorage: ReadOnlyStorage {
  private let bytes: [UInt8]
  private let left: Int
  private let asked = Mutex(0)
  private let whole: Int

  /// - Parameters:
  ///   - whole: how often it tells its first size.
  ///   - left: bytes that are there afterwards.
  init(_ bytes: [UInt8], whole: Int, left: Int) {
    (self.bytes, self.whole, self.left) = (bytes, whole, left)
  }

  func size() throws(BuktiError) -> UInt64 {
    let asked = asked.withLock { count in
      count += 1
      return count
    }
    return UInt64(asked > whole ? left : bytes.count)
  }

  func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(BuktiError) -> Int {
    let inner = MemoryStorage(asked.withLock { $0 } > whole ? Array(bytes[..<left]) : bytes)
    return unsafe try inner.read(into: buffer, at: offset)
  }
}
