import BuktiEngines
import BuktiFormat
import BuktiStore
import BuktiTrust
import BuktiVerifier
import Glibc

/// Reads of 4 KiB at places that someone else drew, each proven up to a seal by a signer that is trusted.
struct Reads {
  static let size = 4096

  /// Prints how many a second, the median in microseconds and the SHA-256 of all that was read.
  func measure(bundle: String, item: String, offsets: String, pin: Hash) throws {
    let start = ContinuousClock.now
    let volumes = try BundleVolumes.open(at: Array(bundle.utf8))
    let reader = try BundleReader(volumes, pins: [pin], at: Int64(time(nil)))
    guard reader.signatures.flatMap(\.signers).contains(where: \.isAccepted) else {
      fail("the seal is not by the signer")
    }
    let source = try reader.open(reader.find(ItemSelector(Array(item.utf8))))
    let opened = ContinuousClock.now
    let (digest, times) = try read(source, places(in: offsets))
    let seconds = times.reduce(0, +)
    let sorted = times.sorted()
    print(
      """
      {"reads": \(times.count), "rate": \(Double(times.count) / seconds), \
      "p50": \(sorted[sorted.count / 2] * 1e6), "p99": \(sorted[sorted.count * 99 / 100] * 1e6), \
      "open": \((opened - start) / .seconds(1)), "sha256": "\(Hex.encode(digest))"}
      """)
  }

  private func read(
    _ source: ItemReader, _ places: [UInt64]
  ) throws -> (digest: [UInt8], seconds: [Double]) {
    let digest = try ItemDigest(.sha256)
    let buffer = Memory(Self.size)
    var seconds: [Double] = []
    for place in places {
      let start = ContinuousClock.now
      let read = unsafe try source.read(into: buffer.bytes, at: place)
      seconds.append((ContinuousClock.now - start) / .seconds(1))
      if read.count != Self.size { fail("a read at \(place) is short") }
      buffer.with(0..<Self.size) { digest.update($0) }
    }
    return (digest.value(), seconds)
  }

  /// Offsets as 8 bytes each, the low ones first.
  private func places(in path: String) -> [UInt64] {
    let file = File(path)
    let memory = Memory(max(8, file.size))
    guard file.read(memory, at: 0, to: 0..<memory.count) == memory.count else {
      fail("\(path) cannot be read")
    }
    return memory.with(0..<memory.count / 8 * 8) { bytes in
      stride(from: 0, to: bytes.byteCount, by: 8).map { place in
        unsafe UInt64(
          littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: place, as: UInt64.self))
      }
    }
  }
}
