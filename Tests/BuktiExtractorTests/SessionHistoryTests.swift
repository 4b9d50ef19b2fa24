import BuktiEngines
import BuktiFixtures
import BuktiFormat
import BuktiStore
import BuktiVerifier
import Testing

/// What counts among sessions that nobody sealed, by random access and as the verifier says.
@Suite struct SessionHistoryTests {
  private struct Base {
    let size: UInt64
    let root: Hash
  }

  /// An item under a seal.
  private func sealed(_ builder: inout BundleBuilder) throws -> Base {
    try builder.file([65], [1])
    try builder.seal()
    return Base(size: builder.number - 1, root: try open(builder.bytes).checkpoint.root)
  }

  private func expectAgreement(
    _ builder: BundleBuilder, refused: [Range<UInt64>], names: [[UInt8]],
    at location: SourceLocation = #_sourceLocation
  ) throws {
    let reader = try open(builder.bytes)
    let report = try BundleVerifier(VerificationOptions(time: 0)).verify(
      volumes: [StorageSource(MemoryStorage(builder.bytes))])
    #expect(report.claims[.intact] == .holds, sourceLocation: location)
    #expect(report.standing.refused.ranges == refused, sourceLocation: location)
    #expect(try reader.refused().ranges == refused, sourceLocation: location)
    #expect(try reader.items().compactMap(\.name) == names, sourceLocation: location)
    #expect(report.listing.compactMap(\.name) == names, sourceLocation: location)
  }

  @Test func whatARefusedSessionRefusedIsRefusedOnce() throws {
    var builder = try BundleBuilder()
    let seal = try sealed(&builder)
    let first = builder.number
    try builder.session(extending: seal.size, root: seal.root)
    try builder.file([66], [2])
    try builder.tail()
    try builder.session(
      extending: seal.size, root: seal.root, refusing: first..<builder.number)
    try builder.tail()
    let end = builder.number
    try builder.session(extending: seal.size, root: seal.root, refusing: first..<end)
    try builder.file([67], [3])
    try builder.session(
      extending: seal.size, root: seal.root, adopting: first..<builder.number)
    try builder.seal()
    try expectAgreement(builder, refused: [first..<end], names: [[65], [67]])
    #expect(try open(builder.bytes).sessions() == [1, end, builder.number - 3])
  }

  @Test func whatARefusedSessionRefusedCounts() throws {
    var builder = try BundleBuilder()
    let seal = try sealed(&builder)
    let first = builder.number
    try builder.session(extending: seal.size, root: seal.root)
    try builder.file([66], [2])
    try builder.tail()
    let again = builder.number
    let state = builder.state
    try builder.session(extending: seal.size, root: seal.root, refusing: first..<again)
    try builder.tail()
    let end = builder.number
    try builder.session(
      extending: seal.size, root: seal.root, refusing: again..<end, adopting: first..<again)
    // What the first of them left is there again.
    #expect(builder.state.unnamed == state.unnamed)
    try builder.session(
      extending: seal.size, root: seal.root, adopting: first..<builder.number)
    try builder.seal()
    try expectAgreement(builder, refused: [again..<end], names: [[65], [66]])
  }

  /// A seal among adopted records is extended: what was adopted then reaches to both sides of it.
  @Test func anAdoptedSealIsExtended() throws {
    var builder = try BundleBuilder()
    let seal = try sealed(&builder)
    let first = builder.number
    try builder.session(extending: seal.size, root: seal.root)
    try builder.file([66], [2])
    try builder.seal()
    let inner = Base(size: builder.number - 1, root: try open(builder.bytes).checkpoint.root)
    let start = builder.number
    try builder.session(extending: inner.size, root: inner.root)
    try builder.file([67], [3])
    try builder.session(
      extending: seal.size, root: seal.root, refusing: start..<builder.number,
      adopting: first..<start)
    let middle = builder.number
    try builder.file([68], [4])
    try builder.session(
      extending: inner.size, root: inner.root, adopting: start..<builder.number)
    try builder.seal()
    try expectAgreement(builder, refused: [start..<middle - 1], names: [[65], [66], [68]])
    #expect(try open(builder.bytes).sessions() == [1, first, middle - 1, builder.number - 3])
  }

  @Test func whatIsAdoptedLiesBehindTheSealThatIsExtended() throws {
    var builder = try BundleBuilder()
    let seal = try sealed(&builder)
    try builder.session(extending: seal.size, root: seal.root, adopting: 1..<builder.number)
    try builder.seal()
    #expect(code { _ = try open(builder.bytes).sessions() } == .damaged)
    builder = try BundleBuilder()
    let other = try sealed(&builder)
    try builder.session(extending: other.size, root: other.root, refusing: 2..<builder.number)
    try builder.seal()
    #expect(code { _ = try open(builder.bytes).sessions() } == .damaged)
  }

  /// Each session accounts for what lies behind the last seal but one: twice as many take about twice as long.
  @Test func theWayBackIsAsLongAsTheFile() throws {
    var read: [UInt64] = []
    for count in [150, 300] {
      var builder = try BundleBuilder()
      var seal = try sealed(&builder)
      for _ in 0..<count {
        let first = builder.number
        try builder.session(extending: seal.size, root: seal.root)
        try builder.file([66], [1])
        try builder.session(
          extending: seal.size, root: seal.root, adopting: first..<builder.number)
        try builder.tail()
        let checkpoint = builder.checkpoint
        try builder.append(Seal(checkpoint: checkpoint.encoded(), signatures: []))
        seal = Base(size: checkpoint.size, root: checkpoint.root)
      }
      let storage = CountingStorage(builder.bytes)
      let reader = try BundleReader([storage], at: 0)
      storage.reset()
      #expect(try reader.sessions().count == 2 * count + 1)
      read.append(storage.bytesRead)
    }
    #expect(read[1] < read[0] * 5 / 2)
  }

  /// Whoever has the file can change a block so that it still folds. What a session refused stays refused.
  @Test func aSessionWithAnotherTypeInTheIndexIsNoticed() throws {
    var builder = try BundleBuilder()
    let seal = try sealed(&builder)
    let first = builder.number
    try builder.session(extending: seal.size, root: seal.root)
    let forged = try builder.file([66], [6, 6])
    try builder.tail()
    let session = builder.number
    try builder.session(
      extending: seal.size, root: seal.root, refusing: first..<session)
    try builder.file([67], [UInt8](repeating: 7, count: 600), chunk: 1)
    try builder.session(
      extending: seal.size, root: seal.root, adopting: first..<builder.number)
    try builder.seal()
    try expectAgreement(builder, refused: [first..<session], names: [[65], [67]])
    let bytes = try withType(.item, of: session, in: builder.bytes)
    let reader = try open(bytes)
    #expect(try reader.index.row(session).type == .item)
    for _ in 0..<2 {
      #expect(code { _ = try reader.refused() } == .damaged)
      #expect(code { _ = try reader.find(.id(forged)) } == .damaged)
    }
  }

  /// The bundle with another type for a record in its block of level 0, whose frame is made right again.
  private func withType(
    _ type: RecordType, of number: UInt64, in bytes: [UInt8]
  ) throws -> [UInt8] {
    let honest = try open(bytes).index
    let block = try #require(
      honest.folded.blocks.first { $0.level == 0 && $0.start...$0.start + 255 ~= number })
    var content = try honest.content(IndexBlock.self, of: block.row.record)
    guard case .records(let rows) = content.content else { throw BuktiError(.damaged) }
    var changed = Rows()
    for index in 0..<rows.count {
      var row = rows[index]
      if block.start + UInt64(index) == number { row.type = type }
      changed.append(row)
    }
    content.content = .records(changed)
    let plain = try content.encode()
    let record = try honest.record(block.row.record)
    try #require(UInt64(plain.count) == record.core.plainLength && record.core.codec == .stored)
    let place = Int(record.address)
    let body = place + FrameHeader.size + FrameHeader.saltSize
    var header = record.header
    header.core.payloadDigest = LibcryptoSHA256().payloadDigest(
      salt: Array(bytes[body - FrameHeader.saltSize..<body]).span, body: plain.span.raw)
    var writer = ByteWriter()
    header.encode(into: &writer)
    var bytes = bytes
    bytes.replaceSubrange(place..<place + FrameHeader.size, with: writer.bytes)
    bytes.replaceSubrange(body..<body + plain.count, with: plain)
    return bytes
  }

  @Test(arguments: [0, 1]) func anItemBeforeTheFirstSessionIsNotListed(record: UInt64) throws {
    var builder = try BundleBuilder(session: record == 0)
    if record == 1 {
      // An item record, where only a session may be.
      try builder.append(
        Item(kind: .directory, name: [120], size: 0, state: .complete), item: 1)
      try builder.append(BundleBuilder.session())
    }
    builder.state.names = try builder.append(
      Names(rows: [NameRow(item: 1, record: record, name: [120], kind: .file, size: 0)]))
    try builder.seal()
    let reader = try open(builder.bytes)
    #expect(code { try reader.forEachItem { _ in } } == .namesMismatch)
    #expect(code { _ = try reader.find(.name([120])) } == .namesMismatch)
    if record == 1 { #expect(code { _ = try reader.find(.id(1)) } == .namesMismatch) }
  }

  @Test func anUnnamedItemBeforeTheFirstSessionIsNotListed() throws {
    var builder = try BundleBuilder(session: false)
    try builder.close(1, Item(kind: .directory, name: [120], size: 0, state: .complete))
    try builder.append(BundleBuilder.session())
    try builder.seal()
    let reader = try open(builder.bytes)
    #expect(code { _ = try reader.items() } == .namesMismatch)
    #expect(code { _ = try reader.find(.name([120])) } == .namesMismatch)
  }

  /// Where a receipt is of another branch, the reader says it as the verifier does.
  @Test func aBranchThatWasRefusedByThenIsNotInForce() throws {
    var builder = try BundleBuilder()
    let seal = try sealed(&builder)
    let first = builder.number
    var session = BundleBuilder.session()
    session.extends = Extends(
      size: seal.size, root: seal.root, signers: [.zero], because: .fingerprint)
    let branch = BranchID(7)
    session.branch = branch
    try builder.append(session)
    builder.state.branch = branch
    try builder.file([66], [2])
    try builder.seal()
    let refusing = builder.number
    try builder.session(extending: seal.size, root: seal.root, refusing: first..<refusing)
    try builder.file([67], [3])
    try builder.seal()
    let size = builder.number - 1
    let reader = try open(builder.bytes)
    #expect(reader.checkpoint.branch == nil)
    for size in seal.size...size {
      for asked in [nil, branch] {
        let receipt = Checkpoint(bundleID: builder.id, branch: asked, size: size, root: .zero)
        var options = VerificationOptions(time: 0)
        options.receipts = [receipt]
        let report = try BundleVerifier(options).verify(
          volumes: [StorageSource(MemoryStorage(builder.bytes))])
        let isOnBranch = size > first && size <= refusing
        let expected: ErrorCode =
          (asked != nil) == isOnBranch ? .receiptFork : .receiptBranch
        #expect(report.receipts.first?.finding == expected)
        #expect(try reader.judge(receipt).finding == expected)
      }
    }
  }
}
