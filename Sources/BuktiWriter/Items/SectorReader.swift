import BuktiFormat
import BuktiStore
import Glibc

/// A source that large reads fail on, on its way through sector by sector.
struct FailingSource<Source: PlacedSource> {
  let source: Source
  /// The same, read past the system's memory where that is possible.
  let direct: Source?
  /// In bytes.
  let sector: UInt64
  /// Unreadable sectors in a row up to the place that is next.
  var inARow = 0

  /// - Parameter room: what can be read at once, in bytes.
  init(_ source: Source, room: Int) {
    self.source = source
    direct = source.unbuffered()
    sector = UInt64(max(1, min(source.sectorSize, room)))
  }

  /// From an offset to the end of its sector, or to the end of the source.
  func rest(from offset: UInt64, below size: UInt64) -> UInt64 {
    min(sector - offset % sector, size - offset)
  }
}

/// What trying a sector came to.
enum SectorOutcome {
  /// 0 at the end of the source.
  case read(Int)
  case failed(errno: Int32, attempts: UInt64)
}

extension SourceReader {
  /// The first step over what cannot be read, in bytes; each further one is twice as long.
  static let firstSkip: UInt64 = 64 << 10
  static let longestSkip: UInt64 = 1 << 30
  /// Bytes of a gap that are taken at once; they are hashed, which takes its time.
  private static let gapStep: UInt64 = 1 << 30
  /// The device is gone: what follows need not be tried.
  private static let gone: Set<Int32> = [ENODEV, ENXIO, ENOMEDIUM, ENOTCONN, ESHUTDOWN]

  /// Goes on for at least `count` bytes, sector by sector; false at the end of the source.
  func copySectors(
    of failing: inout FailingSource<some PlacedSource>, count: Int, below size: UInt64,
    _ stream: ItemStream
  ) throws(BuktiError) -> Bool {
    let start = stream.end
    let end = start + UInt64(count)
    while stream.end < end {
      if options.isInterrupted() { return true }
      let (outcome, wanted) = try copyReadable(&failing, upTo: end, below: size, stream)
      switch outcome {
      case .read(0): return false
      case .read: break
      case .failed(let errno, let attempts):
        failing.inARow += 1
        try stream.takeUnreadable(wanted, errno: errno, attempts: attempts)
        options.progress?(bytesRead + (stream.end - start))
        try sealer.keepIfLate(stream)
        if Self.gone.contains(errno) {
          return try takeGap(to: size, "the source was gone (errno \(errno))", stream)
        }
        if options.skipAfter > 0, failing.inARow >= options.skipAfter {
          try skip(&failing, below: size, stream)
        }
      }
    }
    return true
  }

  /// Takes sectors up to the first that cannot be read, as one chunk; how the last one went, and its size.
  private func copyReadable(
    _ failing: inout FailingSource<some PlacedSource>, upTo end: UInt64, below size: UInt64,
    _ stream: ItemStream
  ) throws(BuktiError) -> (SectorOutcome, wanted: UInt64) {
    var outcome = SectorOutcome.read(1)
    var wanted: UInt64 = 0
    var filled = 0
    var place = stream.end
    while place < end {
      if options.isInterrupted() { break }
      wanted = failing.rest(from: place, below: size)
      guard filled + Int(wanted) <= log.pipeline.chunkSize else { break }
      outcome = read(failing, Int(wanted), at: place, attempts: options.attempts, to: filled)
      guard case .read(let count) = outcome, count > 0 else { break }
      failing.inARow = 0
      filled += count
      place += UInt64(count)
    }
    try stream.take(filled: filled)
    return (outcome, wanted)
  }

  /// Takes what is not attempted up to an offset, and always returns true.
  @discardableResult
  func takeGap(to end: UInt64, _ reason: String, _ stream: ItemStream) throws(BuktiError) -> Bool {
    while stream.end < end, !options.isInterrupted() {
      try stream.takeNotAttempted(min(Self.gapStep, end - stream.end), reason: reason)
      try sealer.keepIfLate(stream)
    }
    return true
  }

  /// Skips ahead until something can be read, then comes back from there to the unreadable place's
  /// other edge. What lies between the edges is not attempted.
  private func skip(
    _ failing: inout FailingSource<some PlacedSource>, below size: UInt64, _ stream: ItemStream
  ) throws(BuktiError) {
    failing.inARow = 0
    let from = stream.end
    guard let ahead = try probe(failing, from: from, below: size, stream),
      let edge = try trim(failing, from: from, to: ahead.place, stream)
    else { return }
    let probes = ahead.failures == 0 ? "" : "; \(ahead.failures) sectors in it were tried once"
    try takeGap(
      to: edge.start, "skipped after \(options.skipAfter) unreadable sectors in a row\(probes)",
      stream)
    guard stream.end == edge.start else { return }  // Somebody interrupted.
    for sector in edge.sectors {
      try stream.takeUnreadable(sector.count, errno: sector.errno, attempts: sector.attempts)
    }
  }

  /// The first place that can be read, going ahead in steps; nil where it is better to go on as before.
  private func probe(
    _ failing: FailingSource<some PlacedSource>, from: UInt64, below size: UInt64,
    _ stream: ItemStream
  ) throws(BuktiError) -> (place: UInt64, failures: Int)? {
    var step = Self.firstSkip
    var place = from
    var failures = 0
    while size - place > step {
      if options.isInterrupted() { return nil }
      place += step
      place -= place % failing.sector
      let count = Int(failing.rest(from: place, below: size))
      switch read(failing, count, at: place, attempts: 1) {
      case .read(0): return nil
      case .read: return (place, failures)
      case .failed(let errno, _):
        if Self.gone.contains(errno) { return nil }
        failures += 1
      }
      step = min(step * 2, Self.longestSkip)
      try sealer.keepIfLate(stream)
    }
    return (size, failures)
  }

  /// Sectors in a row at which the pass from the other side ended.
  private struct FarEdge {
    var start: UInt64
    /// Ascending.
    var sectors: [(count: UInt64, errno: Int32, attempts: UInt64)] = []
  }

  /// Goes from `end` towards `from` until as many sectors in a row fail as on the near side; nil where
  /// it got there. What can be read is read again on the way forth, mostly from the system's memory.
  private func trim(
    _ failing: FailingSource<some PlacedSource>, from: UInt64, to end: UInt64,
    _ stream: ItemStream
  ) throws(BuktiError) -> FarEdge? {
    var place = end
    var sectorwiseFrom = end
    var edge = FarEdge(start: end)
    while place > from {
      if options.isInterrupted() { return nil }
      if place <= sectorwiseFrom, place - from >= Self.firstSkip {
        let block = min(Self.firstSkip, UInt64(log.pipeline.chunkSize))
        if isReadable(failing.source, Int(block), at: place - block) {
          place -= block
          edge.sectors = []
          continue
        }
        sectorwiseFrom = place - block
      }
      let start = max(from, (place - 1) / failing.sector * failing.sector)
      switch read(failing, Int(place - start), at: start, attempts: options.attempts) {
      case .read(0): return nil
      case .read: edge.sectors = []
      case .failed(let errno, let attempts):
        edge.sectors.insert((place - start, errno, attempts), at: 0)
        edge.start = start
        if edge.sectors.count >= options.skipAfter { return edge }
      }
      place = start
      try sealer.keepIfLate(stream)
    }
    return nil
  }

  private func isReadable(
    _ source: some PlacedSource, _ count: Int, at offset: UInt64
  ) -> Bool {
    (try? unsafe source.read(into: log.pipeline.room(count), at: offset)) == count
  }

  /// Reads up to a sector into the buffer behind what is there, as often as asked for.
  private func read(
    _ failing: FailingSource<some PlacedSource>, _ count: Int, at offset: UInt64, attempts: Int,
    to filled: Int = 0
  ) -> SectorOutcome {
    var errno: Int32 = EIO
    var tried: UInt64 = 0
    for _ in 0..<max(1, attempts) {
      if tried > 0, options.isInterrupted() { break }
      do throws(BuktiError) {
        return .read(try readOnce(failing, count, at: offset, to: filled))
      } catch { errno = error.errno ?? EIO }
      tried += 1
    }
    return .failed(errno: errno, attempts: tried)
  }

  private func readOnce(
    _ failing: FailingSource<some PlacedSource>, _ count: Int, at offset: UInt64, to filled: Int
  ) throws(BuktiError) -> Int {
    let room = unsafe log.pipeline.room(count, from: filled)
    let isWhole = offset % failing.sector == 0 && UInt64(count) == failing.sector
    if let direct = failing.direct, isWhole {
      do throws(BuktiError) {
        return unsafe try direct.read(into: room, at: offset)
      } catch {
        guard error.errno == EINVAL else { throw error }
      }
    }
    return unsafe try failing.source.read(into: room, at: offset)
  }
}
