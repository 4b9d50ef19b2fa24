import CBench
import Glibc

/// What the system asks for many small files: to open, look at, read and close each, and to make each.
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
