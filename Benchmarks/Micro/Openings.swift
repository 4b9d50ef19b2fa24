import BuktiFormat
import BuktiStore
import BuktiVerifier
import Glibc

/// How long opening a bundle takes: its last seal found and the tail before it proven.
struct Openings {
  private let count = 9

  /// Prints the number of records that can be read then, and the median in seconds.
  func measure(bundle: String) throws {
    var seconds: [Double] = []
    var records: UInt64 = 0
    for _ in 0..<count {
      let start = ContinuousClock.now
      let volumes = try BundleVolumes.open(at: Array(bundle.utf8))
      let reader = try BundleReader(volumes, at: Int64(time(nil)))
      seconds.append((ContinuousClock.now - start) / .seconds(1))
      records = reader.checkpoint.size
    }
    print("{\"records\": \(records), \"open\": \(seconds.sorted()[count / 2])}")
  }
}
