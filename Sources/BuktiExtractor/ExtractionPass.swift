import BuktiFormat
import BuktiVerifier

/// Writes items while the verifier reads the bundle, and publishes each once its digest holds.
final class ExtractionPass: BundleVisitor {
  private struct Open {
    var file: ItemFile?
    var name: [UInt8]?
    /// Of the last record that it had.
    var record: UInt64
  }

  private let plan: ExtractionPlan
  private let placement: Placement
  private let includesUnsealed: Bool
  private var open: [UInt64: Open] = [:]
  private var session = 0
  /// Whether what is read now may count. Where that changes there is a session, a tail or a seal ([B-SES-3]).
  private var counts = true
  /// Records of sealed items that were not settled yet.
  private(set) var waiting: RecordSet

  init(_ plan: ExtractionPlan, _ placement: Placement) {
    self.plan = plan
    self.placement = placement
    waiting = plan.sealed
    includesUnsealed = placement.options.includesUnsealed
  }

  func session(_ content: Session, record: UInt64) throws(BuktiError) {
    setCounts(from: record)
    guard plan.counts(session: record) else { return }
    session = plan.ordinal(ofSession: record) ?? session + 1
  }

  func record(
    _ number: UInt64, type: RecordType, item: UInt64, _ body: RecordBody
  ) throws(BuktiError) {
    switch type {
    case .tail, .seal, .attest: setCounts(from: number + 1)
    default: break
    }
  }

  private func setCounts(from record: UInt64) {
    counts = plan.mayCount(record, includesUnsealed: includesUnsealed)
  }

  func itemOpened(_ id: UInt64, _ opening: ItemOpen?, record: UInt64) throws(BuktiError) {
    // What was begun before a refused record stays: the item may go on behind it.
    guard plan.mayCount(record, includesUnsealed: includesUnsealed) else { return }
    open[id] = Open(
      file: open[id]?.file, name: opening?.name ?? open[id]?.name, record: record)
  }

  func itemData(_ id: UInt64, offset: UInt64, _ bytes: RawSpan) throws(BuktiError) {
    try file(id)?.write(bytes, at: offset)
  }

  func itemZeros(_ id: UInt64, offset: UInt64, count: UInt64) throws(BuktiError) {
    try file(id)?.skipZeros(count, at: offset)
  }

  func itemGap(_ id: UInt64, offset: UInt64, _ gap: Gap) throws(BuktiError) {
    try file(id)?.skipGap(gap.length, at: offset)
  }

  func itemMissing(
    _ id: UInt64, offset: UInt64, count: UInt64, _ reason: UncheckedReason
  ) throws(BuktiError) {
    try file(id)?.skipMissing(count, at: offset)
  }

  func itemClosed(
    _ id: UInt64, _ item: Item?, record: UInt64, _ digests: DigestVerdict
  ) throws(BuktiError) {
    let standing = plan.standing(of: record)
    if standing == .refused { return }
    let opened = open.removeValue(forKey: id)
    waiting.remove(record)
    try placement.settle(
      Placement.Closed(
        id: id, record: record, item: item, openName: opened?.name, verdict: digests,
        session: session, isSealed: standing == .sealed), opened?.file)
  }

  /// Ids of items that were not closed.
  var unclosed: Set<UInt64> { Set(open.keys) }

  /// Settles what was never closed, but for items that are extracted in another way.
  func end(without others: Set<UInt64>) throws(BuktiError) {
    for (id, opened) in open.sorted(by: { $0.key < $1.key }) where !others.contains(id) {
      guard opened.file != nil || opened.name != nil else { continue }
      let isSealed = plan.mayCount(opened.record, includesUnsealed: false)
      try placement.settle(
        Placement.Closed(
          id: id, record: nil, item: nil, openName: opened.name, verdict: .none,
          session: session, isSealed: isSealed), opened.file)
    }
    open = [:]
  }

  /// The file of an item; nil for one that will not count, or where what is read now does not.
  private func file(_ id: UInt64) throws(BuktiError) -> ItemFile? {
    guard counts, let opened = open[id] else { return nil }
    if let file = opened.file { return file }
    let file = placement.begin(id)
    open[id]?.file = file
    return file
  }
}
