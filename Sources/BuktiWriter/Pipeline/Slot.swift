import BuktiEngines
import BuktiFormat
import BuktiStore

/// What is to be done with the log, in the order in which it was taken in.
enum Step {
  /// The chunk with this index in its slot.
  case chunk(ItemStream, Int)
  case zeros(ItemStream, UInt64)
  case gap(ItemStream, Gap)
  /// Whatever else appends records.
  case append(() throws(BuktiError) -> Void)
}

/// A chunk of an item on its way to a data record.
struct Chunk {
  /// Where its bytes lie in the slot's memory, and what it is stored as.
  let range: Range<Int>
  let salt: Salt
  var encoded = EncodedChunk.stored
  var payloadDigest = Hash.zero
}

/// A stretch of the work, large enough that handing it to another thread costs little: some large chunks, or many
/// small files.
///
/// `@unchecked Sendable`: it belongs to the writer's thread until `start`, and again after `wait`. In between the
/// workers have it: one job encodes and alone changes `chunks` and `bodies`, each of the others updates digests
/// that no other job touches, and all of them only read the rest. Once all is encoded, `chunks` is the first digest's,
/// which takes the payload digests in the same pass where the processor can.
final class Slot: @unchecked Sendable {
  /// Chunks begin at these places, as reads from a device want them.
  private static let alignment = 4096
  /// More steps than these are no better, and each of them holds memory.
  private static let mostSteps = 1000
  /// So many zeros keep a thread busy for a while.
  private static let mostZeros: UInt64 = 256 << 20

  private enum Digested {
    /// Where the bytes lie, and the index of their chunk.
    case chunk(Range<Int>, Int)
    case zeros(UInt64)
  }

  private let encoder: ChunkEncoder
  private let chunkSize: Int
  private let plain: ChunkBuffer
  private let bodies: ChunkBuffer
  private let jobsLeft = Monitor(0)
  private let isEncoded = Monitor(false)
  private(set) var steps: [Step] = []
  private var chunks: [Chunk] = []
  private var digested: [(DigestSet, Digested)] = []
  private var used = 0
  private var zeros: UInt64 = 0

  /// - Parameter capacity: bytes; a chunk at least.
  init(capacity: Int, chunkSize: Int, encoder: ChunkEncoder) {
    self.encoder = encoder
    self.chunkSize = chunkSize
    plain = ChunkBuffer(capacity)
    bodies = ChunkBuffer(capacity)
  }

  var isEmpty: Bool { steps.isEmpty }

  /// Whether there may be no room for another chunk.
  var isFull: Bool {
    plain.count - used < chunkSize || steps.count >= Self.mostSteps || zeros >= Self.mostZeros
  }

  /// Bytes of all chunks.
  var size: Int { used }

  /// How many digests its items have at most.
  var digestCount: Int { digested.reduce(0) { max($0, $1.0.count) } }

  // Taking in.

  /// Memory for a range of the next chunk.
  func room(_ range: Range<Int>) -> UnsafeMutableRawBufferPointer {
    unsafe plain.slice(used + range.lowerBound..<used + range.upperBound)
  }

  func append(_ step: Step) { steps.append(step) }

  /// Takes the first bytes of what `room` lent.
  func append(chunk count: Int, of stream: ItemStream, salt: Salt) {
    let range = used..<used + count
    steps.append(.chunk(stream, chunks.count))
    digested.append((stream.digests, .chunk(range, chunks.count)))
    chunks.append(Chunk(range: range, salt: salt))
    used = (used + count + Self.alignment - 1) / Self.alignment * Self.alignment
    used = min(used, plain.count)
  }

  /// Lets the digests of an item take zeros that no chunk holds.
  func digestZeros(_ count: UInt64, of stream: ItemStream) {
    digested.append((stream.digests, .zeros(count)))
    zeros += count
  }

  // Working.

  /// Hands the work to others.
  func start(_ workers: Crew, _ lanes: ArraySlice<Crew>) {
    let count = lanes.count + 1
    jobsLeft.change { $0 = count }
    for (index, lane) in lanes.enumerated() { lane.submit(DigestJob(slot: self, index: index)) }
    workers.submit(EncodeJob(slot: self))
  }

  /// Does the work at once.
  func run() {
    encode()
    for index in 0..<digestCount { digest(index) }
  }

  /// Whether the work is done.
  var isDone: Bool { jobsLeft.change { $0 == 0 } }

  /// Waits until the work is done.
  func wait() { jobsLeft.wait { $0 == 0 ? () : nil } }

  fileprivate func finishJob() { jobsLeft.change { $0 -= 1 } }

  /// Zero test, compression, and the payload digests where `digest` does not take them on.
  fileprivate func encode() {
    for index in chunks.indices {
      let chunk = chunks[index]
      let room = unsafe bodies.slice(chunk.range)
      let bytes = unsafe UnsafeRawBufferPointer(plain.slice(chunk.range)).bytes
      chunks[index].encoded = unsafe encoder.encode(bytes, into: room)
      if chunks[index].encoded == .zeros || ItemDigest.pairs { continue }
      chunks[index].payloadDigest = chunk.salt.digest(with: unsafe body(of: chunks[index]).bytes)
    }
  }

  fileprivate func finishEncoding() { isEncoded.change { $0 = true } }

  /// Waits until the chunks are encoded.
  fileprivate func waitForEncoding() { isEncoded.wait { $0 ? () : nil } }

  /// Updates the digests with this index, of all items; the first one when the chunks are encoded.
  fileprivate func digest(_ index: Int) {
    for (digests, part) in digested where index < digests.count {
      switch part {
      case .chunk(let range, let place):
        let bytes = unsafe UnsafeRawBufferPointer(plain.slice(range)).bytes
        // The other digests run beside the encoding, which changes the chunks: they must not look at them.
        if index == 0, ItemDigest.pairs, chunks[place].encoded != .zeros {
          let chunk = chunks[place]
          let body = unsafe body(of: chunk)
          chunks[place].payloadDigest = unsafe digests.update(
            bytes, salting: chunk.salt, of: body.bytes)
        } else {
          digests.update(index, bytes)
        }
      case .zeros(let count): digests.updateZeros(index, count)
      }
    }
  }

  // Writing.

  /// Lends a chunk whose work is done, and its body.
  func withChunk(
    _ index: Int, _ body: (Chunk, RawSpan) throws(BuktiError) -> Void
  ) throws(BuktiError) {
    let chunk = chunks[index]
    try body(chunk, unsafe self.body(of: chunk).bytes)
  }

  /// Makes it ready to be used again.
  func clear() {
    steps.removeAll(keepingCapacity: true)
    chunks.removeAll(keepingCapacity: true)
    digested.removeAll(keepingCapacity: true)
    isEncoded.change { $0 = false }
    used = 0
    zeros = 0
  }

  private func body(of chunk: Chunk) -> UnsafeRawBufferPointer {
    let start = chunk.range.lowerBound
    return switch chunk.encoded {
    case .zeros: unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    case .stored: unsafe UnsafeRawBufferPointer(plain.slice(chunk.range))
    case .deflated(let count): unsafe UnsafeRawBufferPointer(bodies.slice(start..<start + count))
    }
  }
}

/// The item digests with one index, in the order of the slots.
private final class DigestJob: Job {
  private let slot: Slot
  private let index: Int

  init(slot: Slot, index: Int) {
    self.slot = slot
    self.index = index
  }

  func run() {
    if index == 0, ItemDigest.pairs { slot.waitForEncoding() }
    slot.digest(index)
    slot.finishJob()
  }
}

/// Zero test, compression and payload digests of a slot, before its first digest.
private final class EncodeJob: Job {
  private let slot: Slot

  init(slot: Slot) { self.slot = slot }

  func run() {
    slot.encode()
    slot.finishEncoding()
    slot.finishJob()
  }
}
