import BuktiEngines
import BuktiFormat
import BuktiStore

/// Batches of frames on their way to the pass: one is filled, others are worked on, others wait for item digests.
///
/// The thread of the pass reads and judges, in order; workers make between the two what needs no order.
final class BatchRing {
  private let jobs: Int
  /// Batches at most: with their blocks 2 MiB and a little each.
  let most: Int
  private let gathering: Gathering
  private let engine = FastDeflate()
  private let digests: DigestLanes
  private var workers: Crew?
  /// Batches that there are.
  private(set) var count = 1
  private var current: Batch
  private var isHandedOver = false
  private var idle: [Batch] = []
  /// Handed over, oldest first.
  private var underWay: [Batch] = []
  /// Judged, and digests may still take their bytes; oldest first.
  private var judged: [Batch] = []

  init(jobs: Int, _ gathering: Gathering, _ digests: DigestLanes) {
    self.jobs = max(1, jobs)
    self.gathering = gathering
    self.digests = digests
    most = jobs <= 1 ? 1 : 2 * jobs + 8
    current = Batch(engine, most: gathering.frames)
  }

  var isEmpty: Bool { current.isEmpty && underWay.isEmpty }

  func hasRoom(for frame: Frame, _ reading: FrameReading, _ window: Window) -> Bool {
    current.hasRoom(for: frame, reading, in: window.block)
  }

  func append(_ frame: Frame, at place: Place, _ reading: FrameReading, _ window: Window) {
    current.append(frame, at: place, reading, window)
  }

  /// Lets others work on what was appended.
  ///
  /// - Parameter hashingItems: whether the SHA-256 of small items is all that they ask for.
  func handOver(hashingItems: Bool) {
    if current.isEmpty { return }
    let batch = current
    isHandedOver = true
    batch.hashesItems = hashingItems
    underWay.append(batch)
    if jobs == 1 || (underWay.count == 1 && batch.size <= gathering.small) { return batch.run() }
    let workers = self.workers ?? Crew(jobs)
    self.workers = workers
    // The system may grant no threads.
    if workers.isEmpty { batch.run() } else { batch.start(workers) }
  }

  /// The oldest batch, if it has to be judged before another one can be filled, or is ready.
  var due: Batch? {
    guard let oldest = underWay.first else { return nil }
    return count >= most && idle.isEmpty && judged.isEmpty || oldest.isDone ? oldest : nil
  }

  /// The oldest batch that is not judged.
  var oldest: Batch? { underWay.first }

  /// Takes the oldest batch back, which was judged.
  func retire(_ batch: Batch) {
    underWay.removeFirst()
    judged.append(batch)
  }

  /// Goes on with an empty batch: the one at hand where nothing of it was handed over.
  func renew(_ window: Window) {
    while let first = judged.first, digests.isDone(first.ticket) { recycle(first, window) }
    if isHandedOver, idle.isEmpty, count >= most, let first = judged.first {
      digests.wait(first.ticket)
      recycle(first, window)
    }
    guard isHandedOver else { return }
    isHandedOver = false
    if let next = idle.popLast() { return current = next }
    count += 1
    current = Batch(engine, most: gathering.frames)
  }

  private func recycle(_ batch: Batch, _ window: Window) {
    judged.removeFirst()
    if let block = batch.block { window.release(block) }
    batch.clear()
    idle.append(batch)
  }
}
