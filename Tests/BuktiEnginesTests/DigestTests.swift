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

@Test func randomBytesDiffer() throws {
  #expect(try SecureRandom.bytes(0).isEmpty)
  #expect(try SecureRandom.bytes(32) != SecureRandom.bytes(32))
  #expect(try SecureRandom.bytes(1 << 20 + 1).count == 1 << 20 + 1)
}
