import BuktiEngines
import BuktiFixtures
import BuktiFormat
import BuktiStore
import BuktiVerifier

/// A bundle that many threads read at once.
struct Reading {
  private let storage: MemoryStorage
  private let contents: [[UInt8]]
  private let large: MemoryStorage

  init() throws {
    let (bytes, contents) = try makeBundle()
    storage = MemoryStorage(bytes)
    self.contents = contents
    large = MemoryStorage(try makeLargeBundle())
  }

  /// What eight threads with one reader say, four that crowd each other's chunks out, and two that verify.
  func outcomes() throws -> [Bool] {
    let (storage, contents) = (storage, contents)
    let reader = try BundleReader([storage], at: 0)
    let shared = try reader.open(reader.find(.id(2)))
    let readers = Threads(8) { readsRight(shared, reader, contents, seed: $0) }
    let verifiers = Threads(2) { _ in
      let report = try? BundleVerifier(VerificationOptions(time: 0)).verify(storages: [storage])
      return report?.claims[.intact] == .holds
    }
    let many = try BundleReader([large], at: 0)
    let disk = try many.open(many.find(.id(1)))
    let crowd = Threads(4) { readsItsChunks(disk, seed: $0) }
    return readers.wait() + verifiers.wait() + crowd.wait()
  }
}

/// A bundle of three items whose records alternate, with zeros, gaps and enough records for index blocks.
private func makeBundle() throws -> (bytes: [UInt8], contents: [[UInt8]]) {
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
private func readsRight(
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

private let (chunk, chunks) = (256 << 10, 200)

/// An item of more chunks than a reader keeps, each of one byte in all its places.
private func makeLargeBundle() throws -> [UInt8] {
  var builder = try BundleBuilder()
  for number in 0..<chunks {
    let bytes = [UInt8](repeating: UInt8(number), count: chunk)
    try builder.data(1, at: UInt64(number * chunk), bytes, codec: .deflate)
  }
  let item = Item(kind: .file, name: [65], size: UInt64(chunks * chunk), state: .complete)
  try builder.close(1, item)
  try builder.seal()
  return builder.bytes
}

/// Reads the ends of chunks, so that each thread reads into memory that others have just left.
private func readsItsChunks(_ item: ItemReader, seed: Int) -> Bool {
  var random = SeededGenerator(seed: UInt64(seed))
  return (0..<300).allSatisfy { _ in
    let number = Int.random(in: 0..<chunks, using: &random)
    var bytes = [UInt8](repeating: 0xEE, count: 64)
    let place = UInt64((number + 1) * chunk - bytes.count)
    let read = unsafe try? bytes.withUnsafeMutableBytes {
      unsafe try item.read(into: $0, at: place)
    }
    return read?.count == bytes.count && bytes == [UInt8](repeating: UInt8(number), count: 64)
  }
}
