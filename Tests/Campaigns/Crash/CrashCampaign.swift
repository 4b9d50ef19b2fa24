import BuktiEngines
import BuktiFormat
import BuktiWriter

/// Every loss of power during three sessions over several volumes: no seal that was reported is lost, nothing is
/// taken for a record that was not written, and the bundle can be gone on with.
public struct CrashCampaign {
  private let workload: CrashWorkload
  private let check: CrashCheck
  private var seen: Set<Hash> = []
  private var found: Set<CrashCheck.Found> = []
  private var outcomes = Outcomes()
  private var interruptions = 0
  /// Recoveries that were gone through to their seal.
  public private(set) var recoveries = 0
  /// Losses of power within a recovery.
  public private(set) var interrupted = 0

  public init(_ workload: CrashWorkload) {
    self.workload = workload
    check = CrashCheck(workload)
  }

  /// Different ends at which the bundle was found.
  public var ends: Int { found.count }

  /// - Parameters:
  ///   - step: distance of the sizes that are tried within a sector.
  ///   - every: of states whose end was met before, each so many are gone on from.
  ///   - interruptions: of recoveries of a torn end, so many are interrupted at each change that they make.
  public mutating func run(
    step: Int, every: Int = 97, interruptions: Int = .max
  ) -> Outcomes {
    self.interruptions = interruptions
    for count in 0...workload.disk.changes.count {
      let sealed = workload.lastSeal(after: count)
      workload.disk.images(after: count, step: step) { image in
        let number = UInt64(workload.lastSeal(after: count) ?? 0)
        var salt = ByteWriter()
        salt.append(number)
        guard seen.insert(CrashWorkload.digest(image + [salt.bytes])).inserted else { return }
        attempt(image, sealed, goesOn: seen.count.isMultiple(of: every))
      }
    }
    return outcomes
  }

  private mutating func attempt(_ image: RecordingDisk.Image, _ sealed: UInt64?, goesOn: Bool) {
    do {
      if let end = try check.find(image, sealed) {
        // Ends that are taken for the same are gone on from in the same way; some are tried all the same.
        let isNew = found.insert(end).inserted
        if isNew || goesOn {
          let disk = try check.goOn(image, sealed)
          recoveries += 1
          if isNew, end.isTorn, interruptions > 0 { try interrupt(disk, sealed) }
        }
      }
      outcomes.expect(true, "")
    } catch {
      outcomes.expect(false, "\(image.map(\.count)) bytes, seal \(sealed ?? 0): \(error)")
    }
  }

  /// The power goes again, anywhere in the recovery.
  private mutating func interrupt(_ disk: RecordingDisk, _ sealed: UInt64?) throws {
    interruptions -= 1
    for count in 0...disk.changes.count {
      var images: [RecordingDisk.Image] = []
      disk.images(after: count, step: 600) { images.append($0) }
      // Everything, nothing, and three between.
      for place in Set([0, 1, 2, images.count / 2, images.count - 1]) where place < images.count {
        try check.goOn(images[place], sealed)
        interrupted += 1
      }
    }
  }

  /// Whether the tests notice a writer that leaves out a sync; what they found.
  public static func notices(
    _ omission: RecordingDisk.Omission, _ workload: CrashWorkload
  ) -> Violation? {
    let careless = try? CrashWorkload(workload.key, omission: omission)
    return careless.flatMap {
      firstViolation($0) { check, image, sealed in
        _ = try check.find(image, sealed)
      }
    }
  }

  /// Whether the tests notice an opening that leaves out a check; what they found.
  public static func notices(
    _ opening: @escaping CrashCheck.Opening, _ workload: CrashWorkload
  ) -> Violation? {
    firstViolation(workload) { _, image, sealed in
      if sealed == nil { return }
      try CrashCheck(workload, open: opening).goOn(image, sealed)
    }
  }

  private static func firstViolation(
    _ workload: CrashWorkload,
    _ body: (CrashCheck, RecordingDisk.Image, UInt64?) throws -> Void
  ) -> Violation? {
    let check = CrashCheck(workload)
    do {
      for count in 0...workload.disk.changes.count {
        try workload.disk.images(after: count, step: 500) { image in
          try body(check, image, workload.lastSeal(after: count))
        }
      }
    } catch { return error as? Violation ?? Violation("\(error)") }
    return nil
  }
}
