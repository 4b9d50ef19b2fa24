import BuktiFixtures
import BuktiFormat
import BuktiStore
import Glibc
import Testing

@testable import BuktiConsole

/// Passwords and terminals: what only a command asks for.
@Suite struct TerminalTests {
  let folder = TemporaryFolder()

  @Test func zoneIsThatOfTheProcess() {
    let offset = LocalZone.offset(at: 1_700_000_000)
    #expect(offset.map { abs($0) <= 26 * 3600 } == true)
    #expect(LocalZone.offset(at: .max) == nil)
  }

  @Test func firstLineIsReadAndNoMore() throws {
    var ends: [Int32] = [0, 0]
    #expect(unsafe pipe(&ends) == 0)
    let text = Array("secret\r\nrest".utf8)
    #expect(unsafe write(ends[1], text, text.count) == text.count)
    close(ends[1])
    #expect(try Password.firstLine(of: ends[0]) == Array("secret".utf8))
    #expect(try Password.firstLine(of: ends[0]) == Array("rest".utf8))
    #expect(try Password.firstLine(of: ends[0]) == [])
    close(ends[0])
    try FileStorage.create(at: folder.file("p")).append(Array("pass word".utf8))
    var password = try Password.firstLine(ofFileAt: folder.file("p"))
    #expect(password == Array("pass word".utf8))
    Password.wipe(&password)
    #expect(password == Array(repeating: 0, count: 9))
    try FileStorage.create(at: folder.file("q")).append(Array(repeating: 65, count: 4097))
    #expect(code { _ = try Password.firstLine(ofFileAt: folder.file("q")) } == .io)
  }

  @Test func passwordIsReadWithoutEcho() throws {
    let master = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY)
    var (unlocked, number): (Int32, Int32) = (0, -1)
    guard master >= 0, unsafe ioctl(master, 0x4004_5431 /* TIOCSPTLCK */, &unlocked) == 0,
      unsafe ioctl(master, 0x8004_5430 /* TIOCGPTN */, &number) == 0
    else {
      print("skipped: passwordIsReadWithoutEcho needs a pseudo-terminal")
      return
    }
    let name = "/dev/pts/\(number)"
    defer { close(master) }
    let slave = unsafe open(name, O_RDWR | O_NOCTTY)
    defer { close(slave) }
    #expect(Terminal.isTerminal(slave))
    var size = winsize(ws_row: 24, ws_col: 91, ws_xpixel: 0, ws_ypixel: 0)
    #expect(unsafe ioctl(slave, UInt(TIOCSWINSZ), &size) == 0)
    #expect(Terminal.columns(of: slave) == 91)
    // The question flushes what was typed before it, so the answer has to wait for the prompt.
    let typing =
      "import os, select as s; s.select([\(master)], [], []); os.write(\(master), b'hidden\\n')"
    #expect(shell("python3 -c \"\(typing)\" &"))
    #expect(try Password.ask("Word?", terminal: Array(name.utf8)) == Array("hidden".utf8))
    var shown = [UInt8](repeating: 0, count: 8)
    let count = try unsafe shown.withUnsafeMutableBytes {
      try unsafe FileDescriptorSource(borrowing: master).readFully(into: $0)
    }
    #expect(String(decoding: shown.prefix(count), as: UTF8.self) == "Word? \r\n")
    var settings = termios()
    #expect(unsafe tcgetattr(slave, &settings) == 0)
    #expect(settings.c_lflag & tcflag_t(ECHO) != 0, "the echo is back")
  }

  @Test func noTerminalIsAnError() throws {
    try FileStorage.create(at: folder.file("p")).append([65])
    #expect(code { _ = try Password.ask("?", terminal: folder.file("p")) } == .io)
    #expect(code { _ = try Password.ask("?", terminal: folder.file("no")) } == .notFound)
    let file = unsafe open(String(decoding: folder.file("p"), as: UTF8.self), O_RDONLY)
    #expect(!Terminal.isTerminal(file))
    #expect(Terminal.columns(of: file) == nil)
    close(file)
  }
}
