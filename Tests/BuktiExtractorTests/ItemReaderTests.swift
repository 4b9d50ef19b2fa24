import BuktiEngines
import BuktiFixtures
import BuktiFormat
import BuktiStore
import Synchronization
import Testing

@testable import BuktiVerifier

/// A volume that counts its reads, and fails them while it is told to.
private final class FailingStorage: ReadOnlyStorage {
  private let bytes: [UInt8]
  private let state = Mutex((calls: 0, fails: false))

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var calls: Int { state.withLock { $0.calls } }

  func fail(_ fails: Bool) { state.withLock { $0.fails = fails } }

  func size() throws(BuktiError) -> UInt64 { UInt64(bytes.count) }

  func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(BuktiError) -> Int {
    let fails = state.withLock { state in
      state.calls += 1
      return state.fails
    }
    if fails { throw BuktiError(.io, "It is told to fail.") }
    let start = Int(min(offset, UInt64(bytes.count)))
    let count = min(buffer.count, bytes.count - start)
    unsafe buffer.copyBytes(from: bytes[start..<start + count])
    return count
  }
}

/// What a read refused with.
private func failure(_ item: ItemReader, at offset: UInt64) -> BuktiError? {
  do {
    _ = try item.bytes(100, at: offset)
    return nil
  } catch { return error as? BuktiError }
}

@Suite struct ItemReaderTests {
  /// Chunks of two lengths, each of one byte value in all its places, 48 MiB in all: more than is kept.
  private struct Large {
    static let long = 256 << 10, short = 200_000
    static let chunks = 220
    let bytes: [UInt8]

    init() throws {
      var builder = try BundleBuilder()
      var place = 0
      for number in 0..<Self.chunks {
        let bytes = [UInt8](repeating: UInt8(number), count: Self.length(number))
        try builder.data(1, at: UInt64(place), bytes, codec: number % 5 == 1 ? .stored : .deflate)
        place += bytes.count
      }
      try builder.close(
        1, Item(kind: .file, name: [65], size: UInt64(place), state: .complete))
      try builder.seal()
      bytes = builder.bytes
    }

    static func length(_ number: Int) -> Int { number % 3 == 0 ? short : long }

    static func start(of number: Int) -> Int { (0..<number).reduce(0) { $0 + length($1) } }

    /// Whether 4 KiB in a chunk, or at both sides of its start, are what they were.
    static func isRight(_ item: ItemReader, _ random: inout SeededGenerator) -> Bool {
      let number = Int.random(in: 1..<chunks, using: &random)
      let start = start(of: number)
      let place = Int.random(in: -4096...(length(number) - 4096), using: &random)
      let before = max(0, min(4096, -place))
      let expected =
        [UInt8](repeating: UInt8(number - 1), count: before)
        + [UInt8](repeating: UInt8(number), count: 4096 - before)
      return (try? item.bytes(4096, at: UInt64(start + place))) == expected
    }
  }

  @Test func moreThanIsKeptIsReadRight() throws {
    let reader = try open(Large().bytes)
    let item = try reader.open(reader.find(.id(1)))
    var random = SeededGenerator(seed: 1)
    for _ in 0..<900 { #expect(Large.isRight(item, &random)) }
    #expect(reader.pieces.heldBytes <= 32 << 20)
    #expect(reader.pieces.heldBytes > 31 << 20)
  }

  @Test func bytesThatSomebodyHoldsDoNotChange() throws {
    let reader = try open(Large().bytes)
    let item = try reader.open(reader.find(.id(1)))
    guard case .data(let held) = try item.piece(at: 0).piece else {
      Issue.record("no data")
      return
    }
    for number in 1..<Large.chunks { _ = try item.bytes(1, at: UInt64(Large.start(of: number))) }
    #expect(held == [UInt8](repeating: 0, count: Large.short))
    #expect(try item.bytes(5, at: 0) == [0, 0, 0, 0, 0])
  }

  @Test func threadsThatCrowdEachOtherOutReadWhatIsThere() throws {
    let reader = try open(Large().bytes)
    let shared = try reader.open(reader.find(.id(1)))
    let threads = Threads(6) { seed in
      guard let own = try? reader.open(reader.find(.id(1))) else { return false }
      var random = SeededGenerator(seed: UInt64(seed))
      return (0..<150).allSatisfy { Large.isRight($0 % 2 == 0 ? shared : own, &random) }
    }
    #expect(threads.wait() == [Bool](repeating: true, count: 6))
    #expect(reader.pieces.heldBytes <= 32 << 20)
  }

  @Test func aChunkIsReadInOneGoAndOnce() throws {
    let storage = FailingStorage(try Large().bytes)
    let reader = try BundleReader([storage], at: 0)
    let item = try reader.open(reader.find(.id(1)))
    _ = try item.bytes(1, at: 0)
    for number in [7, 8, 11, 16] {
      let before = storage.calls
      let start = UInt64(Large.start(of: number))
      _ = try item.bytes(4096, at: start)
      #expect(storage.calls == before + 1)
      _ = try item.bytes(4096, at: start + 100_000)
      #expect(storage.calls == before + 1)
    }
  }

  @Test func aStorageThatFailedIsAskedAgain() throws {
    let storage = FailingStorage(try Large().bytes)
    let reader = try BundleReader([storage], at: 0)
    let item = try reader.open(reader.find(.id(1)))
    #expect(try item.bytes(2, at: 0) == [0, 0])
    storage.fail(true)
    for number in [3, 4] {
      #expect(failure(item, at: UInt64(Large.start(of: number)))?.code == .io)
    }
    #expect(try item.bytes(2, at: 0) == [0, 0])
    storage.fail(false)
    for number in [3, 4] {
      #expect(try item.bytes(1, at: UInt64(Large.start(of: number))) == [UInt8(number)])
    }
  }

  /// What is wrong with a record is said each time, with its place, and takes nothing from the others.
  @Test func damageIsSaidEachTimeAndOthersAreRead() throws {
    var builder = try BundleBuilder()
    let text = (0..<5000).map { UInt8(truncatingIfNeeded: $0 / 7) }
    let shorter = ZlibDeflate().deflate(text.span.raw, limit: 5000)
    let deflated = try #require(shorter)
    var broken = deflated
    broken[0] |= 6
    let bodies = [deflated, broken, deflated + [0], deflated, deflated]
    var places: [(record: UInt64, offset: Int)] = []
    for (number, body) in bodies.enumerated() {
      let plain = number == 3 ? 4999 : 5000
      try builder.data(1, at: UInt64(number) * 5000, plainLength: plain, deflated: body)
      // Where it stands is known once no block can come before it.
      let frame = FrameHeader.overhead + FrameHeader.saltSize + body.count
      places.append((builder.number - 1, builder.bytes.count - frame))
    }
    try builder.close(1, Item(kind: .file, name: [65], size: 25_000, state: .complete))
    try builder.seal()
    var bytes = builder.bytes
    bytes[places[4].offset + 200] ^= 1
    let reader = try open(bytes)
    let item = try reader.open(reader.find(.id(1)))
    let codes: [ErrorCode] = [.deflateInvalid, .deflateTrailing, .deflateLength, .payloadDigest]
    for _ in 0..<3 {
      for (number, code) in zip(1..., codes) {
        let error = failure(item, at: UInt64(number) * 5000 + 17)
        #expect(error?.code == code)
        #expect(error?.record == places[number].record)
        #expect(error?.offset == UInt64(places[number].offset))
        let end = UInt64(number + 1) * 5000 - (number == 3 ? 1 : 0)
        #expect(item.endOfRecord(at: UInt64(number) * 5000) == end)
      }
      #expect(try item.bytes(5000, at: 0) == text)
    }
  }

  @Test func itemsThatShareTheMemoryKeepApart() throws {
    var builder = try BundleBuilder()
    for number in 0..<40 {
      try builder.file(
        Array("f\(number)".utf8), [UInt8](repeating: UInt8(number), count: 3000), chunk: 1000,
        codec: number % 2 == 0 ? .deflate : .stored)
    }
    try builder.seal()
    let reader = try open(builder.bytes)
    let items = try reader.items().map { try reader.open($0) }
    for _ in 0..<2 {
      for (number, item) in items.enumerated() {
        let isRight = try item.all() == [UInt8](repeating: UInt8(number), count: 3000)
        #expect(isRight)
      }
    }
  }
}
