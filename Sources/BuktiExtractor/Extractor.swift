import BuktiEngines
public import BuktiFormat
public import BuktiStore
public import BuktiVerifier

/// Writes items of a bundle beneath one directory, and nothing that was not verified.
public struct Extractor: Sendable {
  public let verification: VerificationOptions
  public let options: ExtractionOptions

  public init(_ verification: VerificationOptions, options: ExtractionOptions = ExtractionOptions())
  {
    self.verification = verification
    self.options = options
  }

  /// Verifies a whole bundle in one pass, and writes its items on the way.
  ///
  /// An item gets its name when its digest holds. What no seal covers is left out unless asked for, what a
  /// session refused always is, and what fails goes beneath `UNPROVEN/`.
  /// - Throws: `exists` where the target is not empty; `max-plain`, `disk-full`; `preamble-truncated`,
  ///   `preamble-magic`, `preamble-version`; `name-refused`, `interrupted`, `io`. What was extracted before
  ///   then stays.
  public func extractAll(
    _ volumes: [any Storage], to target: [UInt8],
    progress: ((VerificationProgress) -> Void)? = nil, isCancelled: (() -> Bool)? = nil
  ) throws(BuktiError) -> ExtractionResult {
    var verification = verification
    verification.level = .full
    verification.sample = nil
    verification.maxPlain = min(verification.maxPlain, options.maxPlain)
    let plan = try ExtractionPlan(
      volumes, verification, includesUnsealed: options.includesUnsealed, isCancelled: isCancelled)
    let placement = try Placement(target, options)
    try placement.require(plan.plainBytes)
    let pass = ExtractionPass(plan, placement)
    var total: UInt64 = 0
    for volume in volumes { total += try volume.size() }
    let report = try BundleVerifier(verification).verify(
      volumes: volumes.map { StorageSource($0) }, total: total, visitor: pass,
      progress: progress, isCancelled: isCancelled)
    let lost = try lost(plan, pass)
    try pass.end(without: lost.ids)
    try confirm(placement, plan, report)
    if let reader = plan.reader, !pass.waiting.isEmpty {
      let pace = ItemPace(of: lost.bytes, progress, isCancelled)
      var waiting = pass.waiting
      try reader.forEachItem { (entry) throws(BuktiError) in
        if waiting.remove(entry.record) { try reader.extract(entry, into: placement, pace) }
      }
    }
    return try finish(placement, plan.reader, report, isCancelled)
  }

  /// Writes chosen items, each read and proven alone from the last seal.
  ///
  /// - Parameters:
  ///   - progress: told after each piece of at most 16 MiB; the total is that of the items' sizes.
  ///   - isCancelled: asked before each piece; true ends it.
  ///   - target: the folder to write to, in bytes.
  ///   - reader: of the bundle.
  ///   - entries: the items.
  /// - Throws: as `extractAll(_:to:progress:isCancelled:)`.
  public func extract(
    _ entries: [ItemEntry], from reader: BundleReader, to target: [UInt8],
    progress: ((VerificationProgress) -> Void)? = nil, isCancelled: (() -> Bool)? = nil
  ) throws(BuktiError) -> ExtractionResult {
    let placement = try Placement(target, options)
    let bytes = entries.reduce(0) { ExtractionPlan.sum($0, $1.size) }
    try placement.require(bytes)
    let pace = ItemPace(of: bytes, progress, isCancelled)
    for entry in entries { try reader.extract(entry, into: placement, pace) }
    return try finish(placement, reader, nil, isCancelled)
  }

  /// Compares what was written as sealed with what the verifier says at the end.
  ///
  /// Where damage hides the seal from the verifier, the index still proves the item record.
  private func confirm(
    _ placement: Placement, _ plan: ExtractionPlan, _ report: Report
  ) throws(BuktiError) {
    for (place, item) in placement.results.enumerated() {
      guard let record = item.record, item.path != nil else { continue }
      if report.standing.refused.contains(record) {
        try placement.withdraw(place, "a session refused it")
      } else if item.status == .extracted, report.standing.seal(over: record) == nil,
        (try? plan.reader?.index.record(record)) == nil
      {
        try placement.withdraw(place, "the verifier found no seal over it")
      }
    }
  }

  /// Of the items that damage kept the pass from, though the last seal still proves where they are, the
  /// bytes, and the ids of those that the pass began.
  private func lost(
    _ plan: ExtractionPlan, _ pass: ExtractionPass
  ) throws(BuktiError) -> (bytes: UInt64, ids: Set<UInt64>) {
    var bytes: UInt64 = 0
    var ids: Set<UInt64> = []
    guard let reader = plan.reader, !pass.waiting.isEmpty else { return (bytes, ids) }
    let unclosed = pass.unclosed
    try reader.forEachItem { (entry) throws(BuktiError) in
      guard pass.waiting.contains(entry.record) else { return }
      bytes = ExtractionPlan.sum(bytes, entry.size)
      if unclosed.contains(entry.id) { ids.insert(entry.id) }
    }
    return (bytes, ids)
  }

  private func finish(
    _ placement: Placement, _ reader: BundleReader?, _ report: Report?,
    _ isCancelled: (() -> Bool)?
  ) throws(BuktiError) -> ExtractionResult {
    let pace = ItemPace(of: nil, nil, isCancelled)
    try placement.finish { (target, file) throws(BuktiError) in
      guard let reader, let entry = try? reader.find(.id(target)) else { return nil }
      guard let item = try? reader.open(entry) else { return nil }
      let outcome = try item.write(to: file, pace)
      return outcome == .holds ? item.size : nil
    }
    let list = try placement.writeList(reader?.checkpoint)
    return ExtractionResult(items: placement.results, report: report, list: list)
  }
}

extension BundleReader {
  /// Reads one item from its proven records, and places it.
  fileprivate func extract(
    _ entry: ItemEntry, into placement: Placement, _ pace: ItemPace
  ) throws(BuktiError) {
    try pace.pause(0)
    var closed = Placement.Closed(
      id: entry.id, record: entry.record, item: nil, openName: entry.name, verdict: .none,
      session: entry.session, isSealed: true)
    var file: ItemFile?
    do throws(BuktiError) {
      let item = try index.content(Item.self, of: entry.record)
      closed.item = item
      if item.digests != nil {
        let begun = placement.begin(entry.id)
        file = begun
        closed.verdict = try open(entry).write(to: begun, pace)
      } else if item.hasBytes {
        return placement.leave(closed, .skipped, "its item record states no digest", .damaged)
      }
    } catch {
      if error.endsExtraction { throw error }
      closed.verdict = .notChecked(error.code == .withheld ? .withheld : .damaged)
    }
    try placement.settle(closed, file)
  }
}

extension ItemReader {
  /// Writes all bytes that can be proven, and says whether they have the digest of the item record.
  fileprivate func write(
    to file: ItemFile, _ pace: ItemPace
  ) throws(BuktiError) -> DigestVerdict {
    let digest = LibcryptoSHA256().start()
    let zeros = [UInt8](repeating: 0, count: 1 << 16)
    var unchecked: UncheckedReason?
    var place: UInt64 = 0
    while place < size {
      do throws(BuktiError) {
        let (start, piece) = try piece(at: place)
        let end = min(size, start + piece.count)
        switch piece {
        case .data(let bytes):
          let part = bytes.span.extracting(Int(place - start)..<Int(end - start)).raw
          digest.update(part)
          try file.write(part, at: place)
        case .zeros:
          digest.update(zeros: end - place, zeros)
          try file.skipZeros(end - place, at: place)
        case .gap:
          if item?.supplements == nil { digest.update(zeros: end - place, zeros) }
          try file.skipGap(end - place, at: place)
        }
        try pace.pause(end - place)
        place = end
      } catch {
        if error.endsExtraction { throw error }
        let next = endOfRecord(at: place)
        if unchecked != .damaged { unchecked = error.code == .withheld ? .withheld : .damaged }
        try file.skipMissing(next - place, at: place)
        place = next
      }
    }
    if let unchecked { return .notChecked(unchecked) }
    guard let stated = item?.digests?.sha256 else { return .none }
    return digest.digest() == stated ? .holds : .fails
  }
}

extension SHA256State {
  fileprivate func update(zeros count: UInt64, _ zeros: [UInt8]) {
    var rest = count
    while rest > 0 {
      let part = Int(min(rest, UInt64(zeros.count)))
      update(zeros.span.extracting(first: part).raw)
      rest -= UInt64(part)
    }
  }
}
