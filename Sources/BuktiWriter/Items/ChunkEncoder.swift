import BuktiEngines
import BuktiFormat

/// How hard data are compressed.
public enum Compression: Sendable, Hashable {
  /// Nothing is compressed; zero runs still are.
  case none
  case fast
  case best
}

/// What a chunk is stored as.
enum EncodedChunk: Equatable {
  case zeros
  case stored
  /// So many bytes of a DEFLATE stream.
  case deflated(Int)
}

/// Decides for each chunk between zero run, DEFLATE and stored.
struct ChunkEncoder {
  /// Chunks up to here are compressed without a trial.
  private static let trialFrom = 16 << 10
  private let engine: (any DeflateEngine)?

  init(_ compression: Compression) {
    engine =
      switch compression {
      case .none: nil
      case .fast: FastDeflate()
      case .best: ZlibDeflate(level: .best)
      }
  }

  /// Chooses the shortest body that is worth its time, and puts it into `body` where it is not the chunk itself.
  ///
  /// - Parameter body: room for as many bytes as the chunk has.
  func encode(_ chunk: RawSpan, into body: UnsafeMutableRawBufferPointer) -> EncodedChunk {
    if chunk.isZero { return .zeros }
    guard let engine, chunk.byteCount > 1, isPromising(chunk) else { return .stored }
    let shorter = unsafe UnsafeMutableRawBufferPointer(rebasing: body[..<(chunk.byteCount - 1)])
    var out = unsafe OutputRawSpan(buffer: shorter, initializedCount: 0)
    guard engine.deflate(chunk, into: &out) else { return .stored }
    return .deflated(unsafe out.finalize(for: shorter))
  }

  /// Compresses small records, whose bodies are text and numbers; nil when they do not shrink.
  func deflate(_ body: RawSpan) -> [UInt8]? {
    guard let engine, body.byteCount > 1 else { return nil }
    return engine.deflate(body, limit: body.byteCount)
  }

  /// Looks at two samples: zlib spends ten times as long on what does not shrink as storing it takes, and a trial
  /// with the engine itself takes half as long as hashing the chunk.
  private func isPromising(_ chunk: RawSpan) -> Bool {
    guard chunk.byteCount > Self.trialFrom else { return true }
    let size = CompressionSample.size
    return [0, chunk.byteCount / 8 * 5].contains { start in
      CompressionSample.shrinks(chunk.extracting(start..<start + size))
    }
  }
}

extension RawSpan {
  /// Whether every byte is zero; true for no bytes.
  var isZero: Bool {
    unsafe withUnsafeBytes { bytes in
      var place = 0
      // A block at a time, so that the loop inside has no way out and can be vectorised.
      while bytes.count - place >= 512 {
        var any: UInt64 = 0
        for word in 0..<64 {
          unsafe any |= bytes.loadUnaligned(fromByteOffset: place + word * 8, as: UInt64.self)
        }
        if any != 0 { return false }
        place += 512
      }
      while place < bytes.count {
        if unsafe bytes[place] != 0 { return false }
        place += 1
      }
      return true
    }
  }
}
