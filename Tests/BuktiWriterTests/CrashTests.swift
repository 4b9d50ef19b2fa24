import BuktiFixtures
import BuktiEngines
import BuktiFormat
import BuktiStore
import BuktiVerifier
import Testing

@testable import BuktiWriter

/// What a disk may hold after a loss of power: everything synced, and of the rest whatever arrived.
@Suite struct CrashTests {
  private static let sector = 512

  private struct Workload {
    let storage = RecordingStorage()
    /// Operations done when a seal was reported, with its record number.
    var acknowledged: [(operations: Int, seal: UInt64)] = []

    init() throws {
      var options = Office.options
      options.markBytes = 4_000
      options.readBack = .none
      var writer = try Office.create(storage, options)
      for round in 0..<3 {
        if round > 0 { writer = try Office.append(storage, options: options) }
        for number in 0..<2 {
          let bytes = noise(700 + 900 * number, seed: UInt64(round))
          try writer.add(PieceSource(bytes), as: ItemDescription("\(round)-\(number)"))
        }
        try writer.record(ItemDescription("d\(round)", kind: .directory))
        let receipt = try writer.seal([Office.signer])
        acknowledged.append((storage.operations.count, receipt.record))
      }
    }

    /// The last seal that was reported before the power went.
    func lastSeal(_ operations: Int) -> UInt64? {
      acknowledged.last { $0.operations <= operations }?.seal
    }
  }

  /// The states of the medium after the first `count` operations, all different.
  private func states(_ storage: RecordingStorage, _ count: Int) -> Set<[UInt8]> {
    let durable = storage.durableBytes(after: count)
    let all = storage.bytes(after: count)
    var states: Set = [durable, all]
    guard all.count > durable.count else { return states }
    let edges = stride(
      from: (durable.count / Self.sector + 1) * Self.sector, to: all.count, by: Self.sector)
    for edge in edges { states.insert(Array(all.prefix(edge))) }
    for cut in stride(from: durable.count + 1, to: all.count, by: 41) {
      states.insert(Array(all.prefix(cut)))
    }
    // One sector did not arrive, the others did: it reads as zeros, or as what was there before.
    for start in stride(
      from: durable.count / Self.sector * Self.sector, to: all.count, by: Self.sector)
    {
      for filler: UInt8 in [0x00, 0xA5] {
        var bytes = all
        let lost = max(start, durable.count)..<min(start + Self.sector, all.count)
        for index in lost { bytes[index] = filler }
        states.insert(bytes)
      }
    }
    return states
  }

  private func recover(_ bytes: [UInt8], sealed: UInt64?, asksOther: Bool = false) throws {
    let storage = RecordingStorage(bytes)
    var writer: BundleWriter
    do throws(BuktiError) {
      writer = try Office.append(storage, .adopt(reason: "power"), torn: Drawer())
    } catch {
      // Only before the first seal may there be nothing to go on from.
      if sealed == nil, [.preambleTruncated, .preambleMagic, .damaged].contains(error.code) {
        return
      }
      throw error
    }
    for item in writer.suspendedItems { try writer.abandon(item.id, reason: "power") }
    try writer.add(PieceSource([1, 2, 3]), as: ItemDescription("after"))
    let receipt = try writer.seal([Office.signer])
    let end = try BundleWriter.examine(storage, Office.acceptance)
    #expect(end.extends?.size == receipt.record && end.unsealedCount == 0 && end.tornBytes == 0)
    let audit = try Audit(storage, asksOther: asksOther)
    let found = audit.sessions.last?.extends?.size ?? 0
    #expect(found >= sealed ?? 0, "a seal that was reported is lost")
  }

  @Test func everyStateOfTheMediumIsRecovered() throws {
    let workload = try Workload()
    var count = 0
    for operations in 0...workload.storage.operations.count {
      let sealed = workload.lastSeal(operations)
      for state in states(workload.storage, operations) {
        try recover(state, sealed: sealed, asksOther: count.isMultiple(of: 64))
        count += 1
      }
    }
    #expect(count > 400)
  }

  @Test func everyFailureKillsTheWriterAndIsRecovered() throws {
    let whole = try Workload().storage.operations.count
    for operation in 0..<whole {
      for arrived in [0, 300] {
        let fault = RecordingStorage.Fault(
          operation: operation, error: BuktiError(.diskFull), arrivedBytes: arrived)
        let storage = RecordingStorage(fault: fault)
        var sealed: UInt64?
        var failure: ErrorCode?
        do {
          var writer = try Office.create(storage)
          for round in 0..<3 {
            try writer.add(PieceSource(noise(3000)), as: ItemDescription("\(round)"))
            do throws(BuktiError) { sealed = try writer.seal([Office.signer]).record } catch {
              failure = error.code
              #expect(code { try writer.seal([Office.signer]) } == .dead)
              let more = ItemDescription("more")
              #expect(code { try writer.add(PieceSource(noise(9)), as: more) } == .dead)
              break
            }
          }
        } catch { failure = error.code }
        if let failure { #expect([.diskFull, .dead].contains(failure)) }
        try recover(storage.bytes(after: storage.operations.count), sealed: sealed)
      }
    }
  }

  @Test func recoveryItselfMayBeInterrupted() throws {
    let workload = try Workload()
    let operations = workload.storage.operations.count
    let torn = workload.storage.bytes(after: operations) + noise(2_000)
    let storage = RecordingStorage(torn)
    var writer = try Office.append(storage, .refuse(reason: "power"), torn: Drawer())
    try writer.seal([Office.signer])
    for count in 0...storage.operations.count {
      for state in [storage.bytes(after: count), storage.durableBytes(after: count)] {
        try recover(state, sealed: workload.lastSeal(operations))
      }
    }
  }

  @Test func tornBytesAreKeptAndRecorded() throws {
    let storage = MemoryStorage()
    var writer = try Office.create(storage)
    try writer.seal([Office.signer])
    let whole = storage.bytes
    let rest = noise(1_000)
    let broken = MemoryStorage(whole + rest)
    let drawer = Drawer()
    writer = try Office.append(broken, torn: drawer)
    #expect(drawer.sides[UInt64(whole.count)]?.bytes == rest)
    try writer.seal([Office.signer])
    let torn = try Audit(broken).sessions.last?.torn
    #expect(torn?.count == 1_000 && torn?.volume == nil)
    #expect(Array(broken.bytes.prefix(whole.count)) == whole)
  }

  @Test func whatWasCutOffIsStatedWhereverThePowerGoes() throws {
    let sealed = MemoryStorage()
    var writer = try Office.create(sealed)
    try writer.seal([Office.signer])
    let rest = noise(2_000)
    let drawer = Drawer()
    let storage = RecordingStorage(sealed.bytes + rest)
    writer = try Office.append(storage, torn: drawer)
    try writer.seal([Office.signer])
    #expect(storage.operations.contains(.truncate(UInt64(sealed.bytes.count))))
    for count in 0...storage.operations.count {
      for state in [storage.bytes(after: count), storage.durableBytes(after: count)] {
        let again = MemoryStorage(state)
        writer = try Office.append(again, .adopt(reason: "power"), torn: drawer)
        try writer.seal([Office.signer])
        let torn = try Audit(again, asksOther: false).sessions.compactMap(\.torn)
        #expect(torn.map(\.sha256) == [LibcryptoSHA256.digest(of: rest)])
      }
    }
  }

  @Test func whatWasCutOffAFileIsFoundAgain() throws {
    let folder = TemporaryFolder()
    let path = folder.file("b.bukti")
    var writer = try BundleWriter.create(
      at: path, genesis: Office.genesis, session: Office.session(), options: Office.options)
    try writer.seal([Office.signer])
    try writer.finish()
    let rest = noise(2_000)
    let bundle = "\(folder.text)/b.bukti"
    func open() throws -> BundleWriter {
      try BundleWriter.append(
        at: path, session: Office.session(), acceptance: Office.acceptance,
        options: Office.options)
    }
    let size = try FileStorage.openForReading(at: path).size()
    try FileStorage.openForAppending(at: path).append(rest)
    try open().finish()
    // As after a crash behind the cut: neither the bytes nor the session are there.
    #expect(shell("truncate -s \(size) '\(bundle)' && ls '\(bundle).torn-\(size)' > /dev/null"))
    writer = try open()
    try writer.seal([Office.signer])
    try writer.finish()
    let session = try Audit(FileStorage.openForReading(at: path)).sessions.last
    #expect(session?.torn == Torn(count: 2_000, sha256: LibcryptoSHA256.digest(of: rest)))
  }

  @Test func aFullDiskLeavesRoomForASeal() throws {
    let disk = SmallDisk(5 << 20)
    var writer = try Office.create(disk)
    try writer.add(PieceSource(noise(1_000)), as: ItemDescription("small"))
    let large = ItemDescription("large")
    #expect(code { try writer.add(PieceSource(noise(3 << 20)), as: large) } == .diskFull)
    let more = ItemDescription("more")
    #expect(code { try writer.add(PieceSource(noise(1 << 20)), as: more) } == .diskFull)
    let receipt = try writer.seal([Office.signer])
    try writer.finish()
    let end = try BundleWriter.examine(disk, Office.acceptance)
    #expect(end.extends?.size == receipt.record && end.unsealedCount == 0 && end.tornBytes == 0)
    let copy = MemoryStorage(disk.bytes)
    writer = try Office.append(copy)
    #expect(writer.suspendedItems.contains { $0.size > 0 })
    let report = try BundleVerifier(VerificationOptions(time: 1_800_000_000))
      .verify(volumes: [PieceSource(disk.bytes)])
    #expect(report.claims[.intact] == .holds)
  }

  @Test func damageIsNotTorn() throws {
    let storage = MemoryStorage()
    var writer = try Office.create(storage)
    try writer.add(PieceSource(noise(3_000)), as: ItemDescription("a"))
    try writer.seal([Office.signer])
    let first = storage.bytes.count
    try writer.add(PieceSource(noise(3_000)), as: ItemDescription("b"))
    try writer.seal([Office.signer])
    let whole = storage.bytes
    // The tail before the last seal, wherever it is hit, was durable before the seal was written.
    let reader = try recordReader(storage)
    let seal = try reader.record(endingAt: UInt64(whole.count))
    let tail = try reader.record(endingAt: seal.address)
    for place in stride(from: tail.address, to: tail.end, by: 37) {
      var bytes = whole
      bytes[Int(place)] ^= 0x10
      let damaged = MemoryStorage(bytes)
      #expect(code { _ = try Office.append(damaged, .refuse(reason: "x")) } == .damaged)
      #expect(damaged.bytes == bytes)
    }
    #expect(first < Int(tail.address))
  }

  @Test func aCopyInsideIsNotTheBundle() throws {
    let inner = MemoryStorage()
    var writer = try Office.create(inner)
    try writer.add(PieceSource(noise(3_000)), as: ItemDescription("a"))
    try writer.seal([Office.signer])
    let copy = inner.bytes
    // A disk is imaged on which a copy of this very bundle lies; the power goes in the middle of it.
    try writer.add(PieceSource(copy + noise(100)), as: ItemDescription("disk", kind: .disk))
    try writer.finish()
    let all = inner.bytes
    let start = copy.count + 200
    for cut in stride(from: start, to: all.count, by: 211) {
      try recover(Array(all.prefix(cut)), sealed: 7, asksOther: cut % 5 == 0)
    }
  }
}
