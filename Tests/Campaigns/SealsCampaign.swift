import BuktiEngines
import BuktiFixtures
import BuktiFormat
import BuktiStore
import BuktiTrust
import BuktiVerifier
import BuktiWriter

/// A stream that is sealed minute by minute for weeks: with ten thousand seals, going on, verifying and reading at
/// random cost no more than with a hundred.
public enum SealsCampaign {
  /// What was measured of a bundle with so many seals.
  public struct Row: Sendable {
    public let seals: Int
    /// Bytes of the bundle.
    public let size: UInt64
    /// Bytes of evidence in it, as stored.
    public let data: UInt64
    /// Bytes of index blocks and of tails.
    public let index: UInt64
    public let tails: UInt64
    /// Bytes of the seals themselves.
    public let signatures: UInt64
    /// Bytes read to go on, and the time it takes.
    public let openingBytes: UInt64
    public let opening: Duration
    /// The same after a crash, when the last seal is by the run certificate.
    public let afterCrashBytes: UInt64
    public let afterCrash: Duration
    /// Bytes read for one verified read of 4 KiB, the opening among them; the worst of some, and the time.
    public let readBytes: UInt64
    public let reading: Duration
    /// Time to write one interval's data and its seal, over the last tenth.
    public let sealing: Duration
    public let verifying: Duration

    /// Bytes that a seal costs, all in all.
    public var perSeal: UInt64 { (index + tails + signatures) / UInt64(max(1, seals)) }

    public var text: String {
      """
      \(seals) seals, \(size) bytes, \(data) of them data
        a seal: \(perSeal) bytes (seal \(each(signatures)), tail \(each(tails)), index \(each(index))), \
      written in \(sealing)
        going on: \(openingBytes) bytes read, \(opening)
        going on after a crash: \(afterCrashBytes) bytes read, \(afterCrash)
        4 KiB at random: at most \(readBytes) bytes read, \(reading)
        verifying: \(verifying), \(verifying / seals) a seal
      """
    }

    private func each(_ bytes: UInt64) -> UInt64 { bytes / UInt64(max(1, seals)) }
  }

  /// - Parameters:
  ///   - counts: numbers of seals, ascending.
  ///   - interval: bytes of evidence between two seals.
  ///   - tell: shown each row as it is measured.
  public static func run(
    _ counts: [Int] = [100, 1_000, 10_000], interval: Int = 16 << 10, tell: (Row) -> Void
  ) throws -> Outcomes {
    var rows: [Row] = []
    for count in counts {
      let row = try measure(count, interval)
      tell(row)
      rows.append(row)
    }
    var outcomes = Outcomes()
    for row in rows {
      outcomes.expect(row.openingBytes <= 1 << 20, "\(row.seals): opening read \(row.openingBytes)")
      outcomes.expect(
        row.afterCrashBytes <= 1 << 20, "\(row.seals): after a crash \(row.afterCrashBytes)")
      outcomes.expect(row.readBytes <= 1 << 20, "\(row.seals): reading read \(row.readBytes)")
      // A tail holds up to 64 unfinished rows of each level of the index, and there are few levels.
      let limit: UInt64 = 6 << 10
      outcomes.expect(row.perSeal <= limit, "\(row.seals): \(row.perSeal) bytes a seal")
    }
    return outcomes
  }

  private static func measure(_ count: Int, _ interval: Int) throws -> Row {
    let key = try Office.key("Examiner")
    let run = try Office.key("Run")
    let storage = MemoryStorage()
    let clock = ContinuousClock()
    let sealing = try write(storage, key, run, count, interval, clock)

    let bytes = storage.bytes
    var verifier = Office.options(pinning: key)
    verifier.time = Office.time
    var report: Report?
    let verifying = try clock.measure {
      report = try BundleVerifier(verifier).verify(volumes: [MemorySource(bytes)])
    }
    guard let report, report.holds, report.seals.count == count + 1 else {
      throw BuktiError(.damaged, "The bundle does not verify: \(report?.failing ?? [])")
    }
    let (openingBytes, opening) = try open(bytes, key, clock)
    let (readBytes, reading) = try read(bytes, key, clock)
    var sizes: [RecordType: UInt64] = [:]
    var ends: [Int] = []
    BundleBuilder.forEachFrame(of: bytes) { header, frame in
      sizes[header.core.type, default: 0] += header.frameLength
      if header.core.type == .seal { ends.append(frame.endIndex) }
    }
    let (afterCrashBytes, afterCrash) = try open(
      Array(bytes.prefix(ends.dropLast().last ?? 0)), key, clock)
    return Row(
      seals: count, size: UInt64(bytes.count), data: sizes[.data] ?? 0, index: sizes[.index] ?? 0,
      tails: sizes[.tail] ?? 0, signatures: sizes[.seal] ?? 0, openingBytes: openingBytes,
      opening: opening, afterCrashBytes: afterCrashBytes, afterCrash: afterCrash,
      readBytes: readBytes, reading: reading, sealing: sealing,
      verifying: verifying)
  }

  /// Writes the stream, and says how long an interval took at the end.
  private static func write(
    _ storage: MemoryStorage, _ key: SigningKey, _ run: SigningKey, _ count: Int,
    _ interval: Int, _ clock: ContinuousClock
  ) throws -> Duration {
    var options = WriterOptions { Office.now }
    options.chunkSize = interval
    options.readBack = .none
    var seals = RunSeals([key], run: run) { Office.now }
    seals.bytes = 1
    options.runSeals = seals
    options.markBytes = 1
    var session = Office.session(key)
    session.policy.run = run.certificate.fingerprint
    let genesis = Genesis(
      case: Genesis.Case(number: "1"), creator: Person(name: "Examiner"),
      tool: Tool(name: "campaign", version: "1"), time: Office.now)
    var writer = try BundleWriter.create(
      in: storage, genesis: genesis, session: session, options: options)
    let source = IntervalSource(count, interval, clock)
    try writer.add(source, as: ItemDescription(kind: .capture, name: Array("lan.pcap".utf8)))
    let sealing = source.lastTenth
    try writer.seal([key])
    try writer.finish()
    return sealing
  }

  private static func open(
    _ bytes: [UInt8], _ key: SigningKey, _ clock: ContinuousClock
  ) throws -> (UInt64, Duration) {
    let storage = CountingStorage(bytes)
    var acceptance = Acceptance(time: Office.time)
    acceptance.ownCertificates = [key.certificate.fingerprint]
    let time = try clock.measure { _ = try BundleWriter.examine(storage, acceptance) }
    return (storage.bytesRead, time)
  }

  /// Reads 4 KiB at places all over the item, each time from the file alone.
  private static func read(
    _ bytes: [UInt8], _ key: SigningKey, _ clock: ContinuousClock
  ) throws -> (UInt64, Duration) {
    var most: UInt64 = 0
    var longest = Duration.zero
    for part in 0..<16 {
      let storage = CountingStorage(bytes)
      let time = try clock.measure {
        let reader = try BundleReader(
          [storage], pins: [key.certificate.fingerprint], at: Office.time)
        let item = try reader.open(reader.find(.id(1)))
        var page = [UInt8](repeating: 0, count: 4_096)
        let count = try unsafe page.withUnsafeMutableBytes {
          unsafe try item.read(into: $0, at: item.size / 16 * UInt64(part)).count
        }
        guard count == 4_096 else { throw BuktiError(.damaged, "\(count) bytes were read.") }
      }
      most = max(most, storage.bytesRead)
      longest = max(longest, time)
    }
    return (most, longest)
  }
}

/// A stream of so many intervals, which notes how long its last ones took to be sealed.
private final class IntervalSource: ByteSource {
  private let count: Int
  private let size: Int
  private let clock: ContinuousClock
  private nonisolated(unsafe) var given = 0
  private nonisolated(unsafe) var mark: ContinuousClock.Instant?
  private let piece: [UInt8]

  init(_ count: Int, _ size: Int, _ clock: ContinuousClock) {
    self.count = count
    self.size = size
    self.clock = clock
    piece = noise(size)
    unsafe mark = nil
  }

  private var tenth: Int { max(1, count / 10) }
  private nonisolated(unsafe) var total = Duration.zero

  var lastTenth: Duration { unsafe total / tenth }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(BuktiError) -> Int {
    if unsafe given == count - tenth { unsafe mark = clock.now }
    if unsafe given == count {
      if let mark = unsafe mark, unsafe total == .zero { unsafe total = clock.now - mark }
      return 0
    }
    unsafe buffer.copyBytes(from: piece)
    unsafe given += 1
    return size
  }
}
