import BuktiFormat
import BuktiStore
import BuktiVerifier

/// Which records count, known before the first byte is written.
struct ExtractionPlan {
  enum Standing {
    case sealed
    case unsealed
    case refused
  }

  /// Nil where no seal can be found and proven from the end.
  let reader: BundleReader?
  /// Record numbers of the sessions, ascending, as far as they are known.
  let sessions: [UInt64]
  /// Plain bytes of all items that will be written; nil where that is not known.
  private(set) var plainBytes: UInt64? = 0
  private let sealedCount: UInt64
  private let refused: [Range<UInt64>]
  /// Whether each item record is sealed, where the end could not tell.
  private let listed: [UInt64: Bool]?

  /// Asks the end of the bundle; where that is damaged, verifies the whole bundle once beforehand.
  init(
    _ volumes: [any Storage], _ verification: VerificationOptions, includesUnsealed: Bool,
    isCancelled: (() -> Bool)?
  ) throws(BuktiError) {
    do throws(BuktiError) {
      try self.init(atEndOf: volumes, verification)
      if includesUnsealed { plainBytes = nil }
    } catch {
      if [.io, .preambleMagic, .preambleTruncated, .preambleVersion].contains(error.code) {
        throw error
      }
      let report = try BundleVerifier(verification).verify(
        volumes: volumes.map { StorageSource($0) }, isCancelled: isCancelled)
      self.init(report, includesUnsealed: includesUnsealed)
    }
  }

  private init(
    atEndOf volumes: [any Storage], _ verification: VerificationOptions
  ) throws(BuktiError) {
    let reader = try BundleReader(
      volumes, roots: verification.roots, pins: verification.pins, at: verification.time)
    self.reader = reader
    sessions = try reader.sessions()
    sealedCount = reader.checkpoint.size
    refused = try reader.refused() + Self.refusedAfterwards(reader)
    listed = nil
    let sealed = try reader.items().filter { standing(of: $0.record) == .sealed }
    plainBytes = Self.sum(sealed.map(\.size))
  }

  private init(_ report: Report, includesUnsealed: Bool) {
    reader = nil
    sessions = []
    sealedCount = 0
    refused = []
    var listed: [UInt64: Bool] = [:]
    for item in report.listing { listed[item.record] = item.sealedBy != nil }
    self.listed = listed
    let written = report.listing.filter { includesUnsealed || $0.sealedBy != nil }
    plainBytes = Self.sum(written.map(\.size))
  }

  /// The sum of sizes, where an unknown one counts for nothing; the highest number if it is too high.
  static func sum(_ sizes: [UInt64?]) -> UInt64 {
    sizes.reduce(0) { sum, size in
      let (value, overflows) = sum.addingReportingOverflow(size ?? 0)
      return overflows ? .max : value
    }
  }

  /// Records that a session refuses which no seal covers yet: also what seemed sealed means nothing then.
  private static func refusedAfterwards(_ reader: BundleReader) -> [Range<UInt64>] {
    let records = reader.index.reader
    var ranges: [Range<UInt64>] = []
    var address = reader.index.end.sealRecord.end
    while let record = try? records.record(at: address) {
      if record.core.type == .session,
        let refuses = (try? records.content(Session.self, of: record))?.refuses,
        refuses.first < record.core.number, refuses.count <= record.core.number - refuses.first
      {
        ranges.append(refuses.first..<(refuses.first + refuses.count))
      }
      address = record.end
    }
    return ranges
  }

  /// What an item record of this number would count for.
  func standing(of record: UInt64) -> Standing {
    if let listed {
      guard let isSealed = listed[record] else { return .refused }
      return isSealed ? .sealed : .unsealed
    }
    if refused.contains(where: { $0.contains(record) }) { return .refused }
    return record < sealedCount ? .sealed : .unsealed
  }

  /// Whether an item that has a record here may be closed by one that counts.
  func mayCount(_ record: UInt64, includesUnsealed: Bool) -> Bool {
    if listed != nil { return true }
    if refused.contains(where: { $0.contains(record) }) { return false }
    return includesUnsealed || record < sealedCount
  }
}
