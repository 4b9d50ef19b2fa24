import BuktiFormat

/// What the records so far mean for the next one: the state of sections 5, 6 and 8.
///
/// A value, so that a copy taken at a boundary is what a refusal goes back to.
struct Ledger {
  struct OpenedItem {
    var id: UInt64
    var end: UInt64
    /// Its item-open, if it had one that is known here.
    var open: ItemOpen?
    /// When it was begun, if an item-open says so.
    var began: Timestamp?
    /// Whether a session began since its last record.
    var isSuspended = false
    /// Where its last data records are, as far as they were read.
    var recent: [DataPlace] = []
    /// The digests of its bytes so far, where they were read; see `snapshot()`.
    var digests: DigestSet?
  }

  /// A data record that was read: where its frame is, and what of the item it holds.
  struct DataPlace {
    var address: UInt64
    var offset: UInt64
    var count: UInt64
  }

  /// So much of an item is read again when it is resumed, in bytes.
  static let overlap: UInt64 = 16 << 20

  var nextItemID: UInt64 = 1
  /// Ascending by id.
  var openItems: [OpenedItem] = []
  var isClosed = false
  /// In the order of closing.
  var unnamed: [NameRow] = []
  /// Bytes of their names.
  var unnamedBytes = 0
  /// Number of the session in force.
  var session: UInt64 = 0
  /// What items first seen in the session in force carry besides SHA-256.
  var digests: [FurtherDigest] = []
  /// The size below which the session in force keeps each volume; nil for none.
  var volumeSize: UInt64?
  var names: UInt64?
  var withhold: UInt64?
  var branch: BranchID?
  /// Tails and sessions since the last seal.
  var marks = 0
  /// Records after the last seal that mean nothing, ascending.
  var refused: [Range<UInt64>] = []

  var tailState: TailState {
    TailState(
      nextItemID: nextItemID, openItems: openItems.map { OpenItem(id: $0.id, offset: $0.end) },
      closed: isClosed, unnamed: unnamed.map { UnnamedItem(id: $0.item, record: $0.record) },
      session: session, names: names, withhold: withhold, branch: branch)
  }

  /// Place of an item among those that are open.
  func place(of id: UInt64) -> Int? { openItems.firstIndex { $0.id == id } }

  /// Counts a tail or session among those after the last seal.
  ///
  /// - Throws: `mark-limit` ([B-ORD-6]).
  mutating func mark() throws(BuktiError) {
    guard marks < Limits.maxMarks else { throw BuktiError(.markLimit) }
    marks += 1
  }

  mutating func begin(_ session: Session, number: UInt64) {
    self.session = number
    digests = session.digests ?? []
    volumeSize = session.volumeSize
    if let branch = session.branch { self.branch = branch }
    // By then it was checked that a session refuses records right before itself ([B-SES-2]).
    if let refuses = session.refuses, refuses.first < number {
      refused.append(refuses.first..<number)
    }
    for index in openItems.indices { openItems[index].isSuspended = true }
  }

  /// Notes a record of an item that goes on after it.
  mutating func advance(_ id: UInt64, to end: UInt64, open: ItemOpen? = nil) {
    if id == nextItemID {
      nextItemID += 1
      openItems.append(OpenedItem(id: id, end: end, open: open, began: open?.time))
    } else if let place = place(of: id) {
      openItems[place].end = end
      if let open {
        openItems[place].open = open
        openItems[place].isSuspended = false
      }
    }
  }

  mutating func close(_ id: UInt64, _ item: Item, number: UInt64) {
    if id == nextItemID { nextItemID += 1 }
    openItems.removeAll { $0.id == id }
    unnamedBytes += item.name.count
    unnamed.append(
      NameRow(item: id, record: number, name: item.name, kind: item.kind, size: item.size))
  }

  mutating func name(number: UInt64) {
    unnamed = []
    unnamedBytes = 0
    names = number
  }

  // Digests of items that an earlier writer left behind.

  mutating func startDigests(_ id: UInt64) {
    guard let place = place(of: id) else { return }
    openItems[place].digests = try? DigestSet(digests)
  }

  /// Keeps the places of an item's last data.
  mutating func note(_ data: DataPlace, of id: UInt64) {
    guard let place = place(of: id) else { return }
    openItems[place].recent.append(data)
    let reach = data.offset + data.count
    openItems[place].recent.removeAll {
      reach - $0.offset > Self.overlap && $0.offset < data.offset
    }
  }

  /// The running digests of an item that is open.
  func digest(_ id: UInt64) -> DigestSet? {
    guard let place = place(of: id) else { return nil }
    return openItems[place].digests
  }

  mutating func forgetDigests(_ id: UInt64) {
    guard let place = place(of: id) else { return }
    openItems[place].digests = nil
  }

  /// A copy whose digests do not go on when these do.
  func snapshot() -> Ledger {
    var copy = self
    for index in copy.openItems.indices {
      copy.openItems[index].digests = copy.openItems[index].digests?.copy()
    }
    return copy
  }
}
