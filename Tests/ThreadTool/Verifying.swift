import BuktiExtractor
import BuktiFixtures
import BuktiFormat
import BuktiStore
import BuktiVerifier
import Glibc

/// Bundles that several threads verify or extract while bytes are changed, sources fail and people stop it. What is said
/// is what one thread alone says, and no thread is left.
struct Verifying {
  private let bundle: [UInt8]
  private let folder: String
  /// How often something ended so.
  private(set) var ends: [String: Int] = [:]

  init(in folder: String) throws {
    self.folder = folder
    var builder = try BundleBuilder()
    var random = SeededGenerator(seed: 21)
    for number in 0..<80 {
      let bytes = random.bytes(number * number % 3000)
      try builder.file(Array("small-\(number)".utf8), bytes, chunk: 1000)
    }
    var large: [UInt8] = []
    for number in 0..<120 {
      large += number % 5 == 4 ? [UInt8](repeating: 0, count: 6000) : random.bytes(2000)
    }
    try builder.file(Array("large".utf8), large, chunk: 1500)
    try builder.seal()
    let text = [UInt8](repeating: 65, count: 60_000)
    try builder.session(extending: builder.number - 1, root: builder.checkpoint.root)
    try builder.file(Array("text".utf8), text, chunk: 4000, codec: .deflate)
    try builder.seal()
    bundle = builder.bytes
  }

  /// What a round with this number does, and whether everything was as it must be.
  mutating func round(_ number: Int) -> Bool {
    var random = SeededGenerator(seed: UInt64(number))
    do {
      return number % 4 == 3 ? try extract(number, &random) : try verify(number, &random)
    } catch {
      print("verifying round \(number): \(error)")
      return false
    }
  }

  private func options(_ random: inout SeededGenerator) -> VerificationOptions {
    var options = VerificationOptions(time: 0)
    options.jobs = .random(in: 2...5, using: &random)
    options.gathering.small = 0
    options.gathering.frames = .random(in: 1...9, using: &random)
    return options
  }

  /// The same report as from one thread, or the same error.
  private mutating func verify(_ number: Int, _ random: inout SeededGenerator) throws -> Bool {
    var bytes = bundle
    for _ in 0..<(number % 3) {
      let bit = UInt8.random(in: 0..<8, using: &random)
      bytes[.random(in: 0..<bytes.count, using: &random)] ^= 1 << bit
    }
    // An end in the middle of an item, whose bytes may still be with a digest.
    if number % 7 == 2 { bytes.removeLast(.random(in: 1..<bytes.count / 2, using: &random)) }
    let breaks = number % 5 == 1 ? Int.random(in: 1...bytes.count, using: &random) : .max
    var alone = VerificationOptions(time: 0)
    alone.jobs = 1
    let expected = report(alone, Stream(bytes, breaksAt: breaks))
    let got = report(options(&random), Stream(bytes, breaksAt: breaks))
    ends[expected.count < 40 ? expected : "reports", default: 0] += 1
    guard number % 6 == 0 else { return got == expected }
    let patience = Patience(.random(in: 0...30, using: &random))
    let stopped = report(options(&random), Stream(bytes)) { patience.isOver() }
    ends[stopped.count < 40 ? stopped : "reports", default: 0] += 1
    let whole = breaks == .max ? expected : report(alone, Stream(bytes))
    return got == expected && (stopped == whole || stopped == ErrorCode.interrupted.rawValue)
  }

  private func report(
    _ options: VerificationOptions, _ source: Stream, isCancelled: (() -> Bool)? = nil
  ) -> String {
    do throws(BuktiError) {
      return try BundleVerifier(options).verify(volumes: [source], isCancelled: isCancelled).json()
    } catch { return error.code.rawValue }
  }

  /// All items, or as many as come before it is given up.
  private mutating func extract(_ number: Int, _ random: inout SeededGenerator) throws -> Bool {
    var bytes = bundle
    if number % 8 == 7 { bytes[.random(in: 0..<bytes.count, using: &random)] ^= 1 }
    let target = "\(folder)/extracted-\(number)"
    defer { _ = unsafe system("rm -rf -- '\(target)'") }
    let patience = Patience(number % 3 == 0 ? .random(in: 0...60, using: &random) : .max)
    do throws(BuktiError) {
      let result = try Extractor(options(&random)).extractAll(
        [MemoryStorage(bytes)], to: Array(target.utf8), isCancelled: { patience.isOver() })
      ends["extracted", default: 0] += 1
      return number % 8 == 7 || result.items.count(.extracted) == 82
    } catch {
      ends[error.code.rawValue, default: 0] += 1
      return error.code == .interrupted || number % 8 == 7
    }
  }
}
