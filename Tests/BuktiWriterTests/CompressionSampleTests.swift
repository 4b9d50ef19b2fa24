import BuktiEngines
import BuktiFixtures
import BuktiFormat
import Testing

@testable import BuktiWriter

/// What is said of a sample is held against what an engine makes of it.
@Suite("A sample tells whether data shrink")
struct CompressionSampleTests {
  private static let size = CompressionSample.size

  private static func random(_ count: Int, seed: UInt64, of values: ClosedRange<UInt8>) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in UInt8.random(in: values, using: &generator) }
  }

  private func shrinks(_ bytes: [UInt8]) -> Bool { CompressionSample.shrinks(bytes.span.raw) }

  @Test("Random bytes do not, whatever they are", arguments: 0..<50 as Range<UInt64>)
  func randomBytes(seed: UInt64) {
    #expect(!shrinks(Self.random(Self.size, seed: seed, of: 0...255)))
  }

  @Test("Few values, frequent values, runs and repetitions do")
  func compressible() {
    let noise = Self.random(Self.size, seed: 1, of: 0...255)
    let half = Array(noise.prefix(Self.size / 2))
    let sparse = noise.enumerated().map { $0.offset % 8 < 2 ? 0 : $0.element }
    let samples = [
      [UInt8](repeating: 7, count: Self.size), Self.random(Self.size, seed: 2, of: 0...63),
      half + half, sparse, Array(noise.prefix(3000)) + [UInt8](repeating: 0, count: 1096),
    ]
    for sample in samples {
      #expect(sample.count == Self.size)
      #expect(shrinks(sample))
      let engine = ZlibDeflate(level: .fast)
      #expect(engine.deflate(sample.span.raw, limit: Self.size - Self.size / 32) != nil)
    }
  }

  @Test("Samples of any length up to 4 KiB are looked at", arguments: [0, 1, 3, 4, 5, 511])
  func short(count: Int) {
    _ = shrinks(Self.random(count, seed: 3, of: 0...255))
    #expect(count == 0 || shrinks([UInt8](repeating: 0, count: count)))
  }

  @Test("A chunk that begins with noise is compressed for what comes later")
  func mixedChunk() {
    let chunk =
      Self.random(128 << 10, seed: 4, of: 0...255) + [UInt8](repeating: 1, count: 128 << 10)
    var body = [UInt8](repeating: 0, count: chunk.count)
    let encoded = unsafe body.withUnsafeMutableBytes {
      unsafe ChunkEncoder(.fast).encode(chunk.span.raw, into: $0)
    }
    guard case .deflated(let count) = encoded else {
      Issue.record("not compressed")
      return
    }
    #expect(count < 130 << 10)
  }
}
