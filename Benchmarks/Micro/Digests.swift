import BuktiEngines
import BuktiFormat

/// The digest of an item and that of a chunk's payload, of the same and of other bytes: one after the other, and in one
/// pass. In MB/s of each of them.
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
        use(unsafe item.update(body, salting: salt.span.bytes, of: body))
        return chunk.count
      }
      chunk.with(0..<chunk.count / 2) { payload in
        watch.rate("two-digests-of-other-bytes-product", .megabytes) {
          let rest = body.extracting(chunk.count / 2..<chunk.count)
          use(unsafe item.update(rest, salting: salt.span.bytes, of: payload))
          return rest.byteCount
        }
      }
    }
  }
}
