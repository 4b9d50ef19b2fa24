import BuktiEngines
import BuktiFixtures
import BuktiFormat
public import BuktiStore
public import BuktiTrust
import BuktiVerifier
import BuktiWriter

/// Bundles of many frames, many records and many bytes: what they cost to write, to verify, to append to and to read.
public enum SizeCampaign {
  /// What one append, one read and one proof may read of the largest bundle, in bytes.
  static let budget: UInt64 = 1 << 20

  /// One item of noise in frames of 4 KiB, through the writer; 4 million and more of them are the long form.
  public static func frames(
    _ count: UInt64, in storage: any Storage, _ key: SigningKey, verifies: Bool,
    _ say: (String) -> Void
  ) throws -> Outcomes {
    var outcomes = Outcomes()
    var options = options()
    options.chunkSize = 4096
    var clock = Stopwatch()
    var writer = try create(in: storage, key, options)
    let item = try writer.add(
      Noise(count * 4096), as: ItemDescription(kind: .stream, name: Array("noise".utf8)))
    let receipt = try writer.seal([key])
    try writer.finish()
    let size = try storage.size()
    say("\(count) frames, \(receipt.record + 1) records, \(size) bytes: sealed in \(clock.lap())")
    outcomes.expect(item.state == .complete && item.size == count * 4096, "the item")
    if verifies { try verify(storage, key, receipt.record + 1, &outcomes, say) }
    try readAndAppend(storage, key, &outcomes, say) { place in
      Noise.bytes(4096, at: place)
    }
    return outcomes
  }

  /// Many small items: an open, its bytes and what closes it.
  public static func records(
    _ count: UInt64, in storage: any Storage, _ key: SigningKey, _ say: (String) -> Void
  ) throws -> Outcomes {
    var outcomes = Outcomes()
    var clock = Stopwatch()
    var writer = try create(in: storage, key, options())
    while writer.recordCount < count {
      let number = writer.recordCount
      let name = Array("folder/of/many/item-\(number)".utf8)
      try writer.add(Noise(64), as: ItemDescription(kind: .stream, name: name))
    }
    let receipt = try writer.seal([key])
    try writer.finish()
    let records = receipt.record + 1
    say("\(records) records, \(try storage.size()) bytes: sealed in \(clock.lap())")
    try verify(storage, key, records, &outcomes, say)
    _ = clock.lap()
    let reader = try BundleReader([storage], at: Office.time)
    var items: UInt64 = 0
    try reader.forEachItem { (entry) throws(BuktiError) in
      items += 1
      if entry.id != items { throw BuktiError(.damaged, "An item is listed out of order.") }
    }
    say("\(items) items listed in \(clock.lap())")
    outcomes.expect(items == reader.index.end.tail.state.nextItemID - 1, "all items are listed")
    try readAndAppend(storage, key, &outcomes, say) { _ in nil }
    return outcomes
  }

  /// Stored zeros up to a size, in a storage that does not keep them.
  public static func sparse(
    _ bytes: UInt64, _ key: SigningKey, verifies: Bool, _ say: (String) -> Void
  ) throws -> Outcomes {
    var outcomes = Outcomes()
    var clock = Stopwatch()
    var builder = try SparseBuilder(key)
    while builder.offset < bytes { try builder.addItem() }
    try builder.seal(key)
    let records = builder.number
    let storage = builder.storage
    say(
      "\(try storage.size()) bytes, \(records) records: built in \(clock.lap()), "
        + "\(storage.heldBytes >> 20) MiB kept")
    outcomes.expect(try storage.size() >= bytes, "the size")
    if verifies { try verify(storage, key, records, &outcomes, say) }
    let zeros = [UInt8](repeating: 0, count: 4096)
    // A byte is proven with its whole frame, which here is as long as frames may be.
    try readAndAppend(storage, key, frame: SparseBuilder.chunk, &outcomes, say) { _ in zeros }
    return outcomes
  }

  private static func options() -> WriterOptions {
    var options = WriterOptions(now: { Office.now })
    options.compression = .none
    return options
  }

  private static func create(
    in storage: any Storage, _ key: SigningKey, _ options: WriterOptions
  ) throws(BuktiError) -> BundleWriter {
    try BundleWriter.create(
      in: storage,
      genesis: Genesis(
        case: Genesis.Case(number: "1"), creator: Person(name: "Examiner"),
        tool: Tool(name: "campaign", version: "1"), time: Office.now),
      session: Office.session(key), options: options)
  }

  private static func verify(
    _ storage: any Storage, _ key: SigningKey, _ records: UInt64, _ outcomes: inout Outcomes,
    _ say: (String) -> Void
  ) throws {
    var clock = Stopwatch()
    var options = Office.options(pinning: key)
    options.maxPlain = .max
    options.listsItems = false
    let report = try BundleVerifier(options).verify(storages: [storage])
    say("verified in \(clock.lap())")
    outcomes.expect(report.holds && report.failing.isEmpty, "it verifies: \(report.findings)")
    outcomes.expect(report.bundle.records == records, "all records are read")
  }

  /// Reads ranges, proves records and appends, each from an opening of its own whose reads are counted.
  private static func readAndAppend(
    _ storage: any Storage, _ key: SigningKey, frame: UInt64 = 0, _ outcomes: inout Outcomes,
    _ say: (String) -> Void, expected: (UInt64) -> [UInt8]?
  ) throws {
    let counting = CountingStorage(storage)
    var most = (read: UInt64(0), proof: UInt64(0), file: 0)
    var clock = Stopwatch()
    for step in 0..<16 {
      counting.reset()
      let reader = try BundleReader([counting], at: Office.time)
      let items = reader.index.end.tail.state.nextItemID - 1
      let entry = try reader.find(.id(1 + (items - 1) * UInt64(step) / 15))
      let item = try reader.open(entry)
      // Any place but the last few KiB, so that there are always as many bytes.
      let place = item.size > 8192 ? (item.size - 8192) / 16 * UInt64(step) & ~7 : 0
      let bytes = try item.bytes(min(4096, Int(item.size)), at: place)
      if let wanted = expected(place) { outcomes.expect(bytes == wanted, "4 KiB at \(place)") }
      most.read = max(most.read, counting.bytesRead)
    }
    for step in 0..<16 {
      counting.reset()
      let reader = try BundleReader([counting], at: Office.time)
      let number = (reader.index.count - 1) * UInt64(step) / 15
      let proof = try reader.index.inclusionProof(of: number)
      try proof.verify(
        leafHash: reader.index.record(number).hash, index: number, size: reader.checkpoint.size,
        root: reader.checkpoint.root, using: LibcryptoSHA256())
      most.proof = max(most.proof, counting.bytesRead)
    }
    for step in 0..<16 {
      counting.reset()
      let reader = try BundleReader([counting], at: Office.time)
      let items = reader.index.end.tail.state.nextItemID - 1
      let entry = try reader.find(.id(1 + (items - 1) * UInt64(step) / 15))
      let file = WrittenProof()
      try reader.planProof(of: entry).write(to: file)
      most.proof = max(most.proof, counting.bytesRead)
      most.file = max(most.file, file.bytes.count)
      let source = StorageSource(MemoryStorage(file.bytes), end: UInt64(file.bytes.count))
      let report = try ProofVerifier(Office.options(pinning: key)).verify(source)
      let holds = [.included, .counted, .signedBy].allSatisfy { report.claims[$0] == .holds }
      outcomes.expect(holds, "the proof of item \(entry.id): \(report.findings)")
    }
    let reading = clock.lap()
    counting.reset()
    try append(to: counting, key)
    let appending = counting.bytesRead
    say(
      "opened and 4 KiB read: at most \(most.read) bytes; a record proven: \(most.proof); "
        + "proofs of items have at most \(most.file); 48 of them in \(reading); a small item appended: \(appending) in \(clock.lap())"
    )
    outcomes.expect(most.read <= budget + frame, "a read takes \(most.read) bytes")
    outcomes.expect(most.proof <= budget, "a proof takes \(most.proof) bytes")
    outcomes.expect(appending <= budget, "an append takes \(appending) bytes")
    let reader = try BundleReader([storage], at: Office.time)
    let items = reader.index.end.tail.state.nextItemID - 1
    let last = try reader.open(try reader.find(.id(items)))
    outcomes.expect(try last.bytes(64, at: 0) == Noise.bytes(64, at: 0), "what was appended")
  }

  private static func append(to storage: any Storage, _ key: SigningKey) throws {
    var acceptance = Acceptance(time: Office.time)
    acceptance.ownCertificates = [key.certificate.fingerprint]
    var writer = try BundleWriter.append(
      to: storage, session: Office.session(key), acceptance: acceptance, options: options(),
      tornKeeper: NoTorn())
    try writer.add(Noise(64), as: ItemDescription(kind: .stream, name: Array("more".utf8)))
    try writer.seal([key])
    try writer.finish()
  }
}

/// A proof in memory.
private final class WrittenProof: ProofSink {
  private(set) var bytes: [UInt8] = []

  func take(_ part: RawSpan) throws(BuktiError) {
    unsafe part.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
  }
}

extension ItemReader {
  fileprivate func bytes(_ count: Int, at place: UInt64) throws(BuktiError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xFF, count: count)
    var failure: BuktiError?
    unsafe bytes.withUnsafeMutableBytes { buffer in
      do throws(BuktiError) { _ = unsafe try read(into: buffer, at: place) } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }
}

/// Time between two looks.
private struct Stopwatch {
  private var last = ContinuousClock.now

  mutating func lap() -> String {
    let now = ContinuousClock.now
    defer { last = now }
    let passed = now - last
    let hundredths = passed / .milliseconds(10)
    return "\(hundredths.rounded() / 100) s"
  }
}
