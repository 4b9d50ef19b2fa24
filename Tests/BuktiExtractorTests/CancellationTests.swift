import BuktiEngines
import BuktiFixtures
import BuktiFormat
import BuktiStore
import BuktiVerifier
import Synchronization
import Testing

@testable import BuktiExtractor

/// Long calls tell how far they are and end when they are asked to.
@Suite struct CancellationTests {
  private let bundle: [UInt8]
  private let content: [UInt8]

  init() throws {
    var random = SeededGenerator(seed: 5)
    content = random.bytes(20_000)
    var builder = try BundleBuilder()
    try builder.file(Array("a".utf8), content, chunk: 1000)
    try builder.file(Array("b".utf8), content, chunk: 1000)
    try builder.seal()
    bundle = builder.bytes
  }

  /// Says no so many times, then yes.
  private func after(_ calls: Int) -> () -> Bool {
    let asked = Mutex(0)
    return {
      asked.withLock {
        $0 += 1
        return $0 > calls
      }
    }
  }

  @Test func aRangeIsReadPieceByPiece() throws {
    let reader = try open(bundle)
    let item = try reader.open(reader.find(.id(1)))
    var read: [UInt8] = []
    var told: [UInt64] = []
    let gaps = try item.read(500..<99_999, pieceSize: 4096, progress: { told.append($0) }) {
      (piece) throws(BuktiError) in unsafe piece.withUnsafeBytes { unsafe read += $0 }
    }
    #expect(read == Array(content[500...]) && gaps.isEmpty)
    #expect(told == [4096, 8192, 12_288, 16_384, 19_500])
    var pieces = 0
    let cancelled = code {
      _ = try item.read(0..<20_000, pieceSize: 4096, isCancelled: after(2)) {
        (_) throws(BuktiError) in pieces += 1
      }
    }
    #expect(cancelled == .interrupted && pieces == 2)
  }

  @Test(arguments: [0, 1, 7, 30]) func chosenItemsEndWithinAnItem(calls: Int) throws {
    let reader = try open(bundle)
    let folder = TemporaryFolder()
    let extractor = Extractor(VerificationOptions(time: 0))
    var told: [VerificationProgress] = []
    let ended = code {
      _ = try extractor.extract(
        reader.items(), from: reader, to: folder.target, progress: { told.append($0) },
        isCancelled: after(calls))
    }
    #expect(ended == .interrupted)
    #expect(told.last?.bytes ?? 0 <= UInt64(calls * 1000))
    #expect(told.allSatisfy { $0.total == 40_000 })
    // An item that was not read to its end has no name yet.
    #expect((folder.contents("session-0001/a") == nil) == (calls < 21))
    let isWritten = folder.contents("session-0001/b") != nil
    #expect(!isWritten)
  }

  @Test func aWholeExtractionEnds() throws {
    let folder = TemporaryFolder()
    let extractor = Extractor(VerificationOptions(time: 0))
    let ended = code {
      _ = try extractor.extractAll(
        [MemoryStorage(bundle)], to: folder.target, isCancelled: after(1))
    }
    #expect(ended == .interrupted)
    let isWritten = folder.contents("session-0001/b") != nil
    #expect(!isWritten)
  }
}
