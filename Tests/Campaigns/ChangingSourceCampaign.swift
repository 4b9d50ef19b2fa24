import BuktiFormat
import BuktiStore
import BuktiTrust
import BuktiVerifier
import BuktiWriter
import Glibc
import Synchronization

/// Files that change while they are read: every change is recorded with its item, and no bundle suffers.
public enum ChangingSourceCampaign {
  /// Half of the runs change a file once, at a place of the reading that is chosen; the others have somebody changing
  /// files all the time.
  public static func run(_ runs: Int = 500) throws -> Outcomes {
    var outcomes = Outcomes()
    let key = try Office.key("Examiner")
    for number in 0..<runs {
      let run = try Run(number, key)
      switch number % 4 {
      case 0, 2: try run.oneChange(&outcomes)
      case 1: try run.manyChanges(&outcomes)
      default: try run.folder(&outcomes)
      }
    }
    return outcomes
  }

  private struct Run {
    private static let chunk = 16 << 10
    private let number: Int
    private let key: SigningKey
    private let place: String
    private let bytes: [UInt8]
    private let storage = MemoryStorage()

    init(_ number: Int, _ key: SigningKey) throws {
      self.number = number
      self.key = key
      var random = Random(seed: number + 1)
      bytes = random.bytes(1 + Int(random.next() % 1_000_000))
      var template = Array("/tmp/bukti-changing-XXXXXX".utf8CString)
      guard unsafe mkdtemp(&template) != nil else { throw BuktiError(.io, "mkdtemp") }
      place = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// One change, before a chunk that the seed chooses.
    func oneChange(_ outcomes: inout Outcomes) throws {
      defer { removeFiles() }
      var random = Random(seed: number + 77)
      let change = Change.allCases[number / 2 % Change.allCases.count]
      let chunks = (bytes.count + Self.chunk - 1) / Self.chunk
      let before = 1 + Int(random.next() % UInt64(chunks))
      let file = ChangingFile(place + "/source", bytes)
      usleep(ChangingFile.tick)
      let calls = Mutex(0)
      let seed = number
      let size = bytes.count
      var writer = try writer { _ in
        let isTime = calls.withLock { call in
          call += 1
          return call == before
        }
        guard isTime else { return }
        var random = Random(seed: seed + 999)
        file.apply(change, size: size, &random)
      }
      let added = try writer.add(source("source"), as: description("source"))
      try finish(&writer, &outcomes)
      let words =
        "run \(number), \(change) before chunk \(before) of \(chunks): \(added.state), \(added.reason ?? "")"
      outcomes.expect(
        added.state == .partial && added.reason?.contains(change.words) == true, words)
      let keepsAll = ![.shrink, .empty].contains(change)
      outcomes.expect(
        keepsAll ? added.size == UInt64(size) : added.size < UInt64(size), words
      )
    }

    /// Somebody changes the file all the time.
    func manyChanges(_ outcomes: inout Outcomes) throws {
      defer { removeFiles() }
      let file = ChangingFile(place + "/source", bytes)
      let mutator = Mutator()
      let seen = Mutex<(first: Mutator.Count?, last: Mutator.Count?)>((nil, nil))
      var writer = try writer { _ in
        usleep(1000)
        let count = mutator.count
        seen.withLock { seen in
          seen.first = seen.first ?? count
          seen.last = count
        }
      }
      usleep(ChangingFile.tick)
      mutator.start([file], size: bytes.count, seed: number)
      usleep(UInt32(number % 20) * 1000)
      let atStart = mutator.count
      let added = try writer.add(source("source"), as: description("source"))
      let atEnd = mutator.count
      mutator.stop()
      try finish(&writer, &outcomes)
      let (first, last) = seen.withLock { $0 }
      let words =
        "run \(number): \(added.state), \(added.reason ?? ""), \(String(describing: (first, last)))"
      if let first, let last, last.ended > first.begun {
        outcomes.expect(added.state == .partial, "a change is not recorded: " + words)
      }
      if atStart.begun == atStart.ended, atEnd.begun == atStart.begun {
        outcomes.expect(added.state == .complete, "a change is invented: " + words)
      }
    }

    /// A folder, some of whose files are changed all the time.
    func folder(_ outcomes: inout Outcomes) throws {
      defer { removeFiles() }
      let folder = place + "/folder"
      _ = unsafe mkdir(folder, 0o700)
      let part = Array(bytes.prefix(100_000))
      let files = ["a", "b", "d"].map { ChangingFile("\(folder)/\($0)", part) }
      _ = ChangingFile(folder + "/c", part)
      usleep(ChangingFile.tick)
      var writer = try writer { _ in usleep(500) }
      let mutator = Mutator()
      mutator.start(files, size: part.count, seed: number)
      let report = try writer.addFolder(
        at: Array(folder.utf8), FolderOptions(name: Array("folder".utf8)))
      mutator.stop()
      try finish(&writer, &outcomes)
      outcomes.expect(
        report.items >= 5 && !report.problems.contains { $0.name == Array("folder/c".utf8) },
        "run \(number): \(report.items) items, \(report.problems)")
    }

    private func writer(_ hook: @escaping @Sendable (Int) -> Void) throws -> BundleWriter {
      var options = WriterOptions { Office.now }
      options.chunkSize = Self.chunk
      options.isInterrupted = {
        hook(0)
        return false
      }
      let genesis = Genesis(
        case: Genesis.Case(number: "1"), creator: Person(name: "Examiner"),
        tool: Tool(name: "campaign", version: "1"), time: Office.now)
      return try BundleWriter.create(
        in: storage, genesis: genesis, session: Office.session(key), options: options)
    }

    private func source(_ name: String) throws -> SourceFile {
      try SourceFile.open(at: Array("\(place)/\(name)".utf8))
    }

    private func description(_ name: String) -> ItemDescription {
      ItemDescription(kind: .file, name: Array(name.utf8))
    }

    /// Seals, and expects a bundle that is intact, complete and signed.
    private func finish(_ writer: inout BundleWriter, _ outcomes: inout Outcomes) throws {
      try writer.seal([key])
      let answer = Answer(
        MemorySource(storage.bytes), BundleVerifier(Office.options(pinning: key)))
      guard case .report(let report) = answer else {
        return outcomes.expect(false, "run \(number): refused")
      }
      outcomes.expect(report.holds, "run \(number): \(report.findings)")
    }

    private func removeFiles() { _ = unsafe system("rm -rf '\(place)'") }
  }
}
