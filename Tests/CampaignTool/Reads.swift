import BuktiFormat
import BuktiStore
import BuktiVerifier

/// Random reads of 4 KiB of the first item of a bundle, every byte proven: how many there are in a second.
func reads(of path: String, count: Int) throws -> [Bool] {
  let clock = ContinuousClock()
  var open: [Duration] = []
  for _ in 0..<5 {
    open.append(
      try clock.measure {
        _ = try BundleReader(BundleVolumes.open(at: Array(path.utf8), elsewhere: []), at: 0)
      })
  }
  let reader = try BundleReader(BundleVolumes.open(at: Array(path.utf8), elsewhere: []), at: 0)
  let item = try reader.open(reader.find(.id(1)))
  var random = SystemRandomNumberGenerator()
  var each: [Duration] = []
  let size = 4096
  let blocks = item.size / UInt64(size)
  guard blocks > 0 else { throw BuktiError(.usage, "The first item is smaller than a read.") }
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 64)
  defer { unsafe buffer.deallocate() }
  let all = try clock.measure {
    for _ in 0..<count {
      let place = UInt64.random(in: 0..<blocks, using: &random) * UInt64(size)
      each.append(try clock.measure { _ = unsafe try item.read(into: buffer, at: place) })
    }
  }
  each.sort()
  open.sort()
  print("opened in \(open[2]), median of 5; \(reader.checkpoint.size) records")
  print(
    "\(count) reads of 4 KiB at random: \(Int(Double(count) / (all / .seconds(1)))) a second, median \(each[count / 2]), 99 % within \(each[count * 99 / 100])"
  )
  return [true]
}
