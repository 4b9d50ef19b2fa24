import BuktiFormat
import BuktiStore

/// Takes a proof's bytes one after the other; what is declared is never believed before it is there.
struct ProofStream {
  private static let step = 1 << 20
  private let source: any ByteSource

  init(_ source: any ByteSource) { self.source = source }

  /// Exactly so many bytes.
  ///
  /// - Throws: `proof-truncated`, `io`.
  func take(_ count: Int) throws(BuktiError) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let wanted = min(count - bytes.count, Self.step)
      let part = try read(wanted)
      bytes += part
      if part.count < wanted {
        throw BuktiError(.proofTruncated, "The proof ends after \(bytes.count) of \(count) bytes.")
      }
    }
    return bytes
  }

  /// Up to 16 bytes: the header says itself what it misses.
  func header() throws(BuktiError) -> [UInt8] { try read(ProofHeader.size) }

  /// - Throws: `proof-trailing` where anything follows; `io`.
  func end() throws(BuktiError) {
    guard try read(1).isEmpty else { throw BuktiError(.proofTrailing) }
  }

  private func read(_ count: Int) throws(BuktiError) -> [UInt8] {
    var failure: BuktiError?
    let bytes = [UInt8](capacity: count) { out in
      unsafe out.withUnsafeMutableBufferPointer { buffer, initialized in
        do throws(BuktiError) {
          initialized = unsafe try source.readFully(into: UnsafeMutableRawBufferPointer(buffer))
        } catch {
          failure = error
        }
      }
    }
    if let failure { throw failure }
    return bytes
  }
}
