import BuktiEngines
import BuktiFormat
import BuktiStore

/// Frames that follow each other, read together: large enough that handing them to another thread costs little.
///
/// `@unchecked Sendable`: it belongs to the pass until `start`, and again after `wait`. In between one worker has it,
/// and after that others only read what `contents` point to, until the digests have taken it.
@safe
final class Batch: @unchecked Sendable {
  /// Plain bytes that need room of their own, at most.
  static let room = 1 << 20
  /// Digests of shorter frames, in bytes, take no time worth sharing.
  private static let longFrame = 512

  private struct Entry {
    let frame: Frame
    let place: Place
    let reading: FrameReading
    let room: Range<Int>
    /// What check 22 says, where it was made together with that of another frame.
    var payloadHolds: Bool?
  }

  private let engine: FastDeflate
  private let mostFrames: Int
  private let plain: UnsafeMutableRawBufferPointer
  private var entries: [Entry] = []
  private var used = 0
  private(set) var read: [ReadFrame] = []
  /// Where the frames lie.
  private(set) var block: WindowBlock?
  private let isRunning = Monitor(false)
  /// Whether small items are hashed while they are at hand.
  var hashesItems = true
  /// Of the digests that take its bytes.
  var ticket: UInt64 = 0

  init(_ engine: FastDeflate, most frames: Int) {
    self.engine = engine
    mostFrames = frames
    unsafe plain = .allocate(byteCount: Self.room, alignment: 64)
  }

  deinit { unsafe plain.deallocate() }

  var isEmpty: Bool { entries.isEmpty }

  /// Bytes that it works on.
  private(set) var size = 0

  /// Whether any batch takes such a frame.
  static func takes(_ frame: Frame, _ reading: FrameReading) -> Bool {
    frame.length <= Window.first && frame.roomNeeded(reading) <= room
  }

  func hasRoom(for frame: Frame, _ reading: FrameReading, in block: WindowBlock) -> Bool {
    isEmpty
      || self.block === block && used + frame.roomNeeded(reading) <= Self.room
        && entries.count < mostFrames
  }

  /// Takes a frame that lies in the window's block now.
  func append(_ frame: Frame, at place: Place, _ reading: FrameReading, _ window: Window) {
    if isEmpty { block = window.keepBlock() }
    let end = used + frame.roomNeeded(reading)
    entries.append(Entry(frame: frame, place: place, reading: reading, room: used..<end))
    size += end - used + (reading == .nothing ? FrameHeader.overhead : frame.length)
    used = end
  }

  // Working.

  func start(_ workers: Crew) {
    isRunning.change { $0 = true }
    workers.submit(ReadJob(batch: self))
  }

  /// Whether the work is done.
  var isDone: Bool { isRunning.change { !$0 } }

  /// Waits until the work is done.
  func wait() { isRunning.wait { $0 ? nil : () } }

  fileprivate func finish() { isRunning.change { $0 = false } }

  /// Does the work.
  func run() {
    checkPayloads()
    var runs = ItemRuns()
    for (position, entry) in entries.enumerated() {
      let room = unsafe UnsafeMutableRawBufferPointer(rebasing: plain[entry.room])
      var frame = ReadFrame(
        frame: entry.frame, place: entry.place, hash: entry.frame.recordHash,
        content: unsafe entry.frame.content(
          entry.reading, in: room, engine, payloadHolds: entry.payloadHolds))
      frame.position = position
      if hashesItems { frame.run = runs.next(frame) }
      read.append(frame)
    }
  }

  /// Makes check 22 of two frames at a time, where that takes little longer than for one.
  private func checkPayloads() {
    guard ItemDigest.pairs else { return }
    var waiting: Int?
    for (position, entry) in entries.enumerated()
    where entry.frame.length >= Self.longFrame && entry.frame.hasPayload(for: entry.reading) {
      guard let first = waiting else {
        waiting = position
        continue
      }
      let hold = Frame.payloadsHold(entries[first].frame, entry.frame)
      (entries[first].payloadHolds, entries[position].payloadHolds) = hold
      waiting = nil
    }
  }

  /// Makes it ready to be used again.
  func clear() {
    entries.removeAll(keepingCapacity: true)
    read.removeAll(keepingCapacity: true)
    block = nil
    used = 0
    size = 0
  }
}

private final class ReadJob: Job {
  private let batch: Batch

  init(batch: Batch) { self.batch = batch }

  func run() {
    batch.run()
    batch.finish()
  }
}

/// Finds data records that are a whole item, and hashes them while they are at hand.
///
/// Whether they are one is for the pass to say, which compares what it has taken with what was hashed here.
private struct ItemRuns {
  private var item: UInt64 = 0
  private var end: UInt64 = 0
  private var first = 0
  private var last = 0
  private var pieces: [PlainBytes] = []

  /// Takes the next frame; the run that it closes.
  mutating func next(_ frame: ReadFrame) -> ItemRun? {
    let core = frame.frame.core
    switch frame.content {
    case .data(let plain):
      if core.offset == 0 { begin(core.itemID, frame.position) }
      guard core.itemID == item, core.offset == end else {
        item = 0
        return nil
      }
      pieces.append(plain)
      last = frame.position
      end += core.plainLength
    case .body where core.type == .item:
      defer { item = 0 }
      if core.itemID == item { return ItemRun(first, last, pieces) }
    case .body where core.type == .index: break
    default: item = 0
    }
    return nil
  }

  private mutating func begin(_ id: UInt64, _ position: Int) {
    item = id
    end = 0
    first = position
    pieces.removeAll(keepingCapacity: true)
  }
}

extension ItemRun {
  fileprivate init?(_ first: Int, _ last: Int, _ pieces: [PlainBytes]) {
    guard let begin = pieces.first else { return nil }
    (self.first, self.last, count) = (first, last, pieces.count)
    if pieces.count == 1 {
      sha256 = LibcryptoSHA256.digest(of: unsafe begin.raw.bytes)
      return
    }
    let state = LibcryptoSHA256().start()
    for piece in pieces { state.update(unsafe piece.raw.bytes) }
    sha256 = state.digest()
  }
}
