import BuktiEngines
import BuktiFormat
import CBench
import Glibc

/// What sealing, verifying and extracting are made of, each alone on one core: the limits are computed from these.
struct Parts {
  let watch: Stopwatch
  let image: String
  let scratch: String

  func measure() {
    let sample = Sample(of: image, atMost: 256)
    watch.rate("sha256", .megabytes) { sample.forEach { use(LibcryptoSHA256.digest(of: $1)) } }
    copy(sample)
    read()
    write(sample)
    engines(sample)
  }

  private func copy(_ sample: Sample) {
    let target = Memory(Sample.chunk)
    watch.rate("memcpy", .megabytes) {
      sample.forEach { _, chunk in
        unsafe chunk.withUnsafeBytes { unsafe target.bytes.copyMemory(from: $0) }
      }
    }
  }

  private func read() {
    let file = File(image)
    let buffer = Memory(1 << 20)
    let size = min(file.size, 1 << 30)
    watch.rate("read", .megabytes) {
      var place = 0
      while place < size {
        let count = file.read(buffer, at: place, to: 0..<buffer.count)
        if count <= 0 { fail("\(image) cannot be read") }
        place += count
      }
      return place
    }
    close(file.descriptor)
  }

  /// Room is set aside in steps, as the writer does it, and the disk is not waited for.
  private func write(_ sample: Sample) {
    let path = scratch + "/written"
    let step = 16 << 20
    var seconds: [Double] = []
    let size = sample.count * Sample.chunk
    // More than what the cache keeps at hand of a file that was just removed.
    let times = watch.repetitions == 1 ? 1 : 8
    for _ in 0..<watch.repetitions {
      let file = File(path, O_WRONLY | O_CREAT | O_EXCL)
      let start = coreSeconds()
      for place in stride(from: 0, to: size * times, by: Sample.chunk) {
        if place % step == 0 { _ = bench_reserve(file.descriptor, place, step) }
        let part = unsafe sample.memory.bytes.baseAddress.map { unsafe $0 + place % size }
        let count = unsafe Glibc.write(file.descriptor, part, Sample.chunk)
        if count != Sample.chunk { fail("\(path) cannot be written") }
      }
      seconds.append(coreSeconds() - start)
      close(file.descriptor)
      unsafe unlink(path)
    }
    report("write", .megabytes, Double(size * times) / seconds.sorted()[seconds.count / 2] / 1e6)
  }

  private func engines(_ sample: Sample) {
    let fast = FastDeflate()
    let zlib = ZlibDeflate(level: .fast)
    let bodies = encode("deflate-product", sample) { fast.deflate($0, into: &$1) }
    _ = encode("deflate-zlib", sample) { zlib.deflate($0, into: &$1) }
    foreignEncoder(sample)
    decode("inflate-product", bodies) { (try? fast.inflate($0, into: &$1)) != nil }
    decode("inflate-zlib", bodies) { (try? zlib.inflate($0, into: &$1)) != nil }
    decode("inflate-isal", bodies) { unsafe $0.foreign(&$1, bench_inflate_isal) }
    decode("inflate-libdeflate", bodies) { unsafe $0.foreign(&$1, bench_inflate_libdeflate) }
  }

  /// Only chunks that shrink: the product finds the others by a look at a few KiB.
  private func encode(
    _ name: String, _ sample: Sample, _ deflate: (RawSpan, inout OutputRawSpan) -> Bool
  ) -> [[UInt8]] {
    let room = Memory(Sample.chunk)
    var bodies = [[UInt8]](repeating: [], count: sample.count)
    _ = sample.forEach { index, chunk in
      var out = unsafe OutputRawSpan(buffer: room.bytes, initializedCount: 0)
      guard deflate(chunk, &out) else { return }
      let count = unsafe out.finalize(for: room.bytes)
      if count < Sample.chunk / 32 * 31 { bodies[index] = unsafe Array(room.bytes[..<count]) }
    }
    let shrunk = bodies.indices.filter { !bodies[$0].isEmpty }
    if shrunk.isEmpty { fail("nothing in \(image) shrinks") }
    watch.rate(name, .megabytes) {
      for index in shrunk {
        sample.memory.with(Sample.range(index)) { chunk in
          var out = unsafe OutputRawSpan(buffer: room.bytes, initializedCount: 0)
          use(deflate(chunk, &out))
          _ = unsafe out.finalize(for: room.bytes)
        }
      }
      return shrunk.count * Sample.chunk
    }
    let stored = shrunk.reduce(0) { $0 + bodies[$1].count }
    report(name + "-ratio", .ratio, Double(stored) / Double(shrunk.count * Sample.chunk))
    return shrunk.map { bodies[$0] }
  }

  private func foreignEncoder(_ sample: Sample) {
    let room = Memory(Sample.chunk * 2)
    let base = unsafe room.bytes.baseAddress
    guard unsafe bench_deflate_libdeflate(base, 0, base, 16) >= 0 else { return }
    watch.rate("deflate-libdeflate", .megabytes) {
      sample.forEach { _, chunk in
        unsafe chunk.withUnsafeBytes {
          use(unsafe bench_deflate_libdeflate($0.baseAddress, $0.count, base, room.count))
        }
      }
    }
  }

  /// An engine that is not there gives no result; one that refuses a body ends the program.
  private func decode(
    _ name: String, _ bodies: [[UInt8]], _ inflate: (RawSpan, inout OutputRawSpan) -> Bool?
  ) {
    let room = Memory(Sample.chunk)
    func all() -> Bool? {
      for body in bodies {
        var out = unsafe OutputRawSpan(buffer: room.bytes, initializedCount: 0)
        let verdict = unsafe inflate(body.span.bytes, &out)
        _ = unsafe out.finalize(for: room.bytes)
        guard let verdict else { return nil }
        if !verdict { fail("\(name) refuses what was encoded here") }
      }
      return true
    }
    guard all() != nil else { return }
    watch.rate(name, .megabytes) {
      use(all())
      return bodies.count * Sample.chunk
    }
  }
}

extension RawSpan {
  /// Has a C function inflate it; nil where the engine is not there.
  fileprivate func foreign(
    _ plain: inout OutputRawSpan,
    _ function: (UnsafeRawPointer?, Int, UnsafeMutableRawPointer?, Int) -> Int32
  ) -> Bool? {
    let verdict = unsafe withUnsafeBytes { body in
      unsafe plain.withUnsafeMutableBytes { plain, count in
        let verdict = unsafe function(
          body.baseAddress, body.count, plain.baseAddress, plain.count)
        if verdict == 1 { count = plain.count }
        return verdict
      }
    }
    return verdict < 0 ? nil : verdict == 1
  }
}
