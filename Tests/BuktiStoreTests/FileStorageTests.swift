import BuktiFixtures
import BuktiFormat
import BuktiStore
import Glibc
import Testing

@Suite struct FileStorageTests {
  let folder = TemporaryFolder()

  @Test func appendsGatheredPiecesAndReadsThemBack() throws {
    let storage = try FileStorage.create(at: folder.file("a"))
    #expect(storage.isNameDurable)
    let first: [UInt8] = [1, 2, 3]
    let second: [UInt8] = Array(repeating: 7, count: 100_000)
    try unsafe first.withUnsafeBytes { a in
      try unsafe second.withUnsafeBytes { b in
        let empty = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
        try unsafe storage.append([empty, a, empty, b, a])
      }
    }
    try storage.sync()
    let whole = first + second + first
    #expect(try storage.size() == UInt64(whole.count))
    #expect(contents(folder.file("a")) == whole)
    #expect(try storage.read(5, at: 1) == [2, 3, 7, 7, 7])
    #expect(try storage.read(50, at: UInt64(whole.count) - 2) == [2, 3])
    #expect(try storage.read(5, at: UInt64(whole.count)) == [])
    #expect(try storage.read(5, at: .max) == [])
    try storage.dropCachedPages()
    #expect(try storage.read(whole.count, at: 0) == whole)
  }

  @Test func aFileMayGetItsNameLater() throws {
    let path = folder.file("a")
    do {
      let dropped = try #require(try FileStorage.createUnnamed(for: path))
      try dropped.append([1, 2, 3])
    }
    #expect(contents(path) == nil)
    let storage = try #require(try FileStorage.createUnnamed(for: path))
    try storage.append([1, 2, 3])
    #expect(!storage.isNameDurable)
    try storage.giveName(path)
    #expect(storage.isNameDurable)
    try storage.append([4])
    #expect(contents(path) == [1, 2, 3, 4])
    #expect(try FileMetadata.at(path).id == storage.id())
    #expect(code { _ = try FileStorage.openForAppending(at: path) } == .locked)
    let late = try #require(try FileStorage.createUnnamed(for: path))
    #expect(code { try late.giveName(path) } == .exists)
    #expect(contents(path) == [1, 2, 3, 4])
  }

  /// The lock is advice: whoever ignores it may cut the file under the writer.
  @Test func aFileThatBecomesShorterIsAppendedTo() throws {
    let path = folder.file("a")
    let storage = try FileStorage.create(at: path)
    let name = String(decoding: path, as: UTF8.self)
    #expect(unsafe truncate(name, 1 << 30) == 0)
    let step = [UInt8](repeating: 7, count: 17 << 20)
    try storage.append(step)
    #expect(unsafe truncate(name, 0) == 0)
    for _ in 0..<2 { try storage.append(step) }
    #expect(try storage.size() == UInt64(2 * step.count))
    #expect(try storage.read(3, at: UInt64(2 * step.count - 3)) == [7, 7, 7])
  }

  @Test func whereNoUnnamedFileCanBeThereIsNone() throws {
    #expect(try FileStorage.createUnnamed(for: folder.file("missing/a")) == nil)
    #expect(try FileStorage.createUnnamed(for: Array("/proc/a".utf8)) == nil)
  }

  @Test func joinsMorePiecesThanOneCallTakes() throws {
    let storage = try FileStorage.create(at: folder.file("a"))
    let bytes = (0..<5000).map { UInt8($0 % 251) }
    try unsafe bytes.withUnsafeBytes { whole in
      let pieces = unsafe (0..<5000).map {
        unsafe UnsafeRawBufferPointer(rebasing: whole[$0..<$0 + 1])
      }
      try unsafe storage.append(pieces)
    }
    #expect(contents(folder.file("a")) == bytes)
  }

  @Test func createNeverTouchesWhatIsThere() throws {
    try FileStorage.create(at: folder.file("a")).append([1])
    #expect(code { _ = try FileStorage.create(at: folder.file("a")) } == .exists)
    #expect(contents(folder.file("a")) == [1])
    shell("ln -s nowhere '\(folder.text)/link'")
    #expect(code { _ = try FileStorage.create(at: folder.file("link")) } == .exists)
    #expect(code { _ = try FileStorage.create(at: folder.file("no/such")) } == .notFound)
    #expect(code { _ = try FileStorage.create(at: folder.file("x\0y")) } == .nameRefused)
    #expect(code { _ = try FileStorage.create(at: []) } == .nameRefused)
    let long = String(repeating: "n", count: 256)
    #expect(code { _ = try FileStorage.create(at: folder.file(long)) } == .nameRefused)
  }

  @Test func secondWriterIsLockedOutUntilTheFirstGoes() throws {
    var first: FileStorage? = try FileStorage.create(at: folder.file("a"))
    #expect(code { _ = try FileStorage.openForAppending(at: folder.file("a")) } == .locked)
    try first?.append([1])
    #expect(try FileStorage.openForReading(at: folder.file("a")).read(9, at: 0) == [1])
    first = nil
    let second = try FileStorage.openForAppending(at: folder.file("a"))
    try second.append([2])
    #expect(contents(folder.file("a")) == [1, 2])
  }

  @Test func truncateOnlyCuts() throws {
    let storage = try FileStorage.create(at: folder.file("a"))
    try storage.append([1, 2, 3])
    #expect(code { try storage.truncate(to: 4) } == .io)
    try storage.truncate(to: 2)
    try storage.append([9])
    #expect(contents(folder.file("a")) == [1, 2, 9])
  }

  @Test func reserveKeepsTheSize() throws {
    let storage = try FileStorage.create(at: folder.file("a"))
    try storage.reserve(1 << 20)
    #expect(try storage.size() == 0)
    try storage.append([5])
    #expect(try storage.size() == 1)
  }

  /// Room that cannot be given back stays set aside, which is no failure of what was written.
  @Test func aFileThatMayOnlyGrowIsFinished() throws {
    let path = folder.file("a")
    let storage = try FileStorage.create(at: path)
    guard shell("chattr +a '\(folder.text)/a' 2>/dev/null") else {
      print("skipped: aFileThatMayOnlyGrowIsFinished needs root and a file system with chattr +a")
      return
    }
    defer { shell("chattr -a '\(folder.text)/a'") }
    try storage.reserve(1 << 20)
    try storage.append([1, 2])
    try storage.sync()
    try storage.reserve(0)
    try storage.append([3])
    #expect(contents(path) == [1, 2, 3])
    // Only that room stays: whoever asks for less hears that it cannot be.
    #expect(code { try storage.truncate(to: 0) } == .io)
  }

  @Test func aNameIsTakenAwayFromItsOwnFileAlone() throws {
    let path = folder.file("a")
    let storage = try FileStorage.create(at: path)
    shell("cd '\(folder.text)' && mv a elsewhere && echo other > a")
    storage.removeName(path)
    #expect(contents(path) != nil)
    storage.removeName(folder.file("elsewhere"))
    #expect(contents(folder.file("elsewhere")) == nil)
  }

  @Test func readerCannotAppend() throws {
    _ = try FileStorage.create(at: folder.file("a"))
    let reader = try FileStorage.openForReading(at: folder.file("a"))
    #expect(code { try reader.append([1]) } == .io)
    #expect(code { try reader.truncate(to: 0) } == .io)
    #expect(code { _ = try FileStorage.openForReading(at: folder.file("b")) } == .notFound)
  }

  @Test func fullDiskWritesShortThenDies() throws {
    let mount = folder.text + "/small"
    guard shell("mkdir '\(mount)' && mount -t tmpfs -o size=8k none '\(mount)' 2>/dev/null") else {
      print("skipped: fullDiskWritesShortThenDies needs root to mount a tmpfs")
      return
    }
    defer { shell("umount -l '\(mount)'") }
    let path = folder.file("small/a")
    var storage: FileStorage? = try FileStorage.create(at: path)
    try storage?.append(Array(repeating: 1, count: 8000))
    #expect(code { try storage?.reserve(1 << 20) } == .diskFull)
    let big = [UInt8](repeating: 2, count: 1000)
    #expect(code { try storage?.append(big) } == .diskFull)
    // The write was short before it failed: what fitted is there, and the storage is dead.
    #expect(contents(path)?.count == 8192)
    #expect(code { try storage?.append([1]) } == .dead)
    #expect(code { try storage?.sync() } == .dead)
    #expect(code { _ = try storage?.read(1, at: 0) } == .dead)
    #expect(code { _ = try storage?.size() } == .dead)
    storage = nil
    let again = try FileStorage.openForAppending(at: path)
    try again.truncate(to: 8000)
    try again.append([3])
    #expect(try again.size() == 8001)
  }
}
