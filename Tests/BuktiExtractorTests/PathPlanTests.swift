import BuktiEngines
import BuktiFormat
import BuktiStore
import Testing

@testable import BuktiExtractor

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

@Suite struct PathPlanTests {
  private struct Request {
    var name: [UInt8]
    var id: UInt64
    var isFolder: Bool
    var ending: [UInt8]
  }

  /// Names of few parts, so that they meet each other, and what the plan itself appends.
  private static func request(_ id: UInt64) -> Request {
    let parts = [
      "a", "A", "b", "a (#folder)", "a (#folder-2)", "a (#\(id))", "b (#\(id + 3))", "", "..", "%",
      "k", "\u{212A}", ";", "\u{37E}", "`", "\u{1FEF}", "\u{E9}", "e\u{301}", "CON", "x:y",
      String(repeating: "long", count: 70),
    ]
    let count = Int.random(in: 1...3)
    var name = bytes((0..<count).map { _ in parts.randomElement() ?? "" }.joined(separator: "/"))
    if Int.random(in: 0..<40) == 0 {
      name = bytes(String(repeating: "folder/", count: Int.random(in: 420...430))) + name
    }
    if Int.random(in: 0..<20) == 0 { name.append(0xFF) }
    let ending = Int.random(in: 0..<4) == 0 ? bytes(".symlink") : []
    return Request(name: name, id: id, isFolder: Bool.random(), ending: ending)
  }

  @Test(arguments: [(false, false), (true, false), (false, true)])
  func givesThePathsOfASlowPlan(separatesCaseTwins: Bool, escapesForWindows: Bool) {
    var options = ExtractionOptions()
    options.separatesCaseTwins = separatesCaseTwins
    options.escapesForWindows = escapesForWindows
    for _ in 0..<30 {
      var plan = PathPlan(options)
      var slow = SlowPlan(options)
      for id in UInt64(1)...100 {
        let next = Self.request(id)
        let folder = [bytes("session-000\(id / 60)")]
        let path = plan.path(
          next.name, id: id, in: folder, isFolder: next.isFolder, ending: next.ending)
        let other = slow.path(
          next.name, id: id, in: folder, isFolder: next.isFolder, ending: next.ending)
        #expect(path == other)
      }
    }
  }

  /// Each folder would be looked for past all files that have its name, if nobody remembered.
  @Test func filesThatBarTheWayAreTriedOnce() {
    let count = 5_000
    var plan = PathPlan(ExtractionOptions())
    func add(_ name: String, _ id: Int) -> [UInt8] {
      plan.path(bytes(name), id: UInt64(id), in: [bytes("s")], isFolder: false)
    }
    _ = add("a", 1)
    _ = add("a (#folder)", 2)
    for number in 2...count { _ = add("a (#folder-\(number))", number + 1) }
    for number in 0..<count {
      let path = add(number % 2 == 0 ? "a/x" : "b/x", count + 2 + number)
      if number == 0 { #expect(path == bytes("s/a (#folder-\(count + 1))/x")) }
    }
    // The same id again and again, as no honest bundle has it.
    for _ in 0..<count { _ = add("y", 7) }
    #expect(add("y", 7) == bytes("s/y (#7-\(count))"))
    #expect(plan.tried < 20 * count)
  }

  @Test func knowsWhatEqualsASCII() {
    let ascii = Set((UInt8(0)..<0x80).map { String(Unicode.Scalar($0)) })
    for value in UInt32(0x80)...0x10FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let lowered = String(scalar).lowercased()
      guard lowered.utf8.contains(where: { $0 >= 0x80 }), ascii.contains(lowered) else { continue }
      #expect(UsedPaths.equalsASCII[scalar] != nil, "\(value)")
    }
  }
}

@Suite struct ExtractedItemsTests {
  @Test func remembersWhatChanges() {
    var items = ExtractedItems()
    for number in 0..<1000 {
      items.append(
        id: UInt64(number), record: number % 3 == 0 ? nil : UInt64(number) * 2,
        name: number % 5 == 0 ? nil : bytes("files/\(number)"),
        path: number % 7 == 0 ? nil : bytes("session-0001/files/\(number)"), sha256: nil,
        number % 7 == 0 ? .unsealed : .extracted, reason: number % 2 == 0 ? nil : "one",
        isFailure: number % 11 == 0, missing: number % 13 == 0 ? [3..<UInt64(number) + 9] : [],
        gaps: number % 17 == 0 ? [1..<2, 5..<6] : [])
    }
    #expect(items.count(.unsealed) == 143)
    #expect(items.hasFailure)
    items.skip(1, "gone")
    items.withdraw(2, "wrong")
    items.movePath(at: 2)
    items.withdraw(3, "wrong too")
    items.removePath(at: 3)
    for number in 400..<800 { items.skip(number, "reason \(number)") }
    #expect(items.places(of: [5, 5000]) == [5: 5])
    for (number, item) in items.enumerated() {
      let alone = items[number]
      #expect(item.id == UInt64(number) && alone.id == item.id && alone.path == item.path)
      #expect(item.record == (number % 3 == 0 ? nil : UInt64(number) * 2))
      #expect(item.name == (number % 5 == 0 ? nil : bytes("files/\(number)")))
      #expect(item.missing == (number % 13 == 0 ? [3..<UInt64(number) + 9] : []))
      #expect(item.gaps == (number % 17 == 0 ? [1..<2, 5..<6] : []))
      #expect(item.path == items.path(at: number))
      if (400..<800).contains(number) {
        #expect(item.status == .skipped && item.path == nil && item.reason == "reason \(number)")
      } else if number > 3 {
        #expect(item.isFailure == (number % 11 == 0))
        #expect(item.reason == (number % 2 == 0 ? nil : "one"))
        #expect((item.path == nil) == (number % 7 == 0))
      }
    }
    #expect(items[1].reason == "gone" && items[1].path == nil)
    #expect(items[2].path == bytes("UNPROVEN/session-0001/files/2") && items[2].isFailure)
    #expect(items[3].path == nil && items[3].status == .unproven)
  }
}

/// The same rules with whole paths in a dictionary.
private struct SlowPlan {
  private enum Key: Hashable {
    case exact([UInt8])
    case folded(String)
  }
  private enum Use { case file, passage, folder }

  private let folds: Bool
  private let forWindows: Bool
  private var used: [Key: Use] = [:]

  init(_ options: ExtractionOptions) {
    folds = options.separatesCaseTwins || options.escapesForWindows
    forWindows = options.escapesForWindows
  }

  mutating func path(
    _ name: [UInt8], id: UInt64, in folder: [[UInt8]], isFolder: Bool, ending: [UInt8]
  ) -> [UInt8] {
    var parts = escapedParts(name)
    parts[parts.count - 1] = fitted(parts[parts.count - 1], ending)
    var path: [UInt8] = []
    for part in folder + parts.dropLast() {
      path = place(part, in: path, suffix: bytes(" (#folder)")) { $0 != .file }
      if used[key(path)] == nil { used[key(path)] = .passage }
    }
    path = place(parts[parts.count - 1], in: path, suffix: bytes(" (#\(id))")) {
      $0 == nil || (isFolder && $0 == .passage)
    }
    used[key(path)] = isFolder ? .folder : .file
    return path
  }

  private func place(
    _ part: [UInt8], in path: [UInt8], suffix: [UInt8], isFree: (Use?) -> Bool
  ) -> [UInt8] {
    let prefix = path.isEmpty ? [] : path + bytes("/")
    var candidate = prefix + part
    var attempt = 1
    while !isFree(used[key(candidate)]) {
      let number = attempt == 1 ? [] : bytes("-\(attempt)")
      candidate = prefix + fitted(part, suffix.dropLast() + number + bytes(")"))
      attempt += 1
    }
    return candidate
  }

  private func escapedParts(_ name: [UInt8]) -> [[UInt8]] {
    let parts = name.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    let escaped = parts.map { SafeName.escape(Array($0), forWindows: forWindows) }
    if escaped.reduce(0, { $0 + $1.count + 1 }) <= 3000 { return escaped }
    return [bytes("%~\(LibcryptoSHA256.digest(of: name).hex)")]
  }

  private func fitted(_ part: [UInt8], _ ending: [UInt8]) -> [UInt8] {
    part.prefix(255 - ending.count) + ending
  }

  private func key(_ path: [UInt8]) -> Key {
    folds ? .folded(String(decoding: path, as: UTF8.self).lowercased()) : .exact(path)
  }
}
