import BuktiEngines
import BuktiFormat
import CBench
import Glibc

/// Whether the digest of an item and that of a stored chunk's payload can share one pass over the bytes.
struct Streams {
  let watch: Stopwatch

  /// Compares with libcrypto first: every length to 400 bytes at every alignment to 64, and random ones.
  func measure() {
    guard bench_sha256_supported() == 1 else {
      return print(#"{"name": "sha256-two", "skipped": "no SHA-256 instructions"}"#)
    }
    let memory = Memory(1 << 20)
    for index in 0..<memory.count { unsafe memory.bytes[index] = .random(in: 0...255) }
    for alignment in 0..<64 {
      for length in 0...400 { check(memory, alignment..<alignment + length) }
    }
    for _ in 0..<2_000 {
      let start = Int.random(in: 0..<1 << 16)
      check(memory, start..<start + .random(in: 0..<1 << 17))
    }
    speed(memory)
  }

  private func both(_ body: RawSpan, _ salt: [UInt8]) -> (item: [UInt8], payload: [UInt8]) {
    var item = [UInt8](repeating: 0, count: 32)
    var payload = item
    unsafe body.withUnsafeBytes {
      unsafe bench_item_and_payload(salt, $0.baseAddress, $0.count, &item, &payload)
    }
    return (item, payload)
  }

  private func check(_ memory: Memory, _ range: Range<Int>) {
    let salt = (0..<16).map { _ in UInt8.random(in: 0...255) }
    memory.with(range) { body in
      let (item, payload) = both(body, salt)
      guard item == LibcryptoSHA256.digest(of: body).bytes,
        payload == LibcryptoSHA256().payloadDigest(salt: salt.span, body: body).bytes
      else { fail("two streams give other digests than libcrypto, for \(range)") }
    }
  }

  private func speed(_ memory: Memory) {
    let chunk = 256 << 10
    let salt = [UInt8](repeating: 7, count: 16)
    func rate(_ name: String, _ work: (RawSpan) -> Void) {
      watch.rate(name, .megabytes) {
        for place in stride(from: 0, to: memory.count, by: chunk) {
          memory.with(place..<place + chunk, work)
        }
        return memory.count
      }
    }
    var state = [UInt32](repeating: 1, count: 8)
    var other = state
    rate("sha256-one") { body in
      unsafe body.withUnsafeBytes { unsafe bench_sha256_one(&state, $0.baseAddress, $0.count / 64) }
    }
    rate("sha256-two") { body in
      unsafe body.withUnsafeBytes {
        unsafe bench_sha256_two(&state, &other, $0.baseAddress, $0.count / 64)
      }
    }
    rate("item-and-payload-libcrypto") { body in
      use(LibcryptoSHA256.digest(of: body))
      use(LibcryptoSHA256().payloadDigest(salt: salt.span, body: body))
    }
    rate("item-and-payload-one-pass") { use(both($0, salt)) }
  }
}
