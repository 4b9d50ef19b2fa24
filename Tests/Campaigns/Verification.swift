import BuktiFormat
import BuktiStore
import BuktiVerifier
import Dispatch
import Synchronization

/// Bytes in memory, cut short or with one bit flipped, without a copy of them.
final class MemorySource: ByteSource {
  private let bytes: [UInt8]
  private let end: Int
  private let flip: (offset: Int, mask: UInt8)?
  private let place = Mutex(0)

  init(_ bytes: [UInt8], end: Int? = nil, flip: (offset: Int, mask: UInt8)? = nil) {
    self.bytes = bytes
    self.end = end ?? bytes.count
    self.flip = flip
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(BuktiError) -> Int {
    let from = place.withLock { $0 }
    let count = min(buffer.count, end - from)
    guard count > 0 else { return 0 }
    unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
      .copyBytes(from: bytes[from..<from + count])
    if let flip, from..<from + count ~= flip.offset {
      unsafe buffer[flip.offset - from] ^= flip.mask
    }
    place.withLock { $0 = from + count }
    return count
  }
}

/// What a verifier answers.
enum Answer {
  case report(Report)
  case refusal(ErrorCode)

  init(_ source: MemorySource, _ verifier: BundleVerifier) {
    do throws(BuktiError) {
      self = .report(try verifier.verify(volumes: [source]))
    } catch { self = .refusal(error.code) }
  }
}

extension Report {
  /// What a reader asks for first: intact, complete and signed by.
  var main: [Outcome] { [.intact, .complete, .signedBy].map { claims[$0] ?? .notEstablished } }

  var holds: Bool { main.allSatisfy { $0 == .holds } }

  func has(_ code: ErrorCode) -> Bool { findings.contains { $0.code == code } }

  var failing: [Finding] { findings.filter { $0.effect == .fails } }
}

/// What a campaign came to.
public struct Outcomes: Sendable {
  public private(set) var cases = 0
  public private(set) var failures: [String] = []

  mutating func expect(_ isRight: Bool, _ words: @autoclosure () -> String) {
    cases += 1
    if !isRight { failures.append(words()) }
  }

  mutating func add(_ other: Outcomes) {
    cases += other.cases
    failures += other.failures
  }

  /// Makes cases beside each other on every core.
  static func each(
    _ cases: some RandomAccessCollection<Int> & Sendable,
    _ body: @escaping @Sendable (Int, inout Outcomes) -> Void
  ) -> Outcomes {
    let all = Mutex(Outcomes())
    let block = 256
    DispatchQueue.concurrentPerform(iterations: (cases.count + block - 1) / block) { number in
      var outcomes = Outcomes()
      for one in cases.dropFirst(number * block).prefix(block) { body(one, &outcomes) }
      all.withLock { $0.add(outcomes) }
    }
    return all.withLock { $0 }
  }
}
