import BuktiEngines
import BuktiFormat
import BuktiStore

/// Hashes the bytes of items beside the pass: each digest takes its bytes in order, on a thread of its own.
///
/// It belongs to the thread of the pass. What the pass takes waits here until the batch that holds the bytes was
/// judged; so a small item whose digest a worker knows already is never hashed again.
final class DigestLanes {
  private let isThreaded: Bool
  /// Work up to this size, in bytes, is done at once when nothing else is under way.
  private let small: Int
  private var crews: [Crew] = []
  private var waiting: [DigestStream] = []
  /// Stretches of work handed over so far.
  private var submitted: UInt64 = 0
  /// How many of them each thread has done.
  private let done = Monitor<[UInt64]>([])

  init(isThreaded: Bool, small: Int) {
    self.isThreaded = isThreaded
    self.small = small
  }

  fileprivate func append(_ piece: DigestStream.Piece, to stream: DigestStream) {
    if stream.waiting.isEmpty { waiting.append(stream) }
    stream.waiting.append(piece)
  }

  fileprivate func drop(_ stream: DigestStream) {
    stream.waiting.removeAll()
    if let place = waiting.lastIndex(where: { $0 === stream }) { waiting.remove(at: place) }
  }

  /// Hands over what waits; the bytes must stay until the ticket is done.
  func submit() -> UInt64 {
    let work = waiting.flatMap { $0.handOver() }
    waiting.removeAll(keepingCapacity: true)
    if work.isEmpty { return submitted }
    let lanes = work.reduce(0) { max($0, $1.running.count) }
    let isLarge = work.reduce(0) { $0 + $1.size } > UInt64(small) || !isDone(submitted)
    guard isThreaded, isLarge, makeLanes(lanes) else {
      wait(submitted)
      for part in work { for digest in part.running { part.update(digest) } }
      return submitted
    }
    submitted += 1
    for (lane, crew) in crews.enumerated() {
      crew.submit(DigestJob(work: work, lane: lane, done: done))
    }
    return submitted
  }

  func isDone(_ ticket: UInt64) -> Bool { done.change { $0.allSatisfy { $0 >= ticket } } }

  func wait(_ ticket: UInt64) { done.wait { $0.allSatisfy { $0 >= ticket } ? () : nil } }

  /// Hashes all that waits, so that nothing looks at its bytes any more.
  func settle() { wait(submit()) }

  /// Waits until nothing looks at any bytes; what was not handed over is not hashed.
  func waitForAll() { wait(submitted) }

  /// Waits until there is not much under way.
  fileprivate func waitForSome() { if submitted > 16 { wait(submitted - 16) } }

  private func makeLanes(_ count: Int) -> Bool {
    while crews.count < count {
      let crew = Crew(1)
      if crew.isEmpty { return false }
      crews.append(crew)
      let submitted = submitted
      done.change { $0.append(submitted) }
    }
    return true
  }
}

/// The digests of one item: of the pass, except for those that were handed over.
final class DigestStream {
  enum Piece {
    /// Of the frame at this position.
    case bytes(PlainBytes, position: Int)
    case zeros(UInt64)
  }

  fileprivate let further: [FurtherDigest]
  fileprivate var running: [ItemDigest] = []
  fileprivate var waiting: [Piece] = []

  fileprivate init(_ further: [FurtherDigest]) throws(BuktiError) {
    self.further = further
    if !further.isEmpty { running = try Self.begin(further) }
  }

  fileprivate init(copying other: DigestStream) {
    further = other.further
    running = other.running.map { $0.copy() }
  }

  private static func begin(_ further: [FurtherDigest]) throws(BuktiError) -> [ItemDigest] {
    var running = [try ItemDigest(.sha256)]
    for digest in further { running.append(try ItemDigest(digest.algorithm)) }
    return running
  }

  fileprivate func begun() throws(BuktiError) -> [ItemDigest] {
    if running.isEmpty { running = try Self.begin(further) }
    return running
  }

  fileprivate func handOver() -> [DigestWork] {
    guard let running = try? begun() else { preconditionFailure("libcrypto offers no SHA-256") }
    defer { waiting.removeAll(keepingCapacity: true) }
    return waiting.map { DigestWork(running: running, piece: $0) }
  }

  /// Whether nothing was hashed but waits, and it is what a worker has hashed.
  fileprivate func isWhole(_ run: ItemRun) -> Bool {
    guard running.isEmpty, waiting.count == run.count else { return false }
    guard case .bytes(_, position: run.first) = waiting.first,
      case .bytes(_, position: run.last) = waiting.last
    else { return false }
    return waiting.allSatisfy { if case .bytes = $0 { true } else { false } }
  }
}

/// A piece for digests that take it one by one.
///
/// `@unchecked Sendable`: each lane touches one of the digests, after the one before it is through, and the pass touches
/// none until all are.
private struct DigestWork: @unchecked Sendable {
  let running: [ItemDigest]
  let piece: DigestStream.Piece

  /// In bytes.
  var size: UInt64 {
    switch piece {
    case .bytes(let bytes, _): UInt64(unsafe bytes.raw.count)
    case .zeros(let count): count
    }
  }

  func update(_ digest: ItemDigest) {
    switch piece {
    case .bytes(let bytes, _): digest.update(unsafe bytes.raw.bytes)
    case .zeros(let count):
      var rest = count
      while rest > 0 {
        let step = min(rest, UInt64(Self.zeros.count))
        digest.update(Self.zeros.span.extracting(first: Int(step)).raw)
        rest -= step
      }
    }
  }

  private static let zeros = [UInt8](repeating: 0, count: 1 << 18)
}

private final class DigestJob: Job {
  private let work: [DigestWork]
  private let lane: Int
  private let done: Monitor<[UInt64]>

  init(work: [DigestWork], lane: Int, done: Monitor<[UInt64]>) {
    self.work = work
    self.lane = lane
    self.done = done
  }

  func run() {
    for part in work where lane < part.running.count { part.update(part.running[lane]) }
    done.change { $0[lane] += 1 }
  }
}

/// The digests of an item as far as it was read; copied only when two states go on from it.
final class RunningDigests {
  /// Zeros that are hashed at a time.
  private static let step: UInt64 = 16 << 20

  private let lanes: DigestLanes
  private let stream: DigestStream
  private var zerosAhead: UInt64 = 0

  init(_ further: [FurtherDigest], _ lanes: DigestLanes) throws(BuktiError) {
    self.lanes = lanes
    stream = try DigestStream(further)
  }

  private init(copying other: RunningDigests) {
    lanes = other.lanes
    lanes.settle()
    stream = DigestStream(copying: other.stream)
    zerosAhead = other.zerosAhead
  }

  func copy() -> RunningDigests { RunningDigests(copying: self) }

  /// Takes bytes that stay until the batch is judged and its digests are done.
  func update(
    _ bytes: PlainBytes, position: Int, pause: () throws(BuktiError) -> Void
  ) throws(BuktiError) {
    try takeZeros(pause)
    lanes.append(.bytes(bytes, position: position), to: stream)
  }

  /// Zeros are hashed only when something depends on them: a gap may be longer than any disk.
  func addZeros(_ count: UInt64) { zerosAhead += count }

  /// Whether the digests are those of an item record.
  ///
  /// - Parameter run: what a worker has hashed already, perhaps of this item.
  func match(
    _ digests: Digests, _ run: ItemRun?, pause: () throws(BuktiError) -> Void
  ) throws(BuktiError) -> Bool {
    if let run, zerosAhead == 0, stream.isWhole(run) {
      lanes.drop(stream)
      return run.sha256 == digests.sha256
    }
    try takeZeros(pause)
    lanes.settle()
    return try stream.begun().allSatisfy { digest in
      let value = digest.value()
      return switch digest.algorithm {
      case .sha256: value == digests.sha256.bytes
      case .md5: value == digests.md5
      case .sha1: value == digests.sha1
      case .sha512: value == digests.sha512
      }
    }
  }

  private func takeZeros(_ pause: () throws(BuktiError) -> Void) throws(BuktiError) {
    while zerosAhead > 0 {
      let count = min(zerosAhead, Self.step)
      lanes.append(.zeros(count), to: stream)
      zerosAhead -= count
      guard count == Self.step else { return }
      _ = lanes.submit()
      lanes.waitForSome()
      try pause()
    }
  }
}
