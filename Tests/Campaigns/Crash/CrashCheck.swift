import BuktiEngines
public import BuktiFormat
import BuktiStore
import BuktiTrust
import BuktiVerifier
public import BuktiWriter

/// What a disk holds after a loss of power, held against what was written and reported before.
public struct CrashCheck {
  /// Opens a bundle, whatever state it is in.
  public typealias Opening = (RecordingDisk) throws(BuktiError) -> BundleWriter

  let workload: CrashWorkload
  let open: Opening

  public init(_ workload: CrashWorkload, open: Opening? = nil) {
    self.workload = workload
    let key = workload.key
    if let open {
      self.open = open
    } else {
      self.open = { (disk) throws(BuktiError) in try CrashWorkload.open(disk, key) }
    }
  }

  /// What the end of the bundle is taken for.
  struct Found: Hashable {
    /// Of everything up to there.
    let digest: Hash
    let isTorn: Bool
  }

  /// Reads the end.
  ///
  /// - Returns: nil where there is rightly nothing to go on from.
  func find(_ image: RecordingDisk.Image, _ sealed: UInt64?) throws -> Found? {
    let end: BundleEnd
    do throws(BuktiError) {
      end = try BundleWriter.examine(
        image.map { MemoryStorage($0) }, Office.acceptance(of: workload.key))
    } catch {
      // Only before the first seal may there be nothing to go on from.
      let isEmpty = [.preambleTruncated, .preambleMagic, .damaged].contains(error.code)
      if sealed == nil, isEmpty { return nil }
      throw Violation("it cannot be opened: \(error)")
    }
    let found = end.extends?.size ?? 0
    if found < sealed ?? 0 { throw Violation("seal \(sealed ?? 0) was reported and is lost") }
    let last = image.count - (end.tornBytesStay ? 2 : 1)
    let kept = image[..<last] + [image[last].dropLast(Int(end.tornBytes))]
    let digest = CrashWorkload.digest(kept)
    guard workload.written.contains(digest) else {
      throw Violation("what was never written is taken for records")
    }
    return Found(digest: digest, isTorn: end.tornBytes > 0)
  }

  /// Goes on from an image, seals, and has the verifier judge.
  ///
  /// - Returns: the disk with what recovery did.
  @discardableResult
  public func goOn(_ image: RecordingDisk.Image, _ sealed: UInt64?) throws -> RecordingDisk {
    let disk = RecordingDisk(image)
    let acceptance = Office.acceptance(of: workload.key)
    do {
      try open(disk).finish()
      // Once recovered there is nothing left to recover.
      let end = try BundleWriter.examine(disk.storages, acceptance)
      if end.tornBytes != 0 { throw Violation("recovery leaves torn bytes") }
      var writer = try open(disk)
      for item in writer.suspendedItems { try writer.abandon(item.id, reason: "power") }
      let more = ItemDescription(kind: .file, name: Array("after".utf8))
      try writer.add(MemorySource([1, 2, 3]), as: more)
      let receipt = try writer.seal([workload.key])
      try writer.finish()
      let after = try BundleWriter.examine(disk.storages, acceptance)
      guard after.extends?.size == receipt.record, after.unsealedCount == 0 else {
        throw Violation("the seal after recovery is not found")
      }
    } catch let error as BuktiError { throw Violation("recovery fails: \(error)") }
    try verify(disk.volumes, sealed)
    return disk
  }

  private func verify(_ volumes: [[UInt8]], _ sealed: UInt64?) throws {
    let verifier = BundleVerifier(Office.options(pinning: workload.key))
    let report = try verifier.verify(volumes: volumes.map { MemorySource($0) })
    guard report.holds else {
      throw Violation("after recovery: \(report.failing.map(\.code)), \(report.main)")
    }
    let seals = Set(report.seals.map(\.record))
    for (_, seal) in workload.acknowledged where seal <= sealed ?? 0 && !seals.contains(seal) {
      throw Violation("seal \(seal) was reported and is not listed")
    }
  }
}

/// What must not happen.
public struct Violation: Error, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}
