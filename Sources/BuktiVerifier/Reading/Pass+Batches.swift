import BuktiEngines
import BuktiFormat

extension Pass {
  /// Takes the frame that the window begins with: with others, or at once where it cannot wait.
  func take(
    _ frame: Frame, at offset: UInt64, isCandidate: Bool = false
  ) throws(BuktiError) {
    let reading = reading(of: frame.core)
    let place = Place(volume: volume, offset: offset)
    guard !isCandidate, Batch.takes(frame, reading) else {
      try judgeAll()
      return try takeAlone(frame, at: place, reading, isCandidate: isCandidate)
    }
    if !ring.hasRoom(for: frame, reading, window) { try handOver() }
    ring.append(frame, at: place, reading, window)
  }

  /// Judges all frames that were read.
  func judgeAll() throws(BuktiError) {
    ring.handOver(hashingItems: hashesItems)
    while let batch = ring.oldest { try judge(batch) }
    ring.renew(window)
  }

  private func handOver() throws(BuktiError) {
    ring.handOver(hashingItems: hashesItems)
    while let batch = ring.due { try judge(batch) }
    ring.renew(window)
  }

  private func judge(_ batch: Batch) throws(BuktiError) {
    batch.wait()
    for frame in batch.read { try take(frame, isCandidate: false) }
    batch.ticket = digests.submit()
    ring.retire(batch)
  }

  private func takeAlone(
    _ frame: Frame, at place: Place, _ reading: FrameReading, isCandidate: Bool
  ) throws(BuktiError) {
    let room = unsafe plainRoom.room(frame.roomNeeded(reading))
    let content = unsafe frame.content(reading, in: room, engine)
    try take(
      ReadFrame(frame: frame, place: place, hash: frame.recordHash, content: content),
      isCandidate: isCandidate)
    digests.settle()
  }

  /// What is to be read of a frame.
  func reading(of core: Core) -> FrameReading {
    guard core.type == .data else { return .full }
    let reading = coverage.reading(core.number)
    return reading == .full && stopsDecoding ? .stored : reading
  }

  /// Whether the session asks for no digest but SHA-256.
  private var hashesItems: Bool { state.session?.digests.isEmpty ?? true }
}
