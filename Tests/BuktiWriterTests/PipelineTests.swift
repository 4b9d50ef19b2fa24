import BuktiFixtures
import BuktiFormat
import BuktiStore
import Synchronization
import Testing

@testable import BuktiWriter

@Suite struct PipelineTests {
  let folder = TemporaryFolder()

  /// Options under which nothing that is written depends on chance.
  private func fixed(jobs: Int) -> WriterOptions {
    var options = Office.options
    options.jobs = jobs
    options.markInterval = .seconds(100_000)
    options.salts = {
      let count = Mutex<UInt64>(0)
      return SaltSource { (size) throws(BuktiError) in
        count.withLock { count in
          count += 1
          return noise(size, seed: count)
        }
      }
    }
    return options
  }

  /// Text, noise, zeros, a hole, many small files, an empty one, a link and a second name.
  private func fill() throws {
    let text = Array("A line of a log, which shrinks well, number 0123456789.\n".utf8)
    var mixed: [UInt8] = []
    for part in 0..<12 {
      let number = UInt64(part)
      switch part % 4 {
      case 0: mixed += noise(77_777, seed: number)
      case 1: for line in 0..<2_000 { mixed += text + [UInt8(truncatingIfNeeded: line)] }
      case 2: mixed += [UInt8](repeating: 0, count: 300_001)
      default: mixed += noise(1_000, seed: number).map { $0 & 15 }
      }
    }
    #expect(shell("mkdir -p '\(folder.text)/tree/deep'"))
    try folder.write("tree/mixed", mixed)
    for number in 0..<300 {
      try folder.write("tree/deep/\(number)", noise(number * 37, seed: UInt64(number)))
    }
    #expect(shell("cd '\(folder.text)/tree' && ln -s mixed link && ln mixed second"))
    #expect(shell("cd '\(folder.text)/tree' && head -c 100 link > hole && truncate -s 9M hole"))
    // Reading changes no time of access that lies ahead.
    #expect(shell("find '\(folder.text)/tree' -exec touch -ahd @1950000000 {} +"))
  }

  /// A bundle of its own begun elsewhere, so that its identity is always the same.
  private func written(
    from begun: [UInt8], _ options: WriterOptions
  ) throws -> (storage: MemoryStorage, items: UInt64) {
    let storage = MemoryStorage(begun)
    var writer = try BundleWriter.append(
      to: storage, session: Office.session(digests: [.md5, .sha512]),
      acceptance: Office.acceptance, options: options, tornKeeper: Drawer())
    let tree = folder.path + Array("/tree".utf8)
    let report = try writer.addFolder(at: tree, FolderOptions(name: Array("tree".utf8)))
    let mixed = try SourceFile.open(at: folder.file("tree/mixed"))
    try writer.add(mixed, as: ItemDescription("alone"))
    try writer.add(PieceSource(noise(1_000_000)), as: ItemDescription("pipe", kind: .stream))
    try writer.note(Note(text: "between"))
    try writer.add(PieceSource([]), as: ItemDescription("empty", kind: .stream))
    try writer.close(reason: "done")
    try writer.finish()
    return (storage, report.items)
  }

  @Test func theBytesAreTheSameForAnyNumberOfJobs() throws {
    try fill()
    let first = MemoryStorage()
    var writer = try Office.create(first)
    try writer.seal([Office.signer])
    try writer.finish()
    for (chunkSize, compression) in [(256 << 10, Compression.fast), (5_000, .best)] {
      var expected: [UInt8] = []
      for jobs in [1, 2, 3, 8] {
        var options = fixed(jobs: jobs)
        options.chunkSize = chunkSize
        options.compression = compression
        options.markBytes = 1 << 20
        options.openFrom = 1 << 20
        let (storage, items) = try written(from: first.bytes, options)
        #expect(items == 306)
        if jobs == 1 {
          expected = storage.bytes
          try sealAndAudit(storage)
        }
        // Not in the macro: it would look for the difference of megabytes.
        let isSame = storage.bytes == expected
        #expect(isSame, "jobs \(jobs), chunks of \(chunkSize)")
      }
    }
  }

  private func sealAndAudit(_ storage: MemoryStorage) throws {
    let copy = MemoryStorage(storage.bytes)
    var writer = try Office.append(copy, .adopt(reason: "test"))
    try writer.seal([Office.signer])
    try writer.finish()
    let audit = try Audit(copy)
    let mixed = try SourceFile.open(at: folder.file("tree/mixed"))
    #expect(audit.item("alone")?.size == (try mixed.size()))
    #expect(audit.item("alone")?.digests == audit.item("tree/mixed")?.digests)
    #expect(audit.count(.tail) > 4)
  }

  @Test func anErrorOfTheStorageEndsTheWork() throws {
    try folder.write("noise", noise(1 << 20))
    for operation in [3, 9, 20] {
      for jobs in [1, 4] {
        let storage = RecordingStorage(
          fault: .init(operation: operation, error: BuktiError(.io, errno: 5), arrivedBytes: 7))
        var options = fixed(jobs: jobs)
        options.chunkSize = 20_000
        var writer = try Office.create(storage, options)
        let file = try SourceFile.open(at: folder.file("noise"))
        #expect(code { try writer.add(file, as: ItemDescription("noise")) } == .io)
        #expect(code { try writer.note(Note(text: "after")) } == .dead)
      }
    }
  }

  @Test func aFullDiskLeavesRoomForTheSeal() throws {
    try folder.write("noise", noise(4 << 20))
    for jobs in [1, 4] {
      let storage = SmallDisk(6 << 20)
      var writer = try Office.create(storage, fixed(jobs: jobs))
      let file = try SourceFile.open(at: folder.file("noise"))
      #expect(code { try writer.add(file, as: ItemDescription("noise")) } == .diskFull)
      try writer.note(Note(text: "the disk is full"))
      try writer.seal([Office.signer])
      try writer.finish()
      let end = try BundleWriter.examine(MemoryStorage(storage.bytes), Office.acceptance)
      #expect(end.unsealed.isEmpty)
      writer = try Office.append(MemoryStorage(storage.bytes))
      #expect(writer.suspendedItems.count == 1)
      try writer.finish()
    }
  }

  @Test func whoeverInterruptsGetsWhatWasReadUntilThen() throws {
    let bytes = noise(1 << 20)
    try folder.write("noise", bytes)
    for jobs in [1, 4] {
      var options = fixed(jobs: jobs)
      options.chunkSize = 16 << 10
      let asked = Mutex(0)
      options.isInterrupted = {
        asked.withLock {
          $0 += 1
          return $0 > 23
        }
      }
      let storage = MemoryStorage()
      var writer = try Office.create(storage, options)
      let added = try writer.add(
        SourceFile.open(at: folder.file("noise")), as: ItemDescription("noise"))
      #expect(added.state == .aborted && added.size == 23 * 16 << 10)
      try writer.seal([Office.signer])
      try writer.finish()
      let audit = try Audit(storage)
      #expect(audit.bytes[1] == Array(bytes.prefix(Int(added.size))))
    }
  }
}
