import BuktiEngines
import BuktiFixtures
import BuktiFormat
import BuktiStore
import BuktiVerifier
import Testing

/// Reading less than all: what is said of it, and what damage is seen.
@Suite struct LevelTests {
  private let bundle: [UInt8]
  /// Where the body of a data record in the middle lies.
  private let body: Int
  private let record: UInt64 = 22

  init() throws {
    var random = SeededGenerator(seed: 3)
    var builder = try BundleBuilder()
    try builder.file(Array("image".utf8), random.bytes(2_000_000), chunk: 50_000)
    try builder.file(Array("text".utf8), Array("a text".utf8))
    try builder.seal()
    bundle = builder.bytes
    body = Preamble.size + Int(record) * 50_000
  }

  private func report(
    _ bytes: [UInt8], _ level: VerificationLevel, _ sample: DataSample? = nil, jobs: Int = 3
  ) throws -> Report {
    var options = VerificationOptions(time: 0)
    (options.level, options.sample, options.jobs) = (level, sample, jobs)
    return try BundleVerifier(options).verify(storages: [MemoryStorage(bytes)])
  }

  private func codes(_ report: Report) -> Set<ErrorCode> { Set(report.findings.map(\.code)) }

  @Test(arguments: [VerificationLevel.seals, .stored]) func isNeverIntact(
    level: VerificationLevel
  ) throws {
    let full = try report(bundle, .full)
    let less = try report(bundle, level)
    #expect(full.claims[.intact] == .holds && full.coverage == nil)
    for claim in [Claim.intact, .complete] { #expect(less.claims[claim] == .notEstablished) }
    #expect(codes(less) == codes(full).union([.notRead, .contentNotRead]))
    #expect(less.bundle.root == full.bundle.root && less.seals == full.seals)
    #expect(less.bundle.bytes == full.bundle.bytes && less.bundle.items == full.bundle.items)
    #expect(less.listing.allSatisfy { $0.digests == .notChecked(.notRead) })
    #expect(less.exitCode(asked: [.intact]) == 2)
    let coverage = try #require(less.coverage)
    #expect(coverage.recordsNotRead == (level == .seals ? 41 : 0))
    #expect(coverage.recordsNotDecoded == (level == .seals ? 0 : 41))
    #expect(less.findings.first { $0.code == .notRead }?.length == 41)
    #expect(less.json().contains("\"coverage\"") && !full.json().contains("\"coverage\""))
    #expect(less.text(width: 1000).contains("Not all was read: level \(level.rawValue)"))
  }

  @Test func sealsReadsNoData() throws {
    let storage = CountingStorage(MemoryStorage(bundle))
    var options = VerificationOptions(time: 0)
    options.level = .seals
    _ = try BundleVerifier(options).verify(storages: [storage])
    #expect(storage.bytesRead < bundle.count / 5)
  }

  @Test func damageOfDataIsSeenWhereTheyAreRead() throws {
    var damaged = bundle
    damaged[body] ^= 1
    for (level, sees) in [(VerificationLevel.seals, false), (.stored, true), (.full, true)] {
      let report = try report(damaged, level)
      #expect(codes(report).contains(.payloadDigest) == sees)
      #expect(report.claims[.intact] == (sees ? .fails : .notEstablished))
      #expect(report.claims[.complete] == .notEstablished)
    }
  }

  @Test(arguments: [VerificationLevel.stored, .full]) func aSampleIsTheSameForItsSeed(
    level: VerificationLevel
  ) throws {
    var damaged = bundle
    damaged[body] ^= 1
    var saw: Set<Bool> = []
    var counts: Set<UInt64> = []
    for seed: UInt64 in 1...12 {
      let sample = DataSample(percent: 40, seed: seed)
      let first = try report(damaged, level, sample)
      #expect(try first.json() == report(damaged, level, sample, jobs: 1).json())
      #expect(first.claims[.intact] != .holds && first.claims[.complete] == .notEstablished)
      saw.insert(codes(first).contains(.payloadDigest))
      counts.insert(first.coverage?.recordsNotRead ?? 0)
    }
    #expect(saw == [true, false] && counts.count > 3)
    let all = try report(bundle, .full, DataSample(percent: 100, seed: 1))
    #expect(all.claims[.intact] == .holds && all.coverage?.recordsNotRead == 0)
  }

  /// What is not data is read at every level, and so is what frames a body.
  @Test func damageAroundDataIsSeen() throws {
    for place in [bundle.count - 400, Preamble.size + 20] {
      var damaged = bundle
      damaged[place] ^= 1
      #expect(try report(damaged, .seals).claims[.intact] == .fails)
    }
    let full = try report(bundle, .full)
    for cut in [bundle.count / 2, bundle.count - 3] {
      let torn = Array(bundle[..<cut])
      let less = codes(try report(torn, .seals)).subtracting([.notRead, .contentNotRead])
      #expect(less == codes(try report(torn, .full)))
    }
    // The lengths at the ends of frames, one after the other.
    var seen = 0
    for place in stride(from: body, to: body + 50_400, by: 1) where bundle[place] == 0xF7 {
      guard bundle[place + 1] == 0xB1, bundle[place + 2] == 0x4B else { continue }
      var damaged = bundle
      damaged[place - 1] ^= 1
      let less = codes(try report(damaged, .seals)).subtracting([.notRead, .contentNotRead])
      #expect(less == codes(try report(damaged, .full)) && less.contains(.frameLength))
      seen += 1
    }
    #expect(seen == 1 && full.claims[.intact] == .holds)
  }

  @Test func aPipeGivesTheSameReport() throws {
    var options = VerificationOptions(time: 0)
    options.level = .seals
    let piped = try BundleVerifier(options).verify(volumes: [PieceSource(bundle, piece: 7000)])
    #expect(try piped.json() == report(bundle, .seals).json())
  }
}
