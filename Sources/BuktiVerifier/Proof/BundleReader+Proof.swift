public import BuktiFormat
import BuktiStore

/// A proof of a part, ready to be written.
public struct ProofPlan: Sendable {
  public let body: ProofBody
  /// Number of the seal that it is by.
  public let seal: UInt64
  /// Numbers of the records whose frames the range takes, ascending.
  public let frames: [UInt64]
  private let index: ProvenIndex

  init(_ body: ProofBody, seal: UInt64, frames: [UInt64], _ index: ProvenIndex) {
    self.body = body
    self.seal = seal
    self.frames = frames
    self.index = index
  }

  /// Writes header, body and frames, one frame at a time.
  ///
  /// - Throws: `proof-length`; `withheld`, `payload-digest` and the other codes of frames; `io`, and what
  ///   the sink throws.
  public func write(to sink: any ProofSink) throws(BuktiError) {
    let start = try body.encoded()
    try sink.take(start.span.raw)
    for number in frames {
      let shown = try ShownRecord(try index.record(number), index.reader)
      guard let payload = shown.payload else {
        throw BuktiError(.withheld, "Record \(number) is withheld in this copy.", record: number)
      }
      try sink.take(shown.core.span.raw)
      try sink.take(payload.span.raw)
    }
  }
}

extension BundleReader {
  /// Plans a proof of an item (spec/proof.md), from the index blocks and records that it needs alone.
  ///
  /// - Parameters:
  ///   - seal: record number of the seal to prove by; otherwise the last one of the session that answers
  ///     for the item, which keeps the proof small; where only a run certificate signed that, a later one.
  ///   - range: bytes of the item that the proof carries.
  ///   - entry: the item.
  /// - Throws: `usage` for a range that is empty or beyond the item's end; `not-found` for a seal that is
  ///   none, is refused or adopted, or does not cover the item; `withheld`; `seal-mismatch`; `proof-length`;
  ///   the codes of frames and bodies, `damaged`, `io`.
  public func planProof(
    of entry: ItemEntry, seal: UInt64? = nil, range: Range<UInt64>? = nil
  ) throws(BuktiError) -> ProofPlan {
    let frames = try range.map { range throws(BuktiError) in try self.frames(of: entry, range) }
    let first = min(entry.record, frames?.first ?? entry.record)
    let parts = try SealedParts(index, until: first)
    guard let own = parts.place(of: entry.record), let last = parts.place(of: first) else {
      throw BuktiError(
        .damaged, "No session accounts for the item; bukti verify says more.",
        record: entry.record)
    }
    var number = seal ?? 0
    if seal == nil { number = try self.seal(parts.parts[...own]) }
    guard let begin = parts.place(ofSeal: number), begin <= own, number > entry.record else {
      throw BuktiError(
        .notFound, "No seal \(number) that counts covers item \(entry.id).", record: number)
    }
    let content = try index.reader.content(BuktiFormat.Seal.self, of: sealRecord(number))
    let root = try index.root(size: number)
    let tail = try index.content(Tail.self, of: number - 1)
    let checkpoint = Checkpoint(
      bundleID: self.checkpoint.bundleID, branch: tail.state.branch, size: number, root: root)
    guard checkpoint.encoded() == content.checkpoint else {
      throw BuktiError(.sealMismatch, record: number)
    }
    var shown: Set<UInt64> = [0, entry.record, number - 1]
    for (place, part) in parts.parts.enumerated() where begin...max(begin, last) ~= place {
      shown.insert(part.record)
      if place > begin { shown.insert(part.seal - 1) }
    }
    let body = try body(content, shown.sorted(), frames ?? [], size: number)
    return ProofPlan(
      with(body, range, frames?.count), seal: number, frames: frames ?? [], index)
  }

  /// The first later seal that needs no earlier one to count, else the one that ends the item's own part.
  private func seal(_ parts: ArraySlice<SealedParts.Part>) throws(BuktiError) -> UInt64 {
    for part in parts.reversed() {
      let content = try index.reader.content(BuktiFormat.Seal.self, of: sealRecord(part.seal))
      var tally = PolicyTally(part.session.policy, earlier: nil)
      let options = VerificationOptions(time: 0)
      for facts in SignatureFacts.all(content.signatures, over: content.checkpoint, options) {
        _ = tally.count(facts)
      }
      if tally.isMet { return part.seal }
    }
    return parts.last?.seal ?? 0
  }

  private func with(_ body: ProofBody, _ range: Range<UInt64>?, _ frames: Int?) -> ProofBody {
    guard let range, let frames else { return body }
    var body = body
    body.range = ProofRange(
      offset: range.lowerBound, length: range.upperBound - range.lowerBound,
      frames: UInt64(frames))
    return body
  }

  private func sealRecord(_ number: UInt64) throws(BuktiError) -> StoredRecord {
    if number == index.end.sealRecord.core.number { return index.end.sealRecord }
    let record = try index.record(number)
    guard record.core.type == .seal else {
      throw BuktiError(.notFound, "Record \(number) is no seal.", record: number)
    }
    return record
  }

  private func body(
    _ seal: BuktiFormat.Seal, _ numbers: [UInt64], _ frames: [UInt64], size: UInt64
  ) throws(BuktiError) -> ProofBody {
    guard numbers.count <= Limits.maxProofRecords else {
      throw BuktiError(.proofLength, "Too many sessions lie between the seal and the item.")
    }
    var shown: [ShownRecord] = []
    for number in numbers {
      shown.append(try ShownRecord(try index.record(number), index.reader))
    }
    let leaves = Set(numbers).union(frames).sorted()
    return ProofBody(
      checkpoint: seal.checkpoint, signatures: seal.signatures, shown: shown,
      tree: try index.treeProof(of: leaves, size: size))
  }

  /// Numbers of the records that hold a range.
  private func frames(
    of entry: ItemEntry, _ range: Range<UInt64>
  ) throws(BuktiError) -> [UInt64] {
    guard let item = try item(of: entry.record) else {
      throw BuktiError(.withheld, "The item record is withheld in this copy.", record: entry.record)
    }
    if let target = item.sameAs {
      throw BuktiError(.usage, "It is a hard link, and has no bytes of its own: prove #\(target).")
    }
    guard !range.isEmpty, range.upperBound <= item.size else {
      throw BuktiError(
        .usage, "The range has to lie in the item, which has \(item.size) bytes.")
    }
    guard range.upperBound - range.lowerBound <= Limits.maxProofRange else {
      throw BuktiError(.proofLength, "A proof carries at most \(Limits.maxProofRange) bytes.")
    }
    let query = ItemQuery(
      itemID: entry.id, types: [.data, .gap], refused: try history().refused)
    var numbers: [UInt64] = []
    var place = range.lowerBound
    while place < range.upperBound {
      guard let found = try index.last(query, upTo: place) else { throw missing(place, entry) }
      var length = found.row.plainLength
      if found.row.type == .gap { length = try index.content(Gap.self, of: found.number).length }
      guard found.row.offset <= place, place - found.row.offset < length,
        numbers.last.map({ $0 < found.number }) ?? true
      else { throw missing(place, entry) }
      numbers.append(found.number)
      place = found.row.offset + length
      guard numbers.count <= Limits.maxProofFrames else {
        throw BuktiError(.proofLength, "The range lies in too many records.")
      }
    }
    return numbers
  }

  private func missing(_ offset: UInt64, _ entry: ItemEntry) -> BuktiError {
    BuktiError(
      .damaged, "No record that the seal proves holds byte \(offset) of item \(entry.id).")
  }
}

extension ShownRecord {
  /// A record as it stands in a bundle, which may be a copy.
  fileprivate init(_ record: StoredRecord, _ reader: RecordReader) throws(BuktiError) {
    var writer = ByteWriter()
    record.core.encode(into: &writer)
    let isThere = record.header.state == .present
    self.init(core: writer.bytes, payload: isThere ? try reader.payload(of: record) : nil)
  }
}
