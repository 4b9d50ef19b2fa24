import BuktiFormat
import BuktiStore

/// How reading a source ended.
enum ReadingEnd {
  /// All was read that was to be read.
  case whole
  /// The source gave less than it promised, or another error than a place that cannot be read.
  case short(String)
  case interrupted
}

/// Bytes that can be read at any place, with holes and places that cannot be read.
protocol PlacedSource {
  /// What is given up at once where it cannot be read, in bytes.
  var sectorSize: Int { get }
  /// The same, read past the system's memory; nil where that makes no difference.
  func unbuffered() -> Self?
  func size() throws(BuktiError) -> UInt64
  func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(BuktiError) -> Int
  func nextData(from offset: UInt64, below end: UInt64) throws(BuktiError) -> Range<UInt64>?
}

extension SourceFile: PlacedSource {
  /// Of a device its logical sector; of a file the page, which is what the system reads.
  var sectorSize: Int {
    guard let device = try? device(), device.logicalSector > 0 else { return 4096 }
    return Int(device.logicalSector)
  }
}

/// Copies sources into items, chunk by chunk.
final class SourceReader {
  /// Shorter holes are read: a record of their own would cost more.
  private static let holeFrom: UInt64 = 64 << 10
  let sealer: Sealer
  let options: WriterOptions
  var log: RecordLog { sealer.log }
  /// Bytes read from sources, holes and gaps among them.
  private(set) var bytesRead: UInt64 = 0

  init(sealer: Sealer, options: WriterOptions) {
    self.sealer = sealer
    self.options = options
  }

  /// Copies the first `size` bytes of a file or device; what cannot be read becomes gaps.
  ///
  /// - Parameter map: what of it is worth reading; the rest becomes gaps, too.
  /// - Throws: errors of the bundle alone.
  func copy<Source: PlacedSource>(
    _ file: Source, size: UInt64, map: RescueMap? = nil, to stream: ItemStream
  ) throws(BuktiError) -> ReadingEnd {
    // What is shorter than the shortest hole that counts is read.
    var dataEnd: UInt64 = size < Self.holeFrom ? size : 0
    var failing: FailingSource<Source>?
    while stream.end < size {
      if options.isInterrupted() { return .interrupted }
      let before = stream.end
      var limit = size
      if let block = map?.block(at: stream.end) {
        limit = min(size, block.end)
        if block.status != .finished {
          try takeGap(to: limit, RescueMap.reason(block.status), stream)
          try went(stream.end - before, stream)
          continue
        }
      }
      if stream.end >= dataEnd {
        guard let end = try skipHole(of: file, below: limit, stream) else { continue }
        dataEnd = end
      }
      if try !copyChunk(of: file, below: limit, stream, &failing) {
        return .short("it became shorter")
      }
      try went(stream.end - before, stream)
    }
    return .whole
  }

  /// Copies a file that says it is empty, to its end: those of /proc have bytes all the same.
  ///
  /// - Throws: errors of the bundle alone.
  func copyUnstated(
    _ file: some PlacedSource, to stream: ItemStream
  ) throws(BuktiError) -> ReadingEnd {
    while !options.isInterrupted() {
      var count = 0
      do throws(BuktiError) {
        let room = log.pipeline.chunkSize(at: stream.end)
        count = unsafe try file.read(into: stream.room(room), at: stream.end)
      } catch { return .short("it could not be read: \(error.message)") }
      if count == 0 { return .whole }
      try stream.take(filled: count)
      try went(UInt64(count), stream)
    }
    return .interrupted
  }

  /// Takes a hole without reading it and returns where the data behind it end; nil after a hole.
  private func skipHole(
    of file: some PlacedSource, below size: UInt64, _ stream: ItemStream
  ) throws(BuktiError) -> UInt64? {
    let place = stream.end
    var data: Range<UInt64>?
    do throws(BuktiError) { data = try file.nextData(from: place, below: size) } catch {
      return size
    }
    // A file that was cut short looks like a hole: only reading tells the two apart.
    if data == nil, let now = try? file.size(), now < size { return size }
    let start = data?.lowerBound ?? size
    guard start - place >= Self.holeFrom || data == nil else { return data?.upperBound }
    if start == place { return data?.upperBound }
    let count = min(start - place, ItemStream.holeStep)
    try stream.takeZeros(count)
    try went(count, stream)
    return nil
  }

  /// Copies one chunk; false at the end of the file.
  private func copyChunk<Source: PlacedSource>(
    of file: Source, below size: UInt64, _ stream: ItemStream,
    _ failing: inout FailingSource<Source>?
  ) throws(BuktiError) -> Bool {
    let wanted = Int(min(UInt64(log.pipeline.chunkSize(at: stream.end)), size - stream.end))
    var count = 0
    do throws(BuktiError) {
      count = unsafe try file.read(into: stream.room(wanted), at: stream.end)
    } catch {
      var source = failing ?? FailingSource(file, room: log.pipeline.chunkSize)
      defer { failing = source }
      return try copySectors(of: &source, count: wanted, below: size, stream)
    }
    if count == 0 { return false }
    failing?.inARow = 0
    try stream.take(filled: count)
    return true
  }

  /// Copies a stream of unknown length to its end.
  ///
  /// Where it falls silent, what was read is written once a mark or a seal is due.
  /// - Throws: errors of the bundle alone.
  func copy(_ source: any ByteSource, to stream: ItemStream) throws(BuktiError) -> ReadingEnd {
    while true {
      if options.isInterrupted() { return .interrupted }
      let (count, stop) = fill(from: source, stream)
      try stream.take(filled: count)
      try went(UInt64(count), stream)
      switch stop {
      case .full, .due: continue
      // ^C ends the programs that write to the pipe as well: such an end says nothing.
      case .end: return options.isInterrupted() ? .interrupted : .whole
      case .failure(let error) where error.code == .interrupted: return .interrupted
      case .failure(let error): return .short("it could not be read on: \(error.message)")
      }
    }
  }

  /// Why a chunk of a stream ends where it ends.
  private enum Stop {
    case full, due, end
    case failure(BuktiError)
  }

  /// Reads until the buffer is full, or what it holds has waited long enough.
  private func fill(
    from source: any ByteSource, _ stream: ItemStream
  ) -> (count: Int, stop: Stop) {
    var count = 0
    let size = log.pipeline.chunkSize(at: stream.end)
    while count < size {
      let room = unsafe stream.room(size)
      do throws(BuktiError) {
        if let patience = sealer.patience(isHolding: count > 0 || stream.isWaiting),
          try !source.isReadable(within: patience)
        {
          return (count, .due)
        }
        let step = unsafe try source.read(
          into: UnsafeMutableRawBufferPointer(rebasing: room[count...]))
        if step == 0 { return (count, .end) }
        count += step
      } catch { return (count, .failure(error)) }
    }
    return (count, .full)
  }

  private func went(_ count: UInt64, _ stream: ItemStream) throws(BuktiError) {
    bytesRead += count
    options.progress?(bytesRead)
    try sealer.keepIfLate(stream)
  }
}
