import BuktiCampaigns
import BuktiStore
import Glibc

/// The long form: 20 GB and 5 million frames, 10 million records, 100 GB and 5 TB of stored zeros.
///
/// Needs 21 GB of free space in the folder, one bundle after the other.
func size(in folder: String) throws -> [Bool] {
  let key = try Office.key("Examiner")
  var results: [Bool] = []
  func onDisk(_ name: String, _ body: (FileStorage) throws -> Outcomes) throws {
    let path = "\(folder)/bukti-size-\(getpid()).bukti"
    defer { _ = unsafe unlink(path) }
    results.append(try run(name) { try body(try FileStorage.create(at: Array(path.utf8))) })
  }
  func say(_ line: String) {
    print("  \(line); most memory so far \(peakMemory() >> 10) MiB")
    fflush(nil)
  }
  try onDisk("20 GB in 5,000,000 frames") { storage in
    try SizeCampaign.frames(5_000_000, in: storage, key, verifies: true, say)
  }
  try onDisk("10,000,000 records") { storage in
    try SizeCampaign.records(10_000_000, in: storage, key, say)
  }
  results.append(peakMemory() <= 200 << 10)
  // What follows holds its bundles in memory.
  results.append(
    try run("100 GB of stored zeros") {
      try SizeCampaign.sparse(100 << 30, key, verifies: true, say)
    })
  results.append(
    try run("5 TB of stored zeros") { try SizeCampaign.sparse(5 << 40, key, verifies: false, say) })
  return results
}

/// The most memory that this process had at once, in KiB.
private func peakMemory() -> Int {
  var usage = rusage()
  return unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 ? usage.ru_maxrss : 0
}
