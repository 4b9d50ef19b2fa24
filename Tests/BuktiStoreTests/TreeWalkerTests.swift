import BuktiFixtures
import BuktiFormat
import Glibc
import Testing

@testable import BuktiStore

@Suite struct TreeWalkerTests {
  let folder = TemporaryFolder()

  private func make(_ line: String) { #expect(shell("cd '\(folder.text)' && \(line)")) }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  private func walk(_ walker: TreeWalker) -> [TreeEntry] {
    var entries: [TreeEntry] = []
    while let entry = walker.next() { entries.append(entry) }
    return entries
  }

  @Test func goesParentsFirstInByteOrder() throws {
    make("mkdir -p b/c a && touch b/c/z b/B a0 b/c/y && ln -s /etc link && mkfifo fifo")
    make("ln b/B b/twin")
    let entries = walk(try TreeWalker(root: folder.path))
    let paths = entries.map { text($0.path) }
    #expect(
      paths == ["", "a", "a0", "b", "b/B", "b/c", "b/c/y", "b/c/z", "b/twin", "fifo", "link"])
    #expect(entries.allSatisfy { $0.error == nil && $0.metadata != nil })
    #expect(entries.map { $0.sameAs.map(text) }.compactMap { $0 } == ["b/B"])
    #expect(entries.last?.metadata?.kind == .symlink)
    #expect(entries.dropLast().last?.metadata?.kind == .fifo)
    #expect(entries[0].metadata?.kind == .directory)
  }

  @Test(arguments: ["printf more >> a", "touch -d 2020-01-01 a", "chmod 600 a"])
  func aFileThatChangedHasAFirstNameAgain(change: String) throws {
    make("printf hello > a && ln a b && ln a c && ln a d")
    let walker = try TreeWalker(root: folder.path)
    var firsts: [String: String] = [:]
    while let entry = walker.next() {
      firsts[text(entry.path)] = entry.sameAs.map(text)
      if text(entry.path) == "b" { make(change) }
    }
    #expect(firsts == ["b": "a", "d": "c"])
  }

  @Test func opensWhatItStandsOn() throws {
    make("printf hello > file && ln -s 'some where' link && mkdir d && mkfifo fifo")
    let walker = try TreeWalker(root: folder.path)
    var seen = 0
    while let entry = walker.next() {
      switch text(entry.path) {
      case "file":
        #expect(try walker.openCurrent().size() == 5)
        #expect(try walker.currentAttributes() == [])
      case "link":
        #expect(try walker.currentLinkTarget() == Array("some where".utf8))
        #expect(try walker.currentAttributes() == [])
        #expect(code { _ = try walker.openCurrent() } == .io)
      case "fifo": #expect(code { _ = try walker.openCurrent() } == .io)
      default: #expect(code { _ = try walker.currentLinkTarget() } == .io)
      }
      seen += 1
    }
    #expect(seen == 5)
  }

  @Test func noticesAFileThatWasReplaced() throws {
    make("printf hello > file && printf other > new")
    let walker = try TreeWalker(root: folder.path)
    while let entry = walker.next(), text(entry.path) != "file" {}
    make("mv new file")
    #expect(code { _ = try walker.openCurrent() } == .sourceChanged)
    make("ln -sf /etc/passwd file")
    #expect(code { _ = try walker.openCurrent() } == .nameRefused)
  }

  @Test func namesAreBytes() throws {
    let name: [UInt8] = [0xFF, 0xFE, 0x0A, 0x1B]
    let path = folder.path + [UInt8(ascii: "/")] + name
    _ = try FileStorage.create(at: path)
    #expect(walk(try TreeWalker(root: folder.path)).map(\.path) == [[], name])
    let long = TemporaryFolder()
    #expect(code { _ = try FileStorage.create(at: path + Array(long.text.utf8)) } == .io)
  }

  @Test(arguments: [2, 3, 64]) func deepTreesNeitherRecurseNorExhaust(maximumOpen: Int) throws {
    let depth = 1500
    let script = """
      import os
      for i in range(\(depth)):
        os.mkdir('d'); open('e', 'w').close(); os.chdir('d')
      """
    make("python3 -c \"\(script)\"")
    let entries = walk(try TreeWalker(root: folder.path, maximumOpen: maximumOpen))
    #expect(entries.count == 2 * depth + 1)
    #expect(entries.allSatisfy { $0.error == nil })
    #expect(entries.map(\.path.count).max() == 2 * depth - 1)
  }

  @Test func movedFolderLeadsNowhereElse() throws {
    make("mkdir -p in/a/b/c out && touch in/a/z in/a/b/z out/secret in/z")
    let walker = try TreeWalker(root: folder.file("in"), maximumOpen: 2)
    var paths: [String] = []
    var lost: [String] = []
    while let entry = walker.next() {
      // Standing in c, with a parked: its parent goes elsewhere, so `..` leads there.
      if text(entry.path) == "a/b/c" { make("mv in/a/b out/b") }
      paths.append(text(entry.path))
      if entry.error != nil { lost.append(text(entry.path)) }
    }
    #expect(!paths.contains { $0.contains("secret") })
    #expect(paths.contains("a/z"), "found again from the root")
    #expect(paths.last == "z")
    #expect(lost == [])
  }

  @Test func lostFolderIsReported() throws {
    make("mkdir -p in/a/b/c out && touch in/a/z in/a/b/z in/z")
    let walker = try TreeWalker(root: folder.file("in"), maximumOpen: 2)
    var lost: [String: ErrorCode] = [:]
    var paths: [String] = []
    while let entry = walker.next() {
      if text(entry.path) == "a/b/c" { make("mv in/a/b out/b && mv in/a out/a && mkdir in/a") }
      paths.append(text(entry.path))
      if let error = entry.error { lost[text(entry.path)] = error.code }
    }
    #expect(lost == ["a": .sourceChanged])
    #expect(paths.last == "z")
  }

  @Test func callerLeavesOutAFolder() throws {
    make("mkdir -p a/b c && touch a/b/x c/y")
    let walker = try TreeWalker(root: folder.path)
    var paths: [String] = []
    while let entry = walker.next() {
      paths.append(text(entry.path))
      if text(entry.path) == "a" { walker.skipDescendants() }
    }
    #expect(paths == ["", "a", "c", "c/y"])
  }

  @Test func missingRootIsAnError() {
    #expect(code { _ = try TreeWalker(root: folder.file("no")) } == .notFound)
  }
}
