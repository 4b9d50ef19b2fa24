import BuktiEngines
import BuktiFormat
import Testing

private func hex(_ bytes: [UInt8]) -> String {
  let digits = Array("0123456789abcdef")
  return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
}

/// The answers of FIPS 180 and RFC 1321 for "abc".
private let abc: [(DigestAlgorithm, String)] = [
  (.md5, "900150983cd24fb0d6963f7d28e17f72"),
  (.sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
  (.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
  (
    .sha512,
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
      + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
  ),
]

@Test(arguments: abc)
func publishedValues(_ algorithm: DigestAlgorithm, _ expected: String) throws {
  let digest = try ItemDigest(algorithm)
  unsafe digest.update("a".utf8.span.bytes)
  let other = digest.copy()
  #expect(digest.value() == other.value())
  unsafe digest.update("bc".utf8.span.bytes)
  #expect(hex(digest.value()) == expected)
  #expect(digest.value().count == algorithm.length)
  unsafe other.update("bc".utf8.span.bytes)
  #expect(hex(other.value()) == expected)
  digest.reset()
  unsafe digest.update("abc".utf8.span.bytes)
  #expect(hex(digest.value()) == expected)
}

@Test func valueDoesNotEndTheDigest() throws {
  let state = LibcryptoSHA256().start()
  let empty = state.digest()
  #expect(empty == LibcryptoSHA256.digest(of: []))
  #expect(empty.hex.hasPrefix("e3b0c44298fc1c14"))
  unsafe state.update("ab".utf8.span.bytes)
  let copy = state.copy()
  unsafe state.update("c".utf8.span.bytes)
  #expect(state.digest() == LibcryptoSHA256.digest(of: Array("abc".utf8)))
  #expect(copy.digest() == LibcryptoSHA256.digest(of: Array("ab".utf8)))
  let joined = unsafe LibcryptoSHA256.digest(
    of: "a".utf8.span.bytes, then: "bc".utf8.span.bytes)
  #expect(joined == state.digest())
}

/// One pass for two digests against libcrypto: every length to 400 bytes at every alignment, from every state of a block.
@Test func twoDigestsInOnePass() throws {
  let bytes = try SecureRandom.bytes(64 << 10)
  let salt = try SecureRandom.bytes(16) + [UInt8](repeating: 0, count: 48)
  func check(_ range: Range<Int>, after: Int, _ item: ItemDigest) -> Bool {
    let body = unsafe bytes.span.bytes.extracting(range)
    item.reset()
    unsafe item.update(bytes.span.bytes.extracting(0..<after))
    let payload = unsafe item.update(body, salting: salt.span.bytes, of: body)
    let whole = Array(bytes[..<after]) + bytes[range]
    return payload == LibcryptoSHA256.digest(of: salt + bytes[range])
      && item.value() == LibcryptoSHA256.digest(of: whole).bytes
  }
  let item = try ItemDigest(.sha256)
  var wrong: [Range<Int>] = []
  for alignment in 0..<64 {
    for length in 0...400 where !check(alignment..<alignment + length, after: 0, item) {
      wrong.append(alignment..<alignment + length)
    }
  }
  for after in [1, 63, 64, 65, 128, 4096] {
    for length in 0...200 where !check(7..<7 + length, after: after, item) {
      wrong.append(7..<7 + length)
    }
  }
  #expect(wrong.isEmpty)
  #expect(check(0..<bytes.count, after: 128, item))
}

/// Two digests of different bytes in one pass against libcrypto: every length to 400 bytes at every alignment, beside a
/// shorter, an equal and a longer one.
@Test func twoDigestsOfDifferentBytes() throws {
  let bytes = try SecureRandom.bytes(8 << 10)
  let salts = try SecureRandom.bytes(128)
  let item = try ItemDigest(.sha256)
  func check(_ first: Range<Int>, _ second: Range<Int>) -> Bool {
    let (a, b) = unsafe (bytes.span.bytes.extracting(first), bytes.span.bytes.extracting(second))
    let hashes = (
      LibcryptoSHA256.digest(of: Array(salts[..<64] + bytes[first])),
      LibcryptoSHA256.digest(of: Array(salts[64...] + bytes[second]))
    )
    item.reset()
    let payload = unsafe item.update(a, salting: salts.span.bytes.extracting(64..<128), of: b)
    let both = unsafe LibcryptoSHA256.digests(salting: salts.span.bytes, of: a, and: b)
    return payload == hashes.1 && both == hashes
      && item.value() == LibcryptoSHA256.digest(of: Array(bytes[first])).bytes
  }
  var wrong: [Range<Int>] = []
  for alignment in 0..<64 {
    for length in 0...400 {
      let other = [length / 3, length, length * 2 + 1][(alignment + length) % 3]
      let (first, second) = (alignment..<alignment + length, 4000 - alignment..<4000 + other)
      if !check(first, second) || !check(second, first) { wrong.append(first) }
    }
  }
  #expect(wrong.isEmpty)
  #expect(check(0..<4096, 4096..<8192))
}

/// The count of bits, which a pass without libcrypto keeps, has two words.
@Test func twoDigestsBeyondHalfAGigabyte() throws {
  let chunk = [UInt8](repeating: 0xA5, count: 32 << 20)
  let salt = [UInt8](repeating: 1, count: 64)
  let paired = try ItemDigest(.sha256)
  let plain = LibcryptoSHA256().start()
  for _ in 0..<17 {
    _ = unsafe paired.update(
      chunk.span.bytes, salting: salt.span.bytes, of: chunk.span.bytes)
    unsafe plain.update(chunk.span.bytes)
  }
  let copy = paired.copy()
  unsafe copy.update([UInt8(1)].span.bytes)
  #expect(paired.value() == plain.digest().bytes)
  #expect(copy.value() != paired.value())
}

@Test func randomBytesDiffer() throws {
  #expect(try SecureRandom.bytes(0).isEmpty)
  #expect(try SecureRandom.bytes(32) != SecureRandom.bytes(32))
  #expect(try SecureRandom.bytes(1 << 20 + 1).count == 1 << 20 + 1)
}
