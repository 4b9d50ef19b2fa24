import BuktiEngines
import BuktiFixtures
import BuktiFormat
import BuktiStore
import BuktiVerifier
import CThreadTool
import Glibc

// Eight threads on one reader: made to be built with the thread sanitizer, which reports each race and ends the
// program with 66. `bukti-threads race` has a race in it and has to end so: the control.

/// A bundle of three items whose records alternate, with zeros, gaps and enough records for index blocks.
func makeBundle() throws -> (bytes: [UInt8], contents: [[UInt8]]) {
  var builder = try BundleBuilder()
  var random = SeededGenerator(seed: 42)
  var contents = [[UInt8]](repeating: [], count: 3)
  for step in 0..<400 {
    for item in contents.indices {
      let (id, start) = (UInt64(item + 1), UInt64(contents[item].count))
      switch step % 7 {
      case 5:
        try builder.gap(id, at: start, .unreadable(length: 50, errno: 5, attempts: 3))
        contents[item] += [UInt8](repeating: 0, count: 50)
      case 6:
        try builder.data(id, at: start, [UInt8](repeating: 9, count: 300), codec: .deflate)
        contents[item] += [UInt8](repeating: 9, count: 300)
      default:
        let bytes = random.bytes(Int.random(in: 1...400, using: &random))
        try builder.data(id, at: start, bytes)
        contents[item] += bytes
      }
    }
  }
  for (item, bytes) in contents.enumerated() {
    var record = Item(
      kind: .file, name: Array("item-\(item)".utf8), size: UInt64(bytes.count), state: .complete)
    record.digests = Digests(sha256: LibcryptoSHA256.digest(of: bytes))
    try builder.close(UInt64(item + 1), record)
  }
  try builder.seal()
  return (builder.bytes, contents)
}

/// Reads random ranges of an item that all threads share, and of one that this thread opens for itself.
func readsRight(
  _ shared: ItemReader, _ reader: BundleReader, _ contents: [[UInt8]], seed: Int
) -> Bool {
  var random = SeededGenerator(seed: UInt64(seed))
  return (0..<40).allSatisfy { round in
    let id = round % 3 == 0 ? 1 + seed % 3 : 2
    guard let own = try? reader.open(reader.find(.id(UInt64(id)))) else { return false }
    let whole = contents[id - 1]
    let start = Int.random(in: 0..<whole.count, using: &random)
    let expected = whole[start..<min(start + 2048, whole.count)]
    var bytes = [UInt8](repeating: 0xEE, count: 2048)
    let read = unsafe try? bytes.withUnsafeMutableBytes { buffer in
      unsafe try (id == 2 ? shared : own).read(into: buffer, at: UInt64(start))
    }
    return read.map { bytes.prefix($0.count).elementsEqual(expected) } ?? false
  }
}

/// A number that nothing protects.
final class Unprotected: @unchecked Sendable {
  private var number = 0

  func count() { for _ in 0..<10_000 { number += 1 } }
}

if CommandLine.arguments.dropFirst().first == "race" {
  let unprotected = Unprotected()
  _ = Threads(2) { _ in
    unprotected.count()
    return true
  }.wait()
  exit(0)
}
guard bukti_has_thread_sanitizer() == 1 else {
  print("This was built without the thread sanitizer: make test-threads.")
  exit(64)
}
let (bytes, contents) = try makeBundle()
let storage = MemoryStorage(bytes)
let reader = try BundleReader([storage], at: 0)
let shared = try reader.open(reader.find(.id(2)))
let readers = Threads(8) { readsRight(shared, reader, contents, seed: $0) }
let verifiers = Threads(2) { _ in
  let report = try? BundleVerifier(VerificationOptions(time: 0)).verify(storages: [storage])
  return report?.claims[.intact] == .holds
}
let outcomes = readers.wait() + verifiers.wait()
print("8 threads that read, 2 that verify: \(outcomes.count { $0 }) of 10 as they must be")
exit(outcomes.contains(false) ? 1 : 0)
