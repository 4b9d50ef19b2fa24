public import BuktiFormat
import BuktiStore

/// A record that no accepted seal covers.
public struct UnsealedRecord: Sendable, Hashable {
  public let number: UInt64
  public let type: RecordType
  /// 0 for none.
  public let item: UInt64
  /// In bytes.
  public let plainLength: UInt64
  /// Whether a refusal may begin here.
  public let isBoundary: Bool
  /// Whether all records before it keep the rules, so that they can be adopted.
  public let canBeAdopted: Bool
}

/// How the end of a bundle looks to somebody who wants to append.
public struct BundleEnd: Sendable {
  /// The seal that a session would extend; nil where there is none.
  public let extends: Extends?
  /// Number of the first record that a session must account for.
  public let base: UInt64
  /// How many records there are to account for.
  public let unsealedCount: UInt64
  /// Those records, at most the first 10,000.
  public let unsealed: [UnsealedRecord]
  /// The first of them that breaks a rule; it cannot be adopted, nor can what follows it.
  public let broken: BuktiError?
  /// A seal among them that is by nobody who is accepted.
  public let strangeSeal: UInt64?
  /// Bytes at the end that are no frames, and would be cut off.
  public let tornBytes: UInt64
  /// Whether the bundle takes no more evidence.
  public let isClosed: Bool
  /// Bytes read to find this out.
  public let bytesRead: UInt64
}

/// The end of a bundle, ready to be gone on from.
struct OpenedEnd {
  let bundleID: BundleID
  let extends: Extends?
  let walk: PartWalk
  let size: UInt64
  let bytesRead: UInt64

  /// Physical offset from which nothing is a frame; the size where all is.
  var tornFrom: UInt64 { walk.end }

  /// Logical less physical offset of the end: the bytes that withholding took from this copy.
  var withheldBytes: UInt64 { walk.index.logicalOffset - walk.end }

  /// Reads the end of a volume and nothing else; changes nothing.
  ///
  /// - Throws: the codes that begin with `preamble-`; `untrusted-seal`; `damaged`; `io`.
  init(reading storage: any Storage, _ acceptance: Acceptance) throws(BuktiError) {
    size = try storage.size()
    let head = try storage.read(Preamble.size, at: 0)
    let preamble = try Preamble(decoding: head.span)
    guard preamble.volume == 0 else {
      throw BuktiError(.volumeMismatch, "This is a later volume: name the first one.")
    }
    bundleID = preamble.bundleID
    let reader = FrameReader(storage: storage, bundleID: bundleID, size: size)
    let search = EndSearch(reader: reader, acceptance: acceptance)
    switch try search.run() {
    case .sealed(let base, let signers, let because):
      extends = Extends(
        size: base.frame.core.number, root: base.root, signers: signers, because: because)
      walk = try PartWalk(reader, after: base)
    case .none:
      extends = nil
      walk = PartWalk(reader, preamble: preamble)
    }
    try walk.run()
    if walk.end < size {
      try search.requireTorn(from: walk.end, number: walk.number, previous: walk.previous)
    }
    bytesRead = reader.bytesRead
    guard walk.number > 0 else {
      throw BuktiError(.damaged, "There is no whole record: make the bundle anew.")
    }
  }

  var summary: BundleEnd {
    BundleEnd(
      extends: extends, base: walk.base, unsealedCount: walk.number - walk.base,
      unsealed: walk.records, broken: walk.broken, strangeSeal: walk.strangeSeal,
      tornBytes: size - tornFrom, isClosed: walk.ledger.isClosed, bytesRead: bytesRead)
  }
}
