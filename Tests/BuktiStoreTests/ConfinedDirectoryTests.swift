import BuktiFixtures
import BuktiFormat
import Glibc
import Testing

@testable import BuktiStore

/// Every test runs with `openat2` and with the way part by part.
@Suite struct ConfinedDirectoryTests {
  let folder = TemporaryFolder()
  let time = FileTime(seconds: 1_000_000_000, nanoseconds: 5)

  private func make(_ line: String) { #expect(shell("cd '\(folder.text)' && \(line)")) }

  private func open(_ usingOpenBeneath: Bool) throws -> ConfinedDirectory {
    try ConfinedDirectory(at: folder.file("target"), usingOpenBeneath: usingOpenBeneath)
  }

  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  private func put(
    _ text: String, at path: [UInt8], in directory: ConfinedDirectory, mode: UInt32 = 0o644
  ) throws {
    let file = try directory.createFile(path)
    let content = bytes(text)
    try unsafe content.withUnsafeBytes { try unsafe file.write($0, at: 0) }
    try file.publish(mode: mode, modified: time)
  }

  @Test(arguments: [true, false]) func publishesWholeFiles(beneath: Bool) throws {
    let target = try open(beneath)
    try put("hello", at: bytes("a/b/c"), in: target, mode: 0o6755)
    #expect(contents(folder.file("target/a/b/c")) == bytes("hello"))
    let metadata = try SourceFile.open(at: folder.file("target/a/b/c")).opened
    #expect(metadata.mode == 0o755, "neither set-user-id nor set-group-id")
    #expect(metadata.modified == time)
    #expect(try target.makeDirectory(bytes("a/d")))
    #expect(try !target.makeDirectory(bytes("a/d")))
    try target.finishDirectory(bytes("a/d"), mode: 0o7750, modified: time)
    make("test $(stat -c %a target/a/d) = 750 && test $(stat -c %a target/a) = 700")
    make("test $(stat -c %Y target/a/d) = 1000000000")
  }

  @Test(arguments: [true, false]) func hostilePathsAreRefused(beneath: Bool) throws {
    let target = try open(beneath)
    let before = folderSnapshot()
    let hostile: [[UInt8]] = [
      [], bytes("/"), bytes("/abs"), bytes("../x"), bytes("a/../b"), bytes("a/.."), bytes(".."),
      bytes("."), bytes("./a"), bytes("a/./b"), bytes("a//b"), bytes("a/"), bytes("//"), [0],
      bytes("a\0b"), bytes("a/b\0/c"), bytes(String(repeating: "n", count: 256)),
      bytes(String(repeating: "n", count: 300) + "/a"), bytes("a/../../../../etc/passwd"),
    ]
    for path in hostile {
      #expect(code { _ = try target.createFile(path) } == .nameRefused)
      #expect(code { try target.makeDirectory(path) } == .nameRefused)
      #expect(code { try target.makeSymbolicLink(path, target: [65]) } == .nameRefused)
      #expect(code { try target.move(path, to: bytes("ok")) } == .nameRefused)
      #expect(
        code { try target.finishDirectory(path, mode: 0, modified: time) } == .nameRefused)
    }
    #expect(folderSnapshot() == before)
  }

  @Test(arguments: [true, false]) func linksAreNeverPassed(beneath: Bool) throws {
    make("mkdir -p target/real outside && ln -s ../outside target/out && ln -s real target/in")
    make("ln -s /proc/self/cwd target/magic && touch outside/old && ln -s ../outside/old target/f")
    let target = try open(beneath)
    for name in ["out", "in", "magic", "f"] {
      #expect(code { _ = try target.createFile(bytes(name + "/x")) } == .nameRefused)
      #expect(code { _ = try target.createFile(bytes(name + "/x/y")) } == .nameRefused)
      #expect(code { try target.makeDirectory(bytes(name)) } == .nameRefused)
      #expect(code { _ = try target.createFile(bytes(name)) } == .exists)
      let finish = { try target.finishDirectory(bytes(name), mode: 0, modified: time) }
      #expect(code(finish) == .nameRefused)
      #expect(code { try target.move(bytes("real"), to: bytes(name + "/x")) } == .nameRefused)
      #expect(code { try target.move(bytes("real"), to: bytes(name)) } == .exists)
    }
    // A link that the bundle itself brings is no way out either.
    try target.makeSymbolicLink(bytes("own"), target: bytes("../outside"))
    #expect(code { try put("x", at: bytes("own/x"), in: target) } == .nameRefused)
    make("test $(ls outside) = old && test ! -s outside/old && test -z \"$(ls target/real)\"")
  }

  @Test(arguments: [true, false]) func nothingIsOverwritten(beneath: Bool) throws {
    make("mkdir -p target/dir && printf old > target/a && mkfifo target/fifo")
    let target = try open(beneath)
    for name in ["a", "dir", "fifo"] {
      #expect(code { try put("new", at: bytes(name), in: target) } == .exists)
      #expect(code { try target.makeSymbolicLink(bytes(name), target: [65]) } == .exists)
    }
    #expect(code { try target.makeDirectory(bytes("a")) } == .nameRefused)
    #expect(code { _ = try target.createFile(bytes("a/b")) } == .nameRefused)
    // Taken between the beginning and the end of the file.
    let file = try target.createFile(bytes("late"))
    make("printf theirs > target/late")
    #expect(code { try file.publish(mode: 0o644, modified: time) } == .exists)
    #expect(contents(folder.file("target/late")) == bytes("theirs"))
    #expect(contents(folder.file("target/a")) == bytes("old"))
  }

  @Test func whatIsNotPublishedGoesAway() throws {
    let target = try open(true)
    var file: ConfinedFile? = try target.createFile(bytes("a"))
    make("ls -A target | grep -q '^.bukti-part-'")
    try file?.setSize(10)
    file = nil
    make("test -z \"$(ls -A target)\"")
  }

  @Test func holesStayHoles() throws {
    let target = try open(true)
    let file = try target.createFile(bytes("a"))
    try file.setSize(64 << 20)
    try unsafe [UInt8(7)].withUnsafeBytes { try unsafe file.write($0, at: 32 << 20) }
    try file.publish(mode: 0o600, modified: time, isSynced: true)
    let metadata = try SourceFile.open(at: folder.file("target/a")).opened
    #expect(metadata.size == 64 << 20)
    #expect(metadata.blocks < 1 << 10)
    let large = try target.createFile(bytes("b"))
    #expect(code { try large.setSize(.max) } == .diskFull)
    #expect(code { try large.setSize(UInt64(Int64.max)) } != nil)
    #expect(
      code { try unsafe [UInt8(7)].withUnsafeBytes { try unsafe large.write($0, at: .max) } }
        == .diskFull)
    let never = FileTime(seconds: 0, nanoseconds: 1_000_000_000)
    #expect(code { try large.publish(mode: 0, modified: never) } == .io)
  }

  @Test(arguments: [true, false]) func theUnprovenGoesElsewhere(beneath: Bool) throws {
    let target = try open(beneath)
    let file = try target.createFile(bytes("d/a"))
    try file.publish(as: bytes("UNPROVEN/d/a"), mode: 0o600, modified: time)
    make("test -f target/UNPROVEN/d/a && test ! -e target/d/a")
    try target.move(bytes("UNPROVEN/d"), to: bytes("moved/d"))
    make("test -f target/moved/d/a")
    let other = try target.createFile(bytes("x"))
    #expect(
      code { try other.publish(as: bytes("../x"), mode: 0, modified: time) } == .nameRefused)
  }

  @Test(arguments: [true, false]) func deepAndOddNames(beneath: Bool) throws {
    let target = try open(beneath)
    let deep = Array(Array(repeating: bytes("deeper"), count: 900).joined(separator: bytes("/")))
    try put("x", at: deep, in: target)
    let again = deep + bytes("-2")
    try put("y", at: again, in: target)
    let odd: [UInt8] = [0xFF, 0x0A, 0x1B, 0x5C]
    try put("z", at: odd, in: target)
    #expect(contents(folder.file("target/") + odd) == nil, "read as text it has another name")
    #expect(try SourceFile.open(at: folder.file("target/") + odd).size() == 1)
    try put("n", at: bytes(String(repeating: "n", count: 255)), in: target)
  }

  @Test(arguments: [true, false]) func racingRenamesLeadNowhere(beneath: Bool) throws {
    make("mkdir -p target/d outside && ln -s ../outside swap")
    let target = try open(beneath)
    let before = folderSnapshot(of: "outside")
    let script = """
      import os, time
      end = time.time() + 1.5
      while time.time() < end and not os.path.exists('stop'):
        os.rename('target/d', 'real'); os.rename('swap', 'target/d')
        os.rename('target/d', 'swap'); os.rename('real', 'target/d')
      """
    #expect(shell("cd '\(folder.text)' && (python3 -c \"\(script)\") 2>/dev/null &"))
    let clock = SystemClock()
    let end = clock.monotonic + 1_000_000_000
    var (published, refused) = (0, 0)
    while clock.monotonic < end {
      let failure = code { try put("x", at: bytes("d/\(published + refused)"), in: target) }
      if failure == nil { published += 1 } else { refused += 1 }
    }
    make("touch stop && sleep 0.3")
    #expect(published + refused > 0)
    #expect(folderSnapshot(of: "outside") == before)
  }

  @Test func targetMustBeADirectory() throws {
    make("touch file")
    #expect(code { _ = try ConfinedDirectory(at: folder.file("file")) } == .exists)
    #expect(code { _ = try ConfinedDirectory(at: folder.file("no/target")) } == .notFound)
    _ = try ConfinedDirectory(at: folder.file("new"))
    make("test $(stat -c %a new) = 700")
    _ = try ConfinedDirectory(at: folder.file("new"))
  }

  /// Names, kinds, times and sizes of everything in the folder.
  private func folderSnapshot(of name: String = ".") -> [UInt8]? {
    make(
      "find \(name) -printf '%p %y %s %T@ %C@\\n' | sort > /tmp/bukti-list-$$ && "
        + "mv /tmp/bukti-list-$$ ../$(basename $PWD).list")
    defer { shell("rm -f '\(folder.text).list'") }
    return contents(folder.path + bytes(".list"))
  }
}
