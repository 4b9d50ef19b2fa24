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
  /// Item records that the last seal covers, where it was found.
  private(set) var sealed = RecordSet()
  private let sealedCount: UInt64
  private let refused: RecordRanges
  /// What the whole bundle says, where the end could not tell.
  private let verified: RecordStanding?

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
      var verification = verification
      verification.listsItems = true
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
    refused = RecordRanges(try reader.refused().ranges + Self.refusedAfterwards(reader))
    verified = nil
    var sealed = RecordSet()
    var bytes: UInt64 = 0
    try reader.forEachItem { (entry) throws(BuktiError) in
      guard standing(of: entry.record) == .sealed else { return }
      sealed.insert(entry.record)
      bytes = Self.sum(bytes, entry.size)
    }
    self.sealed = sealed
    plainBytes = bytes
  }

  private init(_ report: Report, includesUnsealed: Bool) {
    reader = nil
    sessions = []
    sealedCount = 0
    refused = RecordRanges()
    verified = report.standing
    plainBytes = report.listing.reduce(0) { sum, item in
      includesUnsealed || item.sealedBy != nil ? Self.sum(sum, item.size) : sum
    }
  }

  /// A sum of sizes, where an unknown one counts for nothing; the highest number if it is too high.
  static func sum(_ sum: UInt64, _ size: UInt64?) -> UInt64 {
    let (value, overflows) = sum.addingReportingOverflow(size ?? 0)
    return overflows ? .max : value
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
    if let verified {
      if verified.refused.contains(record) { return .refused }
      return verified.seal(over: record) == nil ? .unsealed : .sealed
    }
    if refused.contains(record) { return .refused }
    return record < sealedCount ? .sealed : .unsealed
  }

  /// Whether an item that has a record here may be closed by one that counts.
  func mayCount(_ record: UInt64, includesUnsealed: Bool) -> Bool {
    if let verified {
      if verified.refused.contains(record) { return false }
      return includesUnsealed || verified.seal(over: record) != nil
    }
    if refused.contains(record) { return false }
    return includesUnsealed || record < sealedCount
  }

  /// Whether a session is one of those that are counted.
  func counts(session record: UInt64) -> Bool { verified != nil || !refused.contains(record) }

  /// Which session it is, counted from 1; nil for one that the last seal does not cover.
  func ordinal(ofSession record: UInt64) -> Int? {
    let place = sessions.partitioningIndex { $0 >= record }
    return place < sessions.count && sessions[place] == record ? place + 1 : nil
  }
}
