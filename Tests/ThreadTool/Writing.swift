import BuktiFixtures
import BuktiFormat
import BuktiStore
import BuktiTrust
import BuktiVerifier
import BuktiWriter
import Glibc

/// Bundles that several threads write while sources, storage and people fail. What is left is sealed, gone on with
/// where something was suspended, and verified; and no thread is left.
struct Writing {
  private static let time: Int64 = 1_800_000_000
  let folder: String
  private let key: SigningKey
  private let noise: [UInt8]
  /// How often something ended so.
  private(set) var ends: [String: Int] = [:]

  init() throws {
    var template = Array("/tmp/bukti-threads-XXXXXX".utf8CString)
    let isMade = unsafe template.withUnsafeMutableBufferPointer { buffer in
      unsafe buffer.baseAddress.map { unsafe mkdtemp($0) != nil } ?? false
    }
    guard isMade else { throw BuktiError(.io, "There is no folder for the sources.") }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    var random = SeededGenerator(seed: 8)
    noise = random.bytes(300_000)
    key = try Identity.runKey(IdentitySubject(name: "Examiner"), now: Self.time - 1000)
    try fill()
  }

  /// Removes the sources.
  func remove() { _ = unsafe system("rm -rf -- '\(folder)'") }

  private func path(_ name: String) -> String { "\(folder)/\(name)" }

  private func write(_ name: String, _ bytes: [UInt8]) throws {
    _ = unsafe unlink(path(name))
    try FileStorage.create(at: Array(path(name).utf8)).append(bytes)
  }

  /// Small files, and a large one of noise, text, zeros and a hole.
  private func fill() throws {
    _ = unsafe mkdir(path("tree"), 0o700)
    var random = SeededGenerator(seed: 7)
    for number in 0..<150 { try write("tree/\(number)", random.bytes(number * number % 3000)) }
    var large: [UInt8] = []
    for _ in 0..<4 {
      large += random.bytes(150_000)
      large += [UInt8](repeating: 0, count: 90_001)
      for line in 0..<3000 { large += Array("line \(line) of a log that shrinks\n".utf8) }
    }
    try write("large", large)
    _ = unsafe truncate(path("large"), large.count + (1 << 20))
  }

  /// What a round with this number does, and whether everything was as it must be.
  mutating func round(_ number: Int) -> Bool {
    var random = SeededGenerator(seed: UInt64(number))
    let trouble = Trouble.allCases[number % Trouble.allCases.count]
    do {
      try round(trouble, &random)
      return true
    } catch {
      print("round \(number), \(trouble): \(error)")
      return false
    }
  }

  private mutating func round(_ trouble: Trouble, _ random: inout SeededGenerator) throws {
    let noise = Array(noise[.random(in: 0..<100_000, using: &random)...].prefix(200_000))
    try write("changing", noise)
    let storage = FailingStorage(
      failsAfter: trouble == .brokenStorage ? .random(in: 20_000...900_000, using: &random) : .max,
      room: trouble == .fullStorage ? .random(in: 4_300_000...5_300_000, using: &random) : .max)
    var session = session
    session.digests = [nil, [.md5], [.sha1, .sha512]].randomElement(using: &random) ?? nil
    let options = options(trouble, &random)
    let stream = Stream(
      noise, breaksAt: trouble == .brokenStream ? .random(in: 1...190_000, using: &random) : .max)
    var writer = try BundleWriter.create(
      in: storage, genesis: genesis, session: session, options: options)
    do throws(BuktiError) { try add(to: &writer, stream) } catch {
      ends[error.code.rawValue, default: 0] += 1
      switch error.code {
      case .interrupted, .diskFull: break
      case .io where trouble == .brokenStorage: return try requireDead(&writer)
      default: throw error
      }
    }
    // A full disk has room for the seal, and for a note perhaps.
    if trouble != .fullStorage { try writer.note(Note(text: "sealed whatever came before")) }
    try writer.seal([key])
    try writer.finish()
    if trouble != .fullStorage { try goOn(storage, &random) }
    try verify(storage, trouble)
  }

  private func add(to writer: inout BundleWriter, _ stream: Stream) throws(BuktiError) {
    _ = try writer.addFolder(
      at: Array(path("tree").utf8), FolderOptions(name: Array("tree".utf8)))
    try writer.add(stream, as: ItemDescription(kind: .stream, name: Array("stream".utf8)))
    for name in ["changing", "large"] {
      try writer.add(
        SourceFile.open(at: Array(path(name).utf8)),
        as: ItemDescription(kind: .file, name: Array(name.utf8)))
    }
  }

  /// Goes on with what was suspended.
  private mutating func goOn(_ storage: FailingStorage, _ random: inout SeededGenerator) throws {
    var acceptance = Acceptance(time: Self.time)
    acceptance.ownCertificates = [key.certificate.fingerprint]
    var writer = try BundleWriter.append(
      to: storage, session: session, acceptance: acceptance,
      options: options(.none, &random), tornKeeper: NothingTorn())
    for item in writer.suspendedItems {
      ends["resumed", default: 0] += 1
      try writer.resume(
        item.id, from: SourceFile.open(at: Array(path("large").utf8)),
        as: ItemDescription(kind: .file, name: Array("large".utf8)))
    }
    try writer.close(reason: "done")
    try writer.seal([key])
    try writer.finish()
  }

  private mutating func verify(_ storage: FailingStorage, _ trouble: Trouble) throws {
    var options = VerificationOptions(time: Self.time)
    options.pins = [key.certificate.fingerprint]
    let report = try BundleVerifier(options).verify(storages: [storage])
    for claim: Claim in [.intact, .signedBy] {
      try require(report.claims[claim] == .holds, "\(claim): \(report.findings)")
    }
    let codes = Set(report.findings.map(\.code))
    // A full disk suspends what nobody goes on with here; a read that was given up says so.
    let isUnclosed = codes.contains(.itemUnclosed)
    try require(!isUnclosed || trouble == .fullStorage, "\(report.findings)")
    if isUnclosed { ends["left unclosed", default: 0] += 1 }
    let isPartial = codes.contains(.itemState)
    if isPartial { ends["partial", default: 0] += 1 }
    try require(trouble != .none || !isPartial, "\(report.findings)")
    try require(trouble != .brokenStream || isPartial, "The break of the stream is not told.")
  }
}

extension Writing {
  private var now: Timestamp { Timestamp(instant: Self.time * 1_000_000_000) }

  private var genesis: Genesis {
    Genesis(
      case: Genesis.Case(number: "1/2026"), creator: Person(name: "Examiner"),
      tool: Tool(name: "threads", version: "1"), time: now)
  }

  private var session: Session {
    Session(
      who: Person(name: "Examiner"), why: "threads", host: BuktiFormat.Host(name: "host"),
      tool: Tool(name: "threads", version: "1"), time: now,
      policy: Policy(certificates: [key.certificate.fingerprint], needed: 1))
  }

  private func options(
    _ trouble: Trouble, _ random: inout SeededGenerator
  ) -> WriterOptions {
    let now = now
    var options = WriterOptions { now }
    options.jobs = .random(in: 2...5, using: &random)
    options.chunkSize = [4096, 20_000, 256 << 10].randomElement(using: &random) ?? 4096
    options.openFrom = 1 << 20
    options.markBytes = 300_000
    let patience = Patience(.random(in: 1...350, using: &random))
    if trouble == .interrupted { options.isInterrupted = { patience.isOver() } }
    if trouble == .shrinkingFile {
      let changing = path("changing")
      // Where reading is at the front of the file that shrinks, or not there yet.
      let end = UInt64.random(in: 0...500_000, using: &random)
      options.progress = { if $0 > end { _ = unsafe truncate(changing, 70_000) } }
    }
    return options
  }

  /// After an error of the storage nothing more is written.
  private func requireDead(_ writer: inout BundleWriter) throws {
    do throws(BuktiError) { try writer.note(Note(text: "after")) } catch {
      return try require(error.code == .dead, "\(error)")
    }
    throw BuktiError(.usage, "the writer goes on after an error")
  }

  private func require(_ isRight: Bool, _ what: String) throws {
    if !isRight { throw BuktiError(.usage, what) }
  }
}

/// Nothing in memory is ever torn.
private struct NothingTorn: TornKeeper {
  func place(
    for torn: Torn, from offset: UInt64, of volume: Int
  ) throws(BuktiError) -> (any Storage)? { nil }

  func kept(from offset: UInt64, of volume: Int) throws(BuktiError) -> Torn? { nil }
}

/// Threads that are left; one that was joined is listed until the kernel has put it away, so that it gets a second.
func threadsLeft(beyond threads: Int) -> Int {
  for _ in 0..<200 {
    if threadCount() <= threads { return 0 }
    usleep(5000)
  }
  return threadCount() - threads
}

/// The threads of this process.
func threadCount() -> Int {
  guard let folder = unsafe opendir("/proc/self/task") else { return 0 }
  defer { unsafe closedir(folder) }
  var count = 0
  while let entry = unsafe readdir(folder) {
    if unsafe entry.pointee.d_name.0 != UInt8(ascii: ".") { count += 1 }
  }
  return count
}
