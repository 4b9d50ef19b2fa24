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
  func size() throws(BuktiError) -> UInt64
  func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(BuktiError) -> Int
  func nextData(from offset: UInt64, below end: UInt64) throws(BuktiError) -> Range<UInt64>?
}

extension SourceFile: PlacedSource {}

/// Copies sources into items, chunk by chunk.
final class SourceReader {
  /// Shorter holes are read: a record of their own would cost more.
  private static let holeFrom: UInt64 = 64 << 10
  /// What is given up at once where the source cannot be read: the page that the system reads.
  private static let blockSize = 4096

  private let log: RecordLog
  private let options: WriterOptions
  private let buffer: ChunkBuffer
  /// Bytes read from sources, holes and gaps among them.
  private(set) var bytesRead: UInt64 = 0

  init(log: RecordLog, options: WriterOptions) {
    self.log = log
    self.options = options
    let size = min(max(options.chunkSize, Self.blockSize), Int(Limits.maxPlainLength))
    buffer = ChunkBuffer(size)
  }

  /// Copies the first `size` bytes of a file or device; what cannot be read becomes gaps.
  /// - Throws: errors of the bundle alone.
  func copy(
    _ file: some PlacedSource, size: UInt64, to stream: ItemStream
  ) throws(BuktiError) -> ReadingEnd {
    var dataEnd: UInt64 = 0
    while stream.end < size {
      if options.isInterrupted() { return .interrupted }
      if stream.end >= dataEnd {
        guard let end = try skipHole(of: file, below: size, stream) else { continue }
        dataEnd = end
      }
      let before = stream.end
      if try !copyChunk(of: file, below: size, stream) { return .short("it became shorter") }
      try went(stream.end - before, stream)
    }
    return .whole
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
    try stream.takeZeros(start - place)
    try went(start - place, stream)
    return nil
  }

  /// Copies one chunk; false at the end of the file.
  private func copyChunk(
    of file: some PlacedSource, below size: UInt64, _ stream: ItemStream
  ) throws(BuktiError) -> Bool {
    let wanted = Int(min(UInt64(buffer.count), size - stream.end))
    var count = 0
    do throws(BuktiError) {
      count = unsafe try file.read(into: buffer.room(wanted), at: stream.end)
    } catch {
      return try copyBlocks(of: file, count: wanted, stream)
    }
    if count == 0 { return false }
    try buffer.withFilled(count) { (chunk) throws(BuktiError) in try stream.take(chunk) }
    return true
  }

  /// Goes through a chunk that cannot be read at once, block by block.
  private func copyBlocks(
    of file: some PlacedSource, count: Int, _ stream: ItemStream
  ) throws(BuktiError) -> Bool {
    let end = stream.end + UInt64(count)
    while stream.end < end {
      if options.isInterrupted() { return true }
      let toEdge = UInt64(Self.blockSize) - stream.end % UInt64(Self.blockSize)
      let wanted = min(toEdge, end - stream.end)
      var failure: BuktiError?
      var count = 0
      for _ in 0..<max(1, options.attempts) {
        do throws(BuktiError) {
          count = unsafe try file.read(into: buffer.room(Int(wanted)), at: stream.end)
          failure = nil
          break
        } catch { failure = error }
      }
      if let failure {
        try stream.takeUnreadable(
          wanted, errno: failure.errno ?? 5, attempts: UInt64(max(1, options.attempts)))
      } else if count == 0 {
        return false
      } else {
        try buffer.withFilled(count) { (block) throws(BuktiError) in try stream.take(block) }
      }
    }
    return true
  }

  /// Copies a stream of unknown length to its end.
  /// - Throws: errors of the bundle alone.
  func copy(_ source: any ByteSource, to stream: ItemStream) throws(BuktiError) -> ReadingEnd {
    while true {
      if options.isInterrupted() { return .interrupted }
      var count = 0
      var failure: BuktiError?
      while count < buffer.count {
        let room = unsafe buffer.room(buffer.count)
        do throws(BuktiError) {
          let step = unsafe try source.read(
            into: UnsafeMutableRawBufferPointer(rebasing: room[count...]))
          if step == 0 { break }
          count += step
        } catch {
          failure = error
          break
        }
      }
      try buffer.withFilled(count) { (chunk) throws(BuktiError) in try stream.take(chunk) }
      try went(UInt64(count), stream)
      if failure?.code == .interrupted { return .interrupted }
      if let failure { return .short("it could not be read on: \(failure.message)") }
      // ^C ends the programs that write to the pipe as well: such an end says nothing.
      if count < buffer.count { return options.isInterrupted() ? .interrupted : .whole }
    }
  }

  private func went(_ count: UInt64, _ stream: ItemStream) throws(BuktiError) {
    bytesRead += count
    options.progress?(bytesRead)
    try log.markIfDue()
  }
}
