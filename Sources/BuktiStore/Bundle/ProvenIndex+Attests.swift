public import BuktiFormat

/// An attest and the number of its record.
public struct StoredAttest: Sendable, Hashable {
  public let record: UInt64
  public let attest: Attest
}

extension ProvenIndex {
  /// The attests that the seal covers and no session refused, and those that directly follow it: these are proven by
  /// nothing but their own signatures.
  ///
  /// - Parameter refused: what sessions refused.
  /// - Throws: as `row(_:)`.
  public func attests(notIn refused: RecordRanges) throws(BuktiError) -> [StoredAttest] {
    var found: [StoredAttest] = []
    for number in try records(of: [.attest])[.attest] ?? [] where !refused.contains(number) {
      found.append(StoredAttest(record: number, attest: try content(Attest.self, of: number)))
    }
    var (place, previous) = (end.sealRecord.end, end.sealRecord)
    while place < reader.volumes.end, let record = try reader.candidate(at: place) {
      guard record.core.type == .attest, record.core.previous == previous.hash,
        record.core.number == previous.core.number + 1, try reader.hasPayload(of: record),
        let attest = try? reader.content(Attest.self, of: record)
      else { break }
      found.append(StoredAttest(record: record.core.number, attest: attest))
      (place, previous) = (record.end, record)
    }
    return found
  }
}
