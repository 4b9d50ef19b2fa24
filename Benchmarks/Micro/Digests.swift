import BuktiEngines
import BuktiFormat

/// The digest of an item and that of a stored chunk's payload: one after the other, and in one pass over the bytes.
struct Digests {
  let watch: Stopwatch

  func measure() throws {
    let chunk = Memory(256 << 10)
    let salt = [UInt8](repeating: 7, count: 64)
    let item = try ItemDigest(.sha256)
    chunk.with(0..<chunk.count) { body in
      watch.rate("two-digests-one-after-the-other", .megabytes) {
        item.update(body)
        use(unsafe LibcryptoSHA256.digest(of: salt.span.bytes, then: body))
        return chunk.count
      }
      watch.rate("two-digests-product", .megabytes) {
        use(unsafe item.update(body, salting: salt.span.bytes))
        return chunk.count
      }
    }
  }
}
