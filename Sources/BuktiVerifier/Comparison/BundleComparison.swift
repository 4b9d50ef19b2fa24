public import BuktiFormat
import BuktiStore
public import BuktiTrust

/// Where two copies of one bundle part, as their last seals prove it, and what each has alone.
///
/// Roots over the first records of each are compared, so that kilobytes are read; that a copy is whole
/// is for the verifier. What follows a last seal is not looked at.
public struct BundleComparison: Sendable {
  /// How the two stand to each other.
  public enum Relation: String, Sendable {
    /// Both seals cover the same records.
    case same
    /// The first has all that the second has, and more: the second is an older state.
    case firstExtends = "first-extends"
    /// The second has all that the first has, and more: the first is an older state.
    case secondExtends = "second-extends"
    /// Each has what the other lacks, and a session says that it begins a branch.
    case branch
    /// Each has what the other lacks, and neither says so.
    case fork
  }

  /// What one of the two has and the other has not.
  public struct Side: Sendable {
    /// What the last seal signs.
    public let checkpoint: Checkpoint
    /// Records that the seal covers and the other bundle does not have.
    public let count: UInt64
    /// Sessions that count, by number of their record.
    public let sessions: [(record: UInt64, session: Session)]
    /// Seals that no session refused, the last one included.
    public let seals: [SealFacts]
    /// Items in the order in which they were closed.
    public let items: [ItemEntry]
  }

  /// A seal and who signed it.
  public struct SealFacts: Sendable {
    /// Also how many records it covers.
    public let record: UInt64
    public let signatures: [SignatureReport]
  }

  public let relation: Relation
  /// Records that both begin with, as far as both seals reach.
  public let common: UInt64
  /// Whether the seal over those records is the same in both, too.
  public let sharesSeal: Bool
  /// The root over them; nil where there are none.
  public let root: Hash?
  public let first: Side
  public let second: Side

  /// Compares what two last seals prove.
  ///
  /// - Throws: `receipt-other` for bundles of two ids; `index-mismatch`, `damaged`, the codes of frames and
  ///   bodies, `io`.
  public init(_ first: BundleReader, _ second: BundleReader) throws(BuktiError) {
    let (one, other) = (first.checkpoint, second.checkpoint)
    guard one.bundleID == other.bundleID else {
      throw BuktiError(
        .receiptOther,
        "Two bundles, not two copies of one: \(one.bundleID.uuid) and \(other.bundleID.uuid).")
    }
    common = try Self.common(first.index, second.index)
    root = common > 0 ? try first.index.root(size: common) : nil
    relation =
      switch (common == one.size, common == other.size) {
      case (true, true): .same
      case (false, true): .firstExtends
      case (true, false): .secondExtends
      case (false, false): one.branch == other.branch ? .fork : .branch
      }
    sharesSeal = try first.hash(common) == second.hash(common)
    let start = sharesSeal ? common + 1 : common
    self.first = try first.side(from: start)
    self.second = try second.side(from: start)
  }

  /// Equal roots mean equal records, so that the place is found by halving.
  private static func common(
    _ first: ProvenIndex, _ second: ProvenIndex
  ) throws(BuktiError) -> UInt64 {
    var (equal, above) = (UInt64(0), min(first.count, second.count) + 1)
    while above - equal > 1 {
      // The shorter one whole comes first: copies that only grew need no search.
      let size = above == min(first.count, second.count) + 1 ? above - 1 : (equal + above) / 2
      if try first.root(size: size) == second.root(size: size) {
        equal = size
      } else {
        above = size
      }
    }
    return equal
  }
}

extension BundleReader {
  /// The hash of a record that the seal covers, or of the record of the seal itself.
  fileprivate func hash(_ number: UInt64) throws(BuktiError) -> Hash {
    number == index.count ? index.end.sealRecord.hash : try index.row(number).hash
  }

  /// What the seal covers from a record on, and the seal itself.
  fileprivate func side(from start: UInt64) throws(BuktiError) -> BundleComparison.Side {
    let history = try history()
    var sessions: [(record: UInt64, session: Session)] = []
    for number in history.sessions where number >= start {
      sessions.append((number, try index.content(Session.self, of: number)))
    }
    var items: [ItemEntry] = []
    try forEachItem { (entry) in if entry.record >= start { items.append(entry) } }
    return BundleComparison.Side(
      checkpoint: checkpoint, count: checkpoint.size - min(start, checkpoint.size),
      sessions: sessions, seals: try seals(from: start, history),
      items: items)
  }

  private func seals(
    from start: UInt64, _ history: SessionHistory
  ) throws(BuktiError) -> [BundleComparison.SealFacts] {
    var seals: [BundleComparison.SealFacts] = []
    for number in try index.records(of: [.seal])[.seal] ?? [] where number >= start {
      if history.refused.contains(number) { continue }
      let seal = try index.content(Seal.self, of: number)
      seals.append(.init(record: number, signatures: judge(seal)))
    }
    let last = index.end.sealRecord.core.number
    if last >= start { seals.append(.init(record: last, signatures: signatures)) }
    return seals
  }
}
