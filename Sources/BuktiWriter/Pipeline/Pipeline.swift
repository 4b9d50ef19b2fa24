import BuktiFormat
import BuktiStore

/// Reads ahead while others encode and digest, and writes in the order in which things were taken.
///
/// The caller's thread reads and writes; workers of the pipeline's own compress and hash between the two. What is
/// written does not depend on how many there are. Everything that waits is written before a call of the writer
/// returns, so that nobody outside notices the pipeline.
final class Pipeline {
  /// Bytes beside a chunk, for small files to share a slot.
  private static let shared = 256 << 10
  /// Work up to this size, in bytes, is done at once when nothing else is under way.
  private static let small = 64 << 10
  /// Bytes that all slots may have, in and out.
  private static let budget = 96 << 20

  /// An item is far on behind so many bytes.
  private static let far: UInt64 = 16 << 20

  /// Plain bytes of a data record at most.
  let chunkSize: Int
  private let farChunkSize: Int
  private let jobs: Int
  private let encoder: ChunkEncoder
  private let mostSlots: Int
  private var salts: SaltSource
  private var workers: Crew?
  /// A thread for each digest of an item, because each takes its bytes one after another.
  private var lanes: [Crew] = []
  private var slots = 0
  private var idle: [Slot] = []
  /// Where things are taken in.
  private var current: Slot
  /// Handed over, oldest first.
  private var underWay: [Slot] = []
  private var isWriting = false

  /// Whether nothing waits to be written.
  var isEmpty: Bool { current.isEmpty && underWay.isEmpty }

  init(_ options: WriterOptions, encoder: ChunkEncoder) {
    self.encoder = encoder
    jobs = max(1, options.jobs)
    chunkSize = min(max(options.chunkSize ?? Limits.defaultChunk, 4096), Int(Limits.maxPlainLength))
    farChunkSize = options.chunkSize == nil ? Limits.defaultChunk / 2 : chunkSize
    mostSlots = max(3, min(2 * jobs + 8, Self.budget / (2 * (chunkSize + Self.shared))))
    salts = options.salts()
    current = Self.slot(chunkSize, encoder)
    slots = 1
  }

  private static func slot(_ chunkSize: Int, _ encoder: ChunkEncoder) -> Slot {
    Slot(capacity: chunkSize + shared, chunkSize: chunkSize, encoder: encoder)
  }

  // Taking in.

  /// Plain bytes that the data record which begins there has at most.
  func chunkSize(at place: UInt64) -> Int { place < Self.far ? chunkSize : farChunkSize }

  /// Memory for `count` bytes of the next chunk, behind those that it has already.
  func room(_ count: Int, from filled: Int = 0) -> UnsafeMutableRawBufferPointer {
    let start = min(max(0, filled), chunkSize)
    return unsafe current.room(start..<min(start + count, chunkSize))
  }

  /// Takes the first bytes of what `room` lent as the next chunk of an item.
  /// - Throws: `disk-full`, `io`, `dead`: what was taken and is not written is given up then.
  func take(chunk count: Int, of stream: ItemStream) throws(BuktiError) {
    let salt: Salt
    do throws(BuktiError) { salt = try salts.next() } catch {
      // What came before is as good as it was, and must not wait for a call that may never come.
      try? drain()
      throw error
    }
    current.append(chunk: count, of: stream, salt: salt)
    if current.isFull { try handOver() }
  }

  /// Takes zeros or a gap of an item, or anything else to be written in its turn.
  ///
  /// - Parameter zeros: what the digests of the item take for it.
  func take(_ step: Step, digesting zeros: (ItemStream, UInt64)? = nil) throws(BuktiError) {
    current.append(step)
    if let (stream, count) = zeros { current.digestZeros(count, of: stream) }
    if current.isFull { try handOver() }
  }

  /// Writes everything that was taken.
  /// - Throws: `disk-full`, `io`, `dead`: what was taken and is not written is given up then.
  func drain() throws(BuktiError) {
    if isWriting { return }
    if !current.isEmpty { try handOver() }
    while !underWay.isEmpty { try writeOldest() }
  }

  // Handing over.

  private func handOver() throws(BuktiError) {
    let slot = current
    underWay.append(slot)
    if jobs == 1 || (underWay.count == 1 && slot.size <= Self.small) {
      slot.run()
    } else {
      start(slot)
    }
    if idle.isEmpty, slots == mostSlots { try writeOldest() }
    current = idle.popLast() ?? makeSlot()
    while let oldest = underWay.first, oldest.isDone { try writeOldest() }
  }

  private func makeSlot() -> Slot {
    slots += 1
    return Self.slot(chunkSize, encoder)
  }

  private func start(_ slot: Slot) {
    let workers = self.workers ?? Crew(jobs)
    self.workers = workers
    let count = slot.digestCount
    while lanes.count < count { lanes.append(Crew(1)) }
    if workers.isEmpty || lanes.contains(where: { $0.isEmpty }) {
      // The system grants no threads. Nothing may overtake what others still do.
      for before in underWay { before.wait() }
      slot.run()
    } else {
      slot.start(workers, lanes[..<count])
    }
  }

  // Writing.

  private func writeOldest() throws(BuktiError) {
    guard let slot = underWay.first else { return }
    slot.wait()
    isWriting = true
    defer { isWriting = false }
    do throws(BuktiError) {
      for step in slot.steps { try write(step, of: slot) }
    } catch {
      giveUp()
      throw error
    }
    underWay.removeFirst()
    recycle(slot)
  }

  private func write(_ step: Step, of slot: Slot) throws(BuktiError) {
    switch step {
    case .chunk(let stream, let index):
      try slot.withChunk(index) { (chunk, body) throws(BuktiError) in
        try stream.write(chunk, body)
      }
    case .zeros(let stream, let count): try stream.write(zeros: count)
    case .gap(let stream, let gap): try stream.write(gap)
    case .append(let body): try body()
    }
  }

  /// After an error nothing that waits may be written: it would stand behind what is missing.
  private func giveUp() {
    for slot in underWay {
      slot.wait()
      recycle(slot)
    }
    underWay.removeAll()
    current.clear()
  }

  private func recycle(_ slot: Slot) {
    slot.clear()
    if slot !== current { idle.append(slot) }
  }
}
