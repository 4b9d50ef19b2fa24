import BuktiFormat

/// The state of sections 5, 6 and 8 of the specification, which a refusal sets back.
///
/// A value: keeping it at a place where a refusal may begin copies nothing until it changes, and what then
/// changes is small, for all that are kept stay to the end.
struct OrderState {
  /// Whether what follows can be judged no more.
  var isLost = false
  /// Whether content was met that cannot be used.
  var hasUnusable = false
  var session: SessionFacts?
  /// Tails and sessions after the last seal.
  var marks = 0
  /// Number of the close record.
  var close: UInt64?
  var items = ItemTable()
  /// Items closed and not yet named, in the order of closing.
  var unnamed = SharedList<UnnamedRow>()
  var lastNames: UInt64?
  var lastWithhold: UInt64?
  var branch: BranchID?
  /// Place of the newest seal that a later record may name.
  var lastSeal: Int?
  var refusals = KeptRanges()
  var adoptions = KeptRanges()

  var isClosed: Bool { close != nil }

  /// All that is refused; whoever asks for one record asks `refusals`.
  var refused: RecordRanges { refusals.all }

  /// What a tail must say ([B-TAI-3]).
  var tailState: TailState {
    TailState(
      nextItemID: items.nextID,
      openItems: items.open.map { OpenItem(id: $0.id, offset: $0.end) },
      closed: isClosed, unnamed: unnamed.map { UnnamedItem(id: $0.id, record: $0.record) },
      session: session?.number ?? 0, names: lastNames, withhold: lastWithhold, branch: branch)
  }
}

/// What later records need of a session; one object, which states and seals share.
final class SessionFacts: Sendable {
  let number: UInt64
  let policy: Policy
  /// Its signers once each, in no order.
  let extends: Extends?
  let digests: [FurtherDigest]

  init(_ session: Session, number: UInt64) {
    self.number = number
    policy = session.policy
    extends = session.extends.map {
      // Who is named a million times takes no room in the file.
      Extends(
        size: $0.size, root: $0.root, signers: Array(Set($0.signers)), because: $0.because)
    }
    digests = session.digests ?? []
  }
}

/// An item as the next names record must list it; nil where the item record cannot be read.
struct UnnamedRow: Sendable {
  let id: UInt64
  let record: UInt64
  let facts: Facts?

  struct Facts: Sendable {
    let name: KeptName
    let kind: ItemKind
    let size: UInt64
  }

  func fits(_ row: NameRow) -> Bool {
    guard row.item == id, row.record == record else { return false }
    guard let facts else { return true }
    return row.kind == facts.kind && row.size == facts.size && KeptName(row.name) == facts.name
  }
}
