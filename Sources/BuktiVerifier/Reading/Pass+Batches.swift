import BuktiEngines
import BuktiFormat

extension Pass {
  /// Takes the frame that the window begins with: with others, or at once where it cannot wait.
  func take(_ frame: Frame, isCandidate: Bool) throws(BuktiError) {
    guard !isCandidate, Batch.takes(frame) else {
      try judgeAll()
      return try takeAlone(frame, isCandidate: isCandidate)
    }
    if !ring.hasRoom(for: frame, window) { try handOver() }
    let place = Place(volume: volume, offset: window.offset)
    ring.append(frame, at: place, reading(of: frame), window)
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

  private func takeAlone(_ frame: Frame, isCandidate: Bool) throws(BuktiError) {
    let content = unsafe frame.content(
      reading(of: frame), in: plainRoom.room(frame.roomNeeded), engine)
    let place = Place(volume: volume, offset: window.offset)
    try take(
      ReadFrame(frame: frame, place: place, hash: frame.recordHash, content: content),
      isCandidate: isCandidate)
    digests.settle()
  }

  private func reading(of frame: Frame) -> FrameReading { stopsDecoding ? .stored : .full }

  /// Whether the session asks for no digest but SHA-256.
  private var hashesItems: Bool { state.session?.digests.isEmpty ?? true }
}
