import BuktiCampaigns
import BuktiStore
import BuktiTrust
import Glibc

/// The long form: 20 GB and 5 million frames, 10 million records, 100 GB and 5 TB of stored zeros; or some of these.
///
/// Needs 21 GB of free space in the folder, one bundle after the other.
func size(in folder: String, _ parts: [String]) throws -> [Bool] {
  let key = try Office.key("Examiner")
  let all = ["frames", "records", "hundred-gigabytes", "terabytes"]
  return try (parts.isEmpty ? all : parts).map { try size($0, in: folder, key) }
}

private func size(_ part: String, in folder: String, _ key: SigningKey) throws -> Bool {
  switch part {
  case "frames":
    return try onDisk("20 GB in 5,000,000 frames", folder) { storage in
      try SizeCampaign.frames(5_000_000, in: storage, key, verifies: true, say)
    }
  case "records":
    return try onDisk("10,000,000 records", folder) { storage in
      try SizeCampaign.records(10_000_000, in: storage, key, say)
    }
  case "hundred-gigabytes":
    return try run("100 GB of stored zeros") {
      try SizeCampaign.sparse(100 << 30, key, verifies: true, say)
    }
  case "terabytes":
    return try run("5 TB of stored zeros") {
      try SizeCampaign.sparse(5 << 40, key, verifies: false, say)
    }
  default:
    print("There is no part \(part).")
    return false
  }
}

/// Bundles of up to 4,000,000 frames, the largest of 1 GB: how long opening one takes.
func openings(in folder: String, _ counts: [UInt64]) throws -> [Bool] {
  let key = try Office.key("Examiner")
  let counts = counts.isEmpty ? [10_000, 200_000, 4_000_000] : counts
  return try counts.map { count in
    try onDisk("\(count) frames", folder) { storage in
      try OpeningCampaign.run(frames: count, reads: 20_000, in: storage, key, say)
    }
  }
}

/// Makes the bundle in a file, and wants it done in 200 MB of memory.
private func onDisk(
  _ name: String, _ folder: String, _ body: (FileStorage) throws -> Outcomes
) throws -> Bool {
  let path = "\(folder)/bukti-size-\(getpid()).bukti"
  defer { _ = unsafe unlink(path) }
  let isRight = try run(name) { try body(try FileStorage.create(at: Array(path.utf8))) }
  return isRight && peakMemory() <= 200 << 10
}

private func say(_ line: String) {
  print("  \(line); most memory so far \(peakMemory() >> 10) MiB")
  fflush(nil)
}

/// The most memory that this process had at once, in KiB.
private func peakMemory() -> Int {
  var usage = rusage()
  return unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 ? usage.ru_maxrss : 0
}
