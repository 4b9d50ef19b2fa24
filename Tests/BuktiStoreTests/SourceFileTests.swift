import BuktiFixtures
import BuktiFormat
import BuktiStore
import Glibc
import Synchronization
import Testing

@Suite struct SourceFileTests {
  let folder = TemporaryFolder()

  private func make(_ line: String) { #expect(shell("cd '\(folder.text)' && \(line)")) }

  @Test func readsMetadataAndBytes() throws {
    make("printf hello > a && chmod 4751 a && touch -d @1000000000.123456789 a && ln a b")
    let file = try SourceFile.open(at: folder.file("a"))
    #expect(file.opened.kind == .file)
    #expect(file.opened.mode == 0o4751)
    #expect(file.opened.links == 2)
    #expect(file.opened.modified == FileTime(seconds: 1_000_000_000, nanoseconds: 123_456_789))
    #expect(file.opened.modified.sinceEpoch == 1_000_000_000_123_456_789)
    #expect(try file.size() == 5)
    #expect(try file.device() == nil)
    #expect(try read(file, 9, at: 1) == Array("ello".utf8))
    #expect(try read(file, 9, at: 5) == [])
    #expect(try read(file, 9, at: .max) == [])
    #expect(try SourceFile.open(at: folder.file("b")).opened.id == file.opened.id)
  }

  @Test func noticesAChangeWhileReading() throws {
    make("printf hello > a")
    let file = try SourceFile.open(at: folder.file("a"))
    #expect(try !file.metadata().differs(from: file.opened))
    make("printf more >> a")
    #expect(try file.metadata().differs(from: file.opened))
  }

  @Test func timesBeyond64BitsAreNotTrapped() {
    #expect(FileTime(seconds: .max, nanoseconds: 0).sinceEpoch == nil)
    #expect(FileTime(seconds: .min, nanoseconds: 0).sinceEpoch == nil)
    #expect(FileTime(seconds: 9_223_372_036, nanoseconds: 999_999_999).sinceEpoch == nil)
    #expect(FileTime(seconds: -1, nanoseconds: 1).sinceEpoch == -999_999_999)
  }

  @Test func refusesWhatHasNoBytesOfItsOwn() {
    make("mkfifo fifo && mkdir folder && ln -s nowhere link")
    #expect(code { _ = try SourceFile.open(at: folder.file("fifo")) } == .io)
    #expect(code { _ = try SourceFile.open(at: folder.file("folder")) } == .io)
    #expect(code { _ = try SourceFile.open(at: folder.file("link")) } == .notFound)
    #expect(code { _ = try SourceFile.open(at: Array("/dev/zero".utf8)) } == .io)
    #expect(code { _ = try SourceFile.open(at: folder.file("a\0b")) } == .nameRefused)
  }

  @Test func findsHoles() throws {
    make("truncate -s 4M a && printf x | dd of=a bs=1M seek=1 conv=notrunc status=none")
    let file = try SourceFile.open(at: folder.file("a"))
    let end = try file.size()
    let data = try #require(try file.nextData(from: 0, below: end))
    #expect(data.contains(1 << 20))
    #expect(data.lowerBound > 0 || data.upperBound == end)
    if data.upperBound < end {
      #expect(try file.nextData(from: data.upperBound, below: end) == nil)
      #expect(try file.nextData(from: 1 << 20, below: 1 << 20 + 1) == (1 << 20)..<(1 << 20 + 1))
    }
    #expect(try file.nextData(from: end, below: end) == nil)
    make("truncate -s 0 a")
    #expect(try file.nextData(from: 0, below: end) == nil)
  }

  @Test func listsExtendedAttributes() throws {
    let setting =
      "import os; os.setxattr('a', 'user.z', b'\\0\\xff'); os.setxattr('a', 'user.b', b'')"
    guard shell("cd '\(folder.text)' && touch a && python3 -c \"\(setting)\" 2>/dev/null") else {
      print("skipped: listsExtendedAttributes needs python3 and a file system with user.*")
      return
    }
    let attributes = try SourceFile.open(at: folder.file("a")).attributes()
    #expect(
      attributes == [
        ExtendedAttribute(name: Array("user.b".utf8), value: []),
        ExtendedAttribute(name: Array("user.z".utf8), value: [0, 255]),
      ])
  }

  @Test func streamsFromFileAndPipe() throws {
    let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    try FileStorage.create(at: folder.file("a")).append(bytes)
    #expect(try drain(FileDescriptorSource.open(at: folder.file("a"))) == bytes)
    make("mkfifo pipe; (cat a > pipe) &")
    #expect(try drain(FileDescriptorSource.open(at: folder.file("pipe"))) == bytes)
    var ends: [Int32] = [0, 0]
    #expect(unsafe pipe(&ends) == 0)
    #expect(unsafe write(ends[1], [UInt8]([1, 2, 3]), 3) == 3)
    close(ends[1])
    #expect(try drain(FileDescriptorSource(borrowing: ends[0])) == [1, 2, 3])
    close(ends[0])
  }

  @Test func aSilentStreamIsGivenUp() throws {
    var ends: [Int32] = [0, 0]
    #expect(unsafe pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    let asked = Atomic(0)
    let source = FileDescriptorSource(borrowing: ends[0]) {
      asked.add(1, ordering: .relaxed).newValue > 1
    }
    #expect(code { _ = try drain(source) } == .interrupted)
    #expect(asked.load(ordering: .relaxed) == 2)
  }

  private func read(_ file: SourceFile, _ count: Int, at offset: UInt64) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let filled = try unsafe bytes.withUnsafeMutableBytes {
      try unsafe file.read(into: $0, at: offset)
    }
    return Array(bytes.prefix(filled))
  }

  private func drain(_ source: FileDescriptorSource) throws -> [UInt8] {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 70_000)
    while true {
      let count = try unsafe buffer.withUnsafeMutableBytes {
        try unsafe source.readFully(into: $0)
      }
      if count == 0 { return all }
      all += buffer.prefix(count)
    }
  }
}
