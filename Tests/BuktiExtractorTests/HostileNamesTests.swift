import BuktiEngines
import BuktiFixtures
import BuktiFormat
import Glibc
import Testing

@testable import BuktiExtractor

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// Names that a suspect, or a bundle made by one, may have.
private let hostile: [[UInt8]] = {
  var names = [
    "/", "//", "/etc/passwd", "/etc/cron.d/x", "..", "../x", "../../x", "a/..", "a/../b",
    "a/../../b",
    "a/../../../../../../etc/x", ".", "./x", "a/.", "a/./b", "a//b", "a/", "a/b/", "///a", "...",
    "....",
    ". ", ".. ", "..;", "..\\x", "C:\\x", "C:x", "\\\\server\\share\\x", "\\\\?\\C:\\x", "~", "~/x",
    "~root/x", "-rf", "--help", "-", "*", "?", "[a]", "{a,b}", "$HOME", "$(id)", "`id`", ";id",
    "|id",
    "&", "<a", ">a", "a b", " a", "a ", "a.", "a\t", "a\n", "a\rb", "\u{1b}[2J", "\u{1b}]0;x\u{7}",
    "\u{202e}txt.exe", "\u{200b}", "\u{feff}a", "\u{85}", "CON", "con", "PRN", "AUX.txt", "NUL",
    "COM1",
    "LPT9.tar.gz", "a:b", "a:$DATA", "a\"b", "a'b", "%", "%%", "%2E%2E", "%2e%2e", "%2F", "%00",
    "%-",
    "%25", "%2", "%", "a%41", ".bukti-part-1", ".bukti-part-", "UNPROVEN/x", "UNSEALED/x",
    "bukti-extracted.json", "session-0001/x", "a (#2)", "a (#3)", "A", "a", "a/b", "a/b/c", "dir",
    "DIR",
    "e\u{301}", "\u{e9}", "x/x/x/x/x/x/x/x/x/x/x/x", "link", "link/passwd", "link/../x",
    ".git/config",
    ".ssh/authorized_keys", ".bashrc", "autorun.inf", "desktop.ini", "x.symlink", "x", "İ", "i̇",
    "ß",
  ].map(bytes)
  names += [
    [0], [0, 0], bytes("a\0b"), bytes("a\0/b"), bytes("../\0"), [0xFF], [0xC0, 0xAF],
    [0xC0, 0xAE, 0xC0, 0xAE],
    [0xED, 0xA0, 0x80], [0x80], [0xF4, 0x90, 0x80, 0x80], [UInt8](1...46), [UInt8](48...255),
    [UInt8](repeating: 65, count: 255), [UInt8](repeating: 65, count: 256),
    [UInt8](repeating: 66, count: 60_000), [UInt8](repeating: 0, count: 200),
    [UInt8](repeating: UInt8(ascii: "/"), count: 3000),
    Array([[UInt8]](repeating: bytes("a/"), count: 1200).joined()),
    Array([[UInt8]](repeating: bytes("../"), count: 20_000).joined()),
    Array([[UInt8]](repeating: bytes("d/"), count: 30_000).joined()),
  ]
  return names
}()

@Suite struct HostileNamesTests {
  @Test func thereAreEnough() { #expect(hostile.count >= 130) }

  @Test func everyPartComesBack() {
    for forWindows in [false, true] {
      for name in hostile {
        for part in name.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
          let escaped = SafeName.escape(Array(part), forWindows: forWindows)
          #expect(!escaped.isEmpty && escaped.count <= 255)
          #expect(!escaped.contains(0) && !escaped.contains(UInt8(ascii: "/")))
          #expect(escaped != bytes(".") && escaped != bytes(".."))
          let wasCut = escaped.count > 220 && escaped.contains(UInt8(ascii: "~"))
          if !wasCut { #expect(SafeName.unescape(escaped) == Array(part)) }
        }
      }
    }
  }

  @Test func randomPartsComeBackAndDiffer() {
    var random = SeededGenerator(seed: 11)
    let alphabet = bytes("%%%-.~/0124AEFaef\0") + [0xFF]
    var seen: [[UInt8]: [UInt8]] = [:]
    for _ in 0..<5000 {
      let part = (0..<Int.random(in: 0...6, using: &random)).map { _ in
        alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
      }
      let escaped = SafeName.escape(part)
      #expect(SafeName.unescape(escaped) == part)
      #expect(seen[escaped] == nil || seen[escaped] == part)
      seen[escaped] = part
    }
  }

  /// Writes every name as a file, twice, with a symbolic link before the files that would go through it.
  private func bundle() throws -> (builder: BundleBuilder, count: Int) {
    var builder = try BundleBuilder()
    for (name, target) in [("link", "/etc"), ("x", "../../..")] {
      var link = Item(kind: .symlink, name: bytes(name), size: 0, state: .complete)
      link.target = bytes(target)
      try builder.close(builder.state.nextItemID, link)
    }
    for _ in 0..<2 {
      for (number, name) in hostile.enumerated() {
        try builder.file(name, [1, UInt8(number % 256)])
      }
    }
    var folder = Item(kind: .directory, name: bytes("dir"), size: 0, state: .complete)
    folder.times = Times(modified: 1_000_000_000)
    try builder.close(builder.state.nextItemID, folder)
    for kind in [ItemKind.blockDevice, .characterDevice, .fifo, .socket] {
      try builder.close(
        builder.state.nextItemID, Item(kind: kind, name: bytes("dev"), size: 0, state: .complete))
    }
    try builder.seal()
    return (builder, 2 + 2 * hostile.count + 5)
  }

  @Test(arguments: [0, 1, 2, 3]) func allAreWrittenWithinTheTarget(variant: Int) throws {
    let (builder, count) = try bundle()
    let folder = TemporaryFolder()
    var options = ExtractionOptions()
    options.makesLinks = variant == 1
    options.separatesCaseTwins = variant == 2
    options.escapesForWindows = variant == 3
    let result = try folder.extract(builder.bytes, options: options)
    #expect(result.items.count == count)
    #expect(result.items(.extracted).count == count - 4)
    #expect(result.items(.skipped).count == 4)
    #expect(result.exitCode == 3)
    // Nothing beside the target, and beneath it nothing but the list and one session.
    let top = Set(try folder.all().filter { $0.count { $0 == UInt8(ascii: "/") } <= 1 })
    #expect(
      top == [bytes("out"), bytes("out/session-0001"), bytes("out/bukti-extracted.json")])
    #expect(Set(result.items.compactMap(\.path)).count == count - 4)
    for item in result.items(.extracted) where item.sha256 != nil {
      let path = try #require(item.path)
      #expect(path.starts(with: bytes("session-0001/")))
      let status = try #require(folder.status(path))
      #expect(status.st_mode & S_IFMT == S_IFREG)
      let content = try #require(folder.contents(path))
      #expect(LibcryptoSHA256.digest(of: content) == item.sha256)
    }
    let links = result.items.prefix(2).compactMap { folder.status($0.path ?? []) }
    #expect(
      links.map { $0.st_mode & S_IFMT }
        == [variant == 1, variant == 1].map { $0 ? S_IFLNK : S_IFREG })
    let list = String(
      decoding: try #require(folder.contents("bukti-extracted.json")), as: UTF8.self)
    #expect(list.utf8.allSatisfy { $0 == 10 || 0x20...0x7E ~= $0 })
    #expect(list.contains("\"name_hex\":\"c0aec0ae\""))
  }

  @Test func caseTwinsStayApartOnRequest() throws {
    let (builder, _) = try bundle()
    for forWindows in [false, true] {
      let folder = TemporaryFolder()
      var options = ExtractionOptions()
      options.separatesCaseTwins = true
      options.escapesForWindows = forWindows
      let result = try folder.extract(builder.bytes, options: options)
      // Swift's equality of text is that of canonical equivalence.
      let folded = result.items.compactMap(\.path).map {
        String(decoding: $0, as: UTF8.self).lowercased()
      }
      let distinct = Set(folded)
      #expect(distinct.count == folded.count)
      if forWindows {
        let refused = Set("<>:\"\\|?*".utf8)
        #expect(
          try folder.all().allSatisfy { $0.allSatisfy { $0 >= 0x20 && !refused.contains($0) } })
      }
    }
  }

  @Test func suffixesTellTwinsApart() throws {
    var builder = try BundleBuilder()
    for number in 1...3 { try builder.file(bytes("a/b"), [UInt8(number)]) }
    try builder.file(bytes("a"), [4])
    try builder.file(bytes("a/b/c"), [5])
    try builder.file(bytes("a/b/d"), [6])
    try builder.seal()
    let folder = TemporaryFolder()
    let result = try folder.extract(builder.bytes)
    #expect(
      result.items.map { String(decoding: $0.path ?? [], as: UTF8.self) } == [
        "session-0001/a/b", "session-0001/a/b (#2)", "session-0001/a/b (#3)", "session-0001/a (#4)",
        "session-0001/a/b (#folder)/c", "session-0001/a/b (#folder)/d",
      ])
  }

  @Test func foldersAndExhibitsHaveTheirPlace() throws {
    var builder = try BundleBuilder()
    var folderItem = Item(kind: .directory, name: bytes("d"), size: 0, state: .complete)
    folderItem.posix = Posix()
    folderItem.posix?.mode = 0o42_750
    folderItem.times = Times(modified: -1)
    try builder.close(1, folderItem)
    try builder.file(bytes("d/f"), [1])
    try builder.file(bytes("f"), [2]) { $0.exhibit = "../A1" }
    try builder.seal()
    let folder = TemporaryFolder()
    #expect(try folder.extract(builder.bytes).exitCode == 0)
    let status = try #require(folder.status("session-0001/d"))
    #expect(status.st_mode & 0o7777 == 0o750)
    #expect(status.st_mtim.tv_sec == -1)
    #expect(status.st_mtim.tv_nsec == 999_999_999)
    #expect(folder.contents("session-0001/d/f") == [1])
    #expect(folder.contents("exhibit-..%2FA1/session-0001/f") == [2])
  }

  @Test func hardLinksAreLinksOrCopies() throws {
    var builder = try BundleBuilder()
    try builder.file(bytes("a"), [1, 2, 3])
    var link = Item(kind: .file, name: bytes("b"), size: 0, state: .complete)
    link.sameAs = 1
    try builder.close(2, link)
    try builder.seal()
    let folder = TemporaryFolder()
    #expect(try folder.extract(builder.bytes).exitCode == 0)
    #expect(folder.contents("session-0001/b") == [1, 2, 3])
    #expect(folder.status("session-0001/a")?.st_ino == folder.status("session-0001/b")?.st_ino)
  }
}
