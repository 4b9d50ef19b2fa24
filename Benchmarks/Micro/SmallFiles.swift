import BuktiEngines
import BuktiFormat
import CBench
import Glibc

/// What many small files ask for: of the system to open, look at, read and close each, and to make each; of the encoder
/// a code of its own for each.
struct SmallFiles {
  let watch: Stopwatch
  let folder: String
  let scratch: String

  /// - Parameter list: a file with a path beneath the folder in each line.
  func measure(_ list: String) {
    let file = File(list)
    let text = Memory(max(1, file.size))
    guard file.read(text, at: 0, to: 0..<text.count) == text.count else {
      fail("\(list) cannot be read")
    }
    let lines = unsafe text.bytes.split(separator: UInt8(ascii: "\n"))
    let paths = unsafe lines.map { unsafe Array($0).map(CChar.init(bitPattern:)) + [0] }
    let directory = File(folder, O_RDONLY | O_DIRECTORY)
    let buffer = Memory(1 << 20)
    watch.rate("read-file", .nanoseconds) {
      for path in paths {
        let count = unsafe bench_read_file(
          directory.descriptor, path, buffer.bytes.baseAddress, buffer.count)
        if count < 0 { fail("a file of \(folder) cannot be read") }
      }
      return paths.count
    }
    write(paths.count, buffer)
    unsafe deflate(lines.map { unsafe String(decoding: $0, as: UTF8.self) })
  }

  /// In MB of all files, of which those that do not shrink take no time: the product finds them by a look at a few KiB.
  private func deflate(_ paths: [String]) {
    let engine = FastDeflate()
    let room = Memory(Sample.chunk)
    var bytes = 0
    var shrunk: [(file: Memory, part: Range<Int>)] = []
    for path in paths {
      let file = File("\(folder)/\(path)")
      let memory = Memory(max(1, file.size))
      bytes += file.read(memory, at: 0, to: 0..<memory.count)
      close(file.descriptor)
      for start in stride(from: 0, to: memory.count, by: Sample.chunk) {
        let part = start..<min(start + Sample.chunk, memory.count)
        let shrinks = deflate(engine, memory, part, room) < part.count / 32 * 31
        if shrinks { shrunk.append((memory, part)) }
      }
    }
    watch.rate("deflate-files", .megabytes) {
      for chunk in shrunk { use(deflate(engine, chunk.file, chunk.part, room)) }
      return bytes
    }
  }

  /// Bytes of the body; of one that does not fit as many as there were.
  private func deflate(
    _ engine: FastDeflate, _ memory: Memory, _ part: Range<Int>, _ room: Memory
  ) -> Int {
    memory.with(part) { chunk in
      var out = unsafe OutputRawSpan(buffer: room.bytes, initializedCount: 0)
      let fits = engine.deflate(chunk, into: &out)
      let count = unsafe out.finalize(for: room.bytes)
      return fits ? count : part.count
    }
  }

  private func write(_ count: Int, _ buffer: Memory) {
    let place = scratch + "/files"
    if unsafe mkdir(place, 0o700) != 0 { fail("\(place) cannot be made") }
    let directory = File(place, O_RDONLY | O_DIRECTORY)
    let start = coreSeconds()
    for number in 0..<count {
      let result = unsafe bench_write_file(
        directory.descriptor, String(number), buffer.bytes.baseAddress, 13 << 10)
      if result < 0 { fail("\(place) cannot be written to") }
    }
    let seconds = coreSeconds() - start
    report("write-file", .nanoseconds, seconds / Double(count) * 1e9)
    for number in 0..<count { unsafe unlinkat(directory.descriptor, String(number), 0) }
    unsafe rmdir(place)
  }
}
