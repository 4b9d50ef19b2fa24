import BuktiFixtures
import BuktiFormat
import BuktiStore
import Glibc
import Testing

@testable import BuktiWriter

@Suite struct FolderTests {
  let folder = TemporaryFolder()

  private func make(_ line: String) {
    #expect(shell("mkdir -p '\(folder.text)/f' && cd '\(folder.text)/f' && \(line)"))
  }

  private func add(
    _ change: (inout FolderOptions) -> Void = { _ in }
  ) throws -> (AcquisitionReport, Audit) {
    let path = folder.file("b.bukti")
    var options = FolderOptions(name: Array("f".utf8))
    change(&options)
    var writer = try BundleWriter.create(
      at: path, genesis: Office.genesis, session: Office.session(), options: Office.options)
    let report = try writer.addFolder(at: folder.file("f"), options)
    try writer.seal([Office.signer])
    try writer.finish()
    return (report, try Audit(FileStorage.openForReading(at: path)))
  }

  @Test func everyKindOfName() throws {
    make("printf hello > a && ln a twin && ln -s 'some where' link && mkfifo fifo && mkdir d")
    make("printf x > d/$(printf '\\377\\001name') && : > empty")
    let (report, audit) = try add()
    #expect(report.problemCount == 0 && report.items == 8 && report.bytes == 6)
    #expect(audit.item("f")?.kind == .directory)
    #expect(audit.item("f/fifo")?.kind == .fifo)
    #expect(audit.item("f/link")?.target == Array("some where".utf8))
    #expect(audit.item("f/empty")?.size == 0 && audit.item("f/empty")?.digests != nil)
    let first = audit.items.first { $0.value.name == Array("f/a".utf8) }
    #expect(audit.item("f/twin")?.sameAs == first?.key && first != nil)
    #expect(first?.value.posix?.links == 2 && first?.value.times?.modified != nil)
    let odd = Array("f/d/".utf8) + [0xFF, 0x01] + Array("name".utf8)
    #expect(audit.items.values.contains { $0.name == odd })
    #expect(audit.names.count == 8)
  }

  /// Runs a line of shell in the folder once the walk stands on a name, before that is looked at.
  private func at(_ name: String, _ line: String) throws -> (AcquisitionReport, Audit) {
    let place = folder.text + "/f"
    let when = Array(name.utf8)
    return try add {
      $0.exclude = { path, _ in
        if path == when { shell("cd '\(place)' && \(line)") }
        return nil
      }
    }
  }

  private func id(_ name: String, in audit: Audit) -> UInt64? {
    audit.items.first { $0.value.name == Array(name.utf8) }?.key
  }

  @Test func aFileThatIsRewrittenBetweenItsNamesIsReadAgain() throws {
    make("printf hello > a && ln a c && ln a d && : > b")
    let (report, audit) = try at("b", "printf world > a")
    #expect(report.problemCount == 0)
    let first = try #require(id("f/a", in: audit))
    let second = try #require(id("f/c", in: audit))
    #expect(audit.bytes[first] == Array("hello".utf8))
    #expect(audit.bytes[second] == Array("world".utf8) && audit.item("f/c")?.sameAs == nil)
    #expect(audit.item("f/d")?.sameAs == second && audit.item("f/d")?.state == .complete)
  }

  /// A file that is gone leaves its inode to the next one.
  @Test func anInodeThatIsUsedAgainIsAnotherFile() throws {
    make("printf hello > a1 && ln a1 a2 && stat -c %i a1 > ../inode && : > b && mkdir d")
    let (report, audit) = try at(
      "b", "rm a1 a2 && printf other > d/x && ln d/x d/y && stat -c %i d/x >> ../inode")
    if !shell("cd '\(folder.text)' && [ $(sort -u inode | wc -l) = 1 ]") {
      print("skipped: anInodeThatIsUsedAgainIsAnotherFile: this file system gave another inode")
    }
    #expect(report.problemCount == 0)
    let other = try #require(id("f/d/x", in: audit))
    #expect(audit.bytes[other] == Array("other".utf8) && audit.item("f/d/x")?.sameAs == nil)
    #expect(audit.item("f/d/y")?.sameAs == other)
  }

  @Test func whatIsLeftOutIsRecorded() throws {
    make("mkdir skip && printf 1 > skip/in && printf 2 > keep")
    let (report, audit) = try add {
      $0.exclude = { path, _ in path == Array("skip".utf8) ? "skip" : nil }
    }
    #expect(report.excluded == 1 && report.problemCount == 0)
    #expect(audit.item("f/skip")?.state == .notAcquired)
    #expect(audit.item("f/skip")?.reason == "excluded by skip")
    #expect(audit.item("f/skip/in") == nil && audit.item("f/keep")?.size == 1)
  }

  @Test func theBundleItselfIsLeftOut() throws {
    make("printf 1 > a")
    let path = folder.file("f/b.bukti")
    var writer = try BundleWriter.create(
      at: path, genesis: Office.genesis, session: Office.session(), options: Office.options)
    let report = try writer.addFolder(at: folder.file("f"), FolderOptions(name: [1]))
    try writer.seal([Office.signer])
    let audit = try Audit(FileStorage.openForReading(at: path))
    #expect(report.excluded == 0 && report.problems.map(\.reason) == ["it is the bundle itself"])
    let left = audit.items.values.first { $0.state == .notAcquired }
    #expect(left?.reason == "it is the bundle itself")
  }

  @Test func holesAreNotRead() throws {
    make(
      "truncate -s 4097M sparse && printf end | dd of=sparse bs=1 seek=4296000000 conv=notrunc 2>/dev/null"
    )
    let path = folder.file("b.bukti")
    var writer = try BundleWriter.create(
      at: path, genesis: Office.genesis, session: Office.session(), options: Office.options)
    let file = try SourceFile.open(at: folder.file("f/sparse"))
    let added = try writer.add(file, as: ItemDescription("sparse", kind: .disk))
    try writer.seal([Office.signer])
    #expect(added.size == 4097 << 20 && added.state == .complete)
    #expect(try FileStorage.openForReading(at: path).size() < 1 << 20)
  }

  @Test func unreadableFilesAreRecorded() throws {
    make("printf 1 > open && printf 2 > shut && chmod 000 shut")
    if getuid() == 0 { return }  // Root reads everything.
    let (report, audit) = try add()
    #expect(report.problemCount == 1)
    #expect(audit.item("f/shut")?.state == .notAcquired)
  }

  @Test func aFileThatGrowsIsNotComplete() throws {
    make("head -c 3000000 /dev/urandom > log")
    let growing = folder.file("f/log")
    let path = folder.file("b.bukti")
    var options = Office.options
    options.progress = { _ in
      shell("printf more >> '\(String(decoding: growing, as: UTF8.self))'")
    }
    var writer = try BundleWriter.create(
      at: path, genesis: Office.genesis, session: Office.session(), options: options)
    let file = try SourceFile.open(at: growing)
    let added = try writer.add(file, as: ItemDescription("log"))
    try writer.seal([Office.signer])
    #expect(added.state == .partial && added.size == 3_000_000)
    #expect(added.reason?.hasPrefix("it grew from 3000000 to ") == true)
    _ = try Audit(FileStorage.openForReading(at: path))
  }

  @Test func aFileThatShrinksEndsEarly() throws {
    make("head -c 3000000 /dev/urandom > log")
    let shrinking = folder.text + "/f/log"
    var options = Office.options
    options.progress = { _ in shell("truncate -s 1000000 '\(shrinking)'") }
    let storage = MemoryStorage()
    var writer = try BundleWriter.create(
      in: storage, genesis: Office.genesis, session: Office.session(), options: options)
    let file = try SourceFile.open(at: folder.file("f/log"))
    let added = try writer.add(file, as: ItemDescription("log"))
    try writer.seal([Office.signer])
    #expect(added.state == .partial && added.size == 1_000_000)
    _ = try Audit(storage)
  }

  @Test func interruptionClosesTheItem() throws {
    make("printf 1 > a && head -c 600000 /dev/urandom > b")
    var options = Office.options
    let asked = Counter()
    options.isInterrupted = { asked.next() > 4 }
    let storage = MemoryStorage()
    var writer = try BundleWriter.create(
      in: storage, genesis: Office.genesis, session: Office.session(), options: options)
    let report = try writer.addFolder(at: folder.file("f"), FolderOptions(name: [65]))
    try writer.seal([Office.signer])
    let audit = try Audit(storage)
    #expect(report.isInterrupted)
    #expect(audit.items.values.contains { $0.state == .aborted } || audit.count(.note) == 1)
  }
}

private final class Counter: Sendable {
  private nonisolated(unsafe) var value = 0

  func next() -> Int {
    unsafe value += 1
    return unsafe value
  }
}
