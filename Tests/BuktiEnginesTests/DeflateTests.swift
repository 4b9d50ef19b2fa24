import BuktiEngines
import BuktiFormat
import Testing

private func inflate(_ body: [UInt8], plain count: Int) throws(BuktiError) -> [UInt8] {
  var failure: BuktiError?
  let plain = [UInt8](capacity: count) { out in
    unsafe out.withUnsafeMutableBufferPointer { buffer, initialized in
      var raw = unsafe OutputRawSpan(
        buffer: UnsafeMutableRawBufferPointer(buffer), initializedCount: 0)
      do throws(BuktiError) {
        try unsafe ZlibDeflate().inflate(body.span.bytes, into: &raw)
      } catch {
        failure = error
      }
      initialized = unsafe raw.finalize(for: UnsafeMutableRawBufferPointer(buffer))
    }
  }
  if let failure {
    #expect(plain.isEmpty)
    throw failure
  }
  return plain
}

private func refusal(_ body: [UInt8], plain count: Int) -> ErrorCode? {
  do {
    _ = try inflate(body, plain: count)
    return nil
  } catch {
    return error.code
  }
}

private func deflate(_ plain: [UInt8], _ level: DeflateLevel = .fast) -> [UInt8]? {
  unsafe ZlibDeflate(level: level).deflate(plain.span.bytes, limit: plain.count)
}

private let text = (0..<9000).map { UInt8(truncatingIfNeeded: $0 / 7 &* 31 ^ $0 >> 3) }

@Test(arguments: [DeflateLevel.fast, .best])
func roundTrip(_ level: DeflateLevel) throws {
  let body = try #require(deflate(text, level))
  #expect(body.count < text.count)
  #expect(try inflate(body, plain: text.count) == text)
}

@Test func lengthsAreExact() throws {
  let body = try #require(deflate(text))
  for count in [0, 1, text.count - 1, text.count + 1, text.count * 2] {
    #expect(refusal(body, plain: count) == .deflateLength, "\(count)")
  }
}

@Test func everyTruncationIsInvalid() throws {
  let body = try #require(deflate(text))
  for count in 0..<body.count {
    #expect(refusal(Array(body.prefix(count)), plain: text.count) == .deflateInvalid, "\(count)")
  }
}

@Test func bytesAfterTheStreamAreRefused() throws {
  let body = try #require(deflate(text))
  #expect(refusal(body + [0], plain: text.count) == .deflateTrailing)
  #expect(refusal(body + body, plain: text.count) == .deflateTrailing)
  #expect(refusal(body + [0], plain: text.count - 1) == .deflateLength)
}

/// Streams written by hand: RFC 1951, 3.2.4 and 3.2.6.
@Test func handmadeStreams() throws {
  #expect(try inflate([0x03, 0x00], plain: 0) == [])
  #expect(try inflate([0x01, 1, 0, 0xFE, 0xFF, 0x61], plain: 1) == [0x61])
  #expect(refusal([0x00, 1, 0, 0xFE, 0xFF, 0x61], plain: 1) == .deflateInvalid)  // no final block
  #expect(refusal([0x01, 1, 0, 0xFE, 0xFE, 0x61], plain: 1) == .deflateInvalid)  // length check
  #expect(refusal([0x07], plain: 1) == .deflateInvalid)  // reserved block type
  #expect(refusal([], plain: 1) == .deflateInvalid)
  #expect(refusal([], plain: 0) == .deflateInvalid)
}

@Test func incompressibleDoesNotFit() throws {
  #expect(deflate(try SecureRandom.bytes(4096)) == nil)
  #expect(deflate([]) == nil)
  #expect(deflate([1]) == nil)
}

@Test func oneEngineServesManyTasks() async throws {
  let engine = ZlibDeflate()
  let same = await withTaskGroup(of: Bool.self) { group in
    for _ in 0..<8 {
      group.addTask {
        unsafe engine.deflate(text.span.bytes, limit: text.count) == deflate(text)
      }
    }
    return await group.reduce(true) { $0 && $1 }
  }
  #expect(same)
}
