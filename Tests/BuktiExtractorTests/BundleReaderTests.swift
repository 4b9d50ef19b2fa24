import BuktiEngines
import BuktiFixtures
import BuktiFormat
import BuktiVerifier
import Glibc
import Testing

@Suite struct BundleReaderTests {
  /// Several items at once, of all codecs and with gaps; gives the bytes of each.
  private func interleaved(_ builder: inout BundleBuilder, items: Int, steps: Int) throws
    -> [[UInt8]]
  {
    var random = SeededGenerator(seed: 42)
    var contents = [[UInt8]](repeating: [], count: items)
    for _ in 0..<steps {
      for item in 0..<items {
        let id = UInt64(item + 1)
        let start = UInt64(contents[item].count)
        switch Int.random(in: 0..<8, using: &random) {
        case 0:
          try builder.gap(id, at: start, .unreadable(length: 50, errno: 5, attempts: 3))
          contents[item] += [UInt8](repeating: 0, count: 50)
        case 1:
          let zeros = [UInt8](repeating: 0, count: 70)
          try builder.data(id, at: start, zeros, codec: .zeroRun)
          contents[item] += zeros
        case 2:
          let same = [UInt8](repeating: 9, count: 300)
          try builder.data(id, at: start, same, codec: .deflate)
          contents[item] += same
        default:
          let bytes = random.bytes(Int.random(in: 1...90, using: &random))
          try builder.data(id, at: start, bytes)
          contents[item] += bytes
        }
      }
    }
    for item in 0..<items {
      var record = Item(
        kind: .file, name: Array("item-\(item)".utf8), size: UInt64(contents[item].count),
        state: .complete)
      record.digests = Digests(sha256: LibcryptoSHA256.digest(of: contents[item]))
      try builder.close(UInt64(item + 1), record)
    }
    return contents
  }

  @Test func rangesAreThoseOfTheWhole() throws {
    var builder = try BundleBuilder()
    let contents = try interleaved(&builder, items: 12, steps: 150)
    try builder.seal()
    let reader = try open(builder.bytes)
    var random = SeededGenerator(seed: 7)
    for entry in try reader.items() {
      let item = try reader.open(entry)
      let whole = contents[Int(entry.id) - 1]
      #expect(try item.all() == whole)
      for _ in 0..<40 {
        let start = Int.random(in: 0...whole.count, using: &random)
        let count = Int.random(in: 0...600, using: &random)
        let expected = Array(whole[start..<min(start + count, whole.count)])
        #expect(try item.bytes(count, at: UInt64(start)) == expected)
      }
    }
  }

  @Test func aGapReadsAsZerosAndIsReported() throws {
    var builder = try BundleBuilder()
    try builder.data(1, at: 0, [1, 2, 3])
    try builder.gap(1, at: 3, .notAttempted(length: 1000, reason: "locked"))
    try builder.data(1, at: 1003, [4])
    var item = Item(kind: .disk, name: [65], size: 1004, state: .partial)
    item.reason = "x"
    try builder.close(1, item)
    try builder.seal()
    let reader = try open(builder.bytes)
    let disk = try reader.open(reader.find(.name([65])))
    var bytes = [UInt8](repeating: 0xEE, count: 4)
    let read = unsafe try bytes.withUnsafeMutableBytes { unsafe try disk.read(into: $0, at: 1000) }
    #expect(bytes == [0, 0, 0, 4])
    #expect(read.count == 4)
    #expect(read.gaps == [1000..<1003])
  }

  @Test func aSmallRangeOfALargeBundleTakesLittleReading() throws {
    var builder = try BundleBuilder()
    let chunk = (0..<64).map { UInt8($0) }
    for number in 0..<68_000 { try builder.data(1, at: UInt64(number * 64), chunk) }
    var item = Item(kind: .disk, name: Array("disk".utf8), size: 68_000 * 64, state: .complete)
    item.digests = Digests(sha256: .zero)
    try builder.close(1, item)
    for number in 0..<600 { try builder.file(Array("f\(number)".utf8), chunk) }
    try builder.seal()
    #expect(builder.number > 69_000)
    let storage = CountingStorage(builder.bytes)
    let reader = try BundleReader([storage], at: 0)
    #expect(storage.bytesRead < 128 << 10)
    let disk = try reader.open(reader.find(.name(Array("disk".utf8))))
    let bytes = try disk.bytes(1024, at: 64 * 33_333 + 5)
    #expect(bytes.count == 1024)
    #expect((0..<1024).allSatisfy { bytes[$0] == UInt8(($0 + 5) % 64) })
    #expect(storage.bytesRead < 1 << 20)
  }

  @Test func namesAreFoundAcrossNamesRecordsAndSessions() throws {
    var builder = try BundleBuilder()
    for number in 0..<700 {
      try builder.file(Array("f\(number % 650)".utf8), [UInt8(number % 256)])
    }
    try builder.seal()
    let size = builder.number - 1
    try builder.session(extending: size)
    try builder.file(Array("f600".utf8), [77])
    try builder.seal()
    let reader = try open(builder.bytes)
    #expect(try reader.items().map(\.id) == Array(1...701))
    #expect(try reader.sessions().count == 2)
    #expect(try reader.find(.name(Array("f100".utf8))).id == 101)
    #expect(try reader.find(.nameInSession(2, Array("f600".utf8))).id == 701)
    #expect(try reader.find(ItemSelector(Array("1:f600".utf8))).id == 601)
    #expect(try reader.find(ItemSelector(Array("12".utf8))).name == Array("f11".utf8))
    #expect(try reader.find(ItemSelector(Array("#12".utf8))).name == Array("f11".utf8))
    #expect(code { _ = try reader.find(.name(Array("none".utf8))) } == .notFound)
    #expect(code { _ = try reader.find(.id(702)) } == .notFound)
    do throws(BuktiError) {
      _ = try reader.find(.name(Array("f7".utf8)))
      Issue.record("Two items have this name.")
    } catch {
      #expect(error.code == .nameAmbiguous)
      #expect(error.message.contains("#8 (session 1), #658 (session 1)"))
    }
  }

  @Test func refusedRecordsAreNeverRead() throws {
    var builder = try BundleBuilder()
    try builder.file([65], [1, 1, 1])
    try builder.seal()
    let size = builder.number - 1
    let root = builder.checkpoint.root
    let first = builder.number
    try builder.session(extending: size, root: root)
    let forged = try builder.file([66], [6, 6, 6, 6])
    try builder.seal()
    try builder.session(extending: size, root: root, refusing: first..<builder.number)
    let honest = try builder.file([67], [7, 7])
    #expect(forged == honest)
    try builder.seal()
    let reader = try open(builder.bytes)
    #expect(try reader.items().compactMap(\.name) == [[65], [67]])
    #expect(try reader.sessions().count == 2)
    #expect(try reader.open(reader.find(.id(honest))).all() == [7, 7])
    #expect(code { _ = try reader.find(.name([66])) } == .notFound)
  }

  @Test func withheldBytesAreSaidToBeWithheld() throws {
    var builder = try BundleBuilder()
    try builder.file([65], [1, 1, 1])
    let record = builder.number
    try builder.file([66], [2, 2, 2])
    try builder.names()
    let names = builder.number - 1
    let taken: Set<UInt64> = [record, record + 1, names]
    try builder.append(
      Withhold(
        reason: "r", authority: Authority(kind: "order", number: "1"), decidedBy: Person(name: "p"),
        recipient: "x", staysPublic: "y", runs: builder.runs(of: taken), time: Timestamp()))
    let row = NameRow(item: 1, record: 3, name: [65], kind: .file, size: 3)
    let previous = builder.state.names
    builder.state.names = try builder.append(
      Names(rows: [], previous: previous, restated: [RestatedNames(record: names, rows: [row])]))
    try builder.seal()
    let reader = try open(BundleBuilder.withholding(taken, in: builder.bytes))
    #expect(try reader.items().map(\.id) == [1])
    #expect(try reader.open(reader.find(.id(1))).all() == [1, 1, 1])
    #expect(code { _ = try reader.open(reader.find(.id(2))) } == .withheld)
  }

  @Test func aHardLinkReadsAsItsTarget() throws {
    var builder = try BundleBuilder()
    let id = try builder.file([65], [1, 2, 3])
    var link = Item(kind: .file, name: [66], size: 0, state: .complete)
    link.sameAs = id
    try builder.close(2, link)
    try builder.seal()
    let reader = try open(builder.bytes)
    #expect(try reader.open(reader.find(.id(2))).all() == [1, 2, 3])
  }

  @Test func nothingChangedIsEverRead() throws {
    var builder = try BundleBuilder()
    let text = [UInt8](repeating: 5, count: 40)
    for number in 0..<300 { try builder.file(Array("f\(number)".utf8), text) }
    try builder.seal()
    for place in stride(from: 40, to: builder.bytes.count, by: 997) {
      var bytes = builder.bytes
      bytes[place] ^= 1
      guard let reader = try? open(bytes), let items = try? reader.items() else { continue }
      for entry in items {
        #expect(entry.name == Array("f\(entry.id - 1)".utf8))
        guard entry.id % 50 == 0, let found = try? reader.open(entry).all() else { continue }
        #expect(found == text)
      }
    }
  }

  @Test func eightThreadsReadOneItem() throws {
    var builder = try BundleBuilder()
    let contents = try interleaved(&builder, items: 3, steps: 400)
    try builder.seal()
    let reader = try open(builder.bytes)
    let item = try reader.open(reader.find(.id(2)))
    let whole = contents[1]
    let threads = Threads(8) { seed in
      var random = SeededGenerator(seed: UInt64(seed))
      return (0..<100).allSatisfy { _ in
        let start = Int.random(in: 0..<whole.count, using: &random)
        let expected = Array(whole[start..<min(start + 200, whole.count)])
        return (try? item.bytes(200, at: UInt64(start))) == expected
      }
    }
    #expect(threads.wait() == [Bool](repeating: true, count: 8))
  }
}
