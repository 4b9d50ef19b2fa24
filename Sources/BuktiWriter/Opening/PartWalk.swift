import BuktiEngines
import BuktiFormat

/// Reads the records after the last seal, or all where there is none, and keeps what a session that
/// accounts for them needs.
final class PartWalk {
  /// A place at which a refusal may begin ([B-SES-3]), with the state before it.
  struct Boundary {
    let record: UInt64
    let ledger: Ledger
    /// Whether the records before it keep the rules, so that they can be adopted.
    let isSound: Bool
  }

  /// So many records are listed one by one.
  static let keptRecords = 10_000

  private let reader: FrameReader
  /// Size and root of the seal that every session here must extend; nil where there is none.
  private let seal: (size: UInt64, root: Hash)?
  private(set) var index: IndexState<LibcryptoSHA256>
  private(set) var ledger: Ledger
  /// Record hash of the last record that chains.
  private(set) var previous: Hash
  /// Physical offset of the end of the last record that chains.
  private(set) var end: UInt64
  /// The first record that a session must account for.
  private(set) var base: UInt64
  private(set) var boundaries: [Boundary] = []
  private(set) var records: [UnsealedRecord] = []
  /// Tails and sessions since the seal.
  private(set) var marks = 0
  /// A seal among the unsealed records: nobody that is accepted signed it.
  private(set) var strangeSeal: UInt64?
  /// The first record that breaks a rule, so that it cannot be adopted.
  private(set) var broken: BuktiError?
  private var lastType: RecordType

  /// Goes on from a seal that is accepted.
  init(_ reader: FrameReader, after base: SealedBase) throws(BuktiError) {
    self.reader = reader
    seal = (base.frame.core.number, base.root)
    index = try reader.index(after: base)
    ledger = try reader.ledger(after: base)
    previous = base.frame.hash
    end = base.frame.end
    self.base = base.frame.core.number + 1
    lastType = .seal
  }

  /// Begins at the first record of a bundle without a seal.
  init(_ reader: FrameReader, preamble: Preamble) {
    self.reader = reader
    seal = nil
    index = IndexState(engine: LibcryptoSHA256())
    ledger = Ledger()
    previous = preamble.hash(using: LibcryptoSHA256())
    end = UInt64(Preamble.size)
    base = 1
    lastType = .close
  }

  /// Number of the next record.
  var number: UInt64 { index.count }

  /// Reads to the end, or to where nothing goes on the chain.
  func run() throws(BuktiError) {
    while end < reader.size, let frame = try next() { try take(frame) }
    // The end is a boundary too: nothing at all is refused there.
    noteBoundary()
  }

  private func next() throws(BuktiError) -> FoundFrame? {
    guard let frame = try reader.candidate(at: end), frame.core.number == number,
      frame.core.previous == previous, try reader.hasPayload(frame)
    else { return nil }
    return frame
  }

  private func take(_ frame: FoundFrame) throws(BuktiError) {
    let core = frame.core
    let isAttestOfSeal = seal != nil && number == base && core.type == .attest
    // One that is wrong must be accounted for: base stops at it.
    let isSteppedOver = isAttestOfSeal ? try isRight(attest: frame) : false
    if isSteppedOver {
      base += 1
    } else if number >= base {
      let isMark = lastType == .tail || lastType == .seal || core.type == .session
      if isMark || number == base { noteBoundary() }
      note(core)
    }
    if core.type == .seal, strangeSeal == nil { strangeSeal = core.number }
    let isRight = isSteppedOver ? true : try judge(frame)
    index.append(core, hash: frame.hash, isRight: isRight)
    if core.type == .tail || core.type == .session { marks += 1 }
    previous = frame.hash
    end = frame.end
    lastType = core.type
  }

  private func isRight(attest frame: FoundFrame) throws(BuktiError) -> Bool {
    do throws(BuktiError) {
      try reader.requireTarget(of: frame)
      return true
    } catch {
      if [.io, .dead, .cryptoEngine].contains(error.code) { throw error }
      return false
    }
  }

  private func noteBoundary() {
    boundaries.append(Boundary(record: number, ledger: ledger.snapshot(), isSound: broken == nil))
  }

  private func note(_ core: Core) {
    guard records.count < Self.keptRecords else { return }
    let isBoundary = boundaries.last?.record == core.number
    records.append(
      UnsealedRecord(
        number: core.number, type: core.type, item: core.itemID, plainLength: core.plainLength,
        isBoundary: isBoundary, canBeAdopted: broken == nil))
  }

  /// Takes over what a record means; whether it is a block or tail that is right.
  private func judge(_ frame: FoundFrame) throws(BuktiError) -> Bool {
    do throws(BuktiError) {
      if broken != nil { return try isIndexRight(frame) }
      if frame.core.type == .session { try checkAccount(frame) }
      if frame.core.type == .attest { try reader.requireTarget(of: frame) }
      try ledger.take(frame, reader: reader, index: index, boundaries: boundaries)
      return true
    } catch {
      if [.io, .dead, .cryptoEngine].contains(error.code) { throw error }
      if broken == nil { broken = error.at(offset: frame.start, record: frame.core.number) }
      return false
    }
  }

  /// [B-SES-1] and [B-SES-2] for a session that no accepted seal covers.
  private func checkAccount(_ frame: FoundFrame) throws(BuktiError) {
    guard let session: Session = try reader.content(frame) else { return }
    guard session.extends?.size == seal?.size, session.extends?.root == seal?.root else {
      throw BuktiError(.sessionExtends)
    }
    let adopted = session.adopts?.count ?? 0
    let refused = session.refuses?.count ?? 0
    guard session.adopts == nil || session.adopts?.first == base,
      session.refuses == nil || session.refuses?.first == base &+ adopted,
      adopted &+ refused == frame.core.number - base
    else { throw BuktiError(.sessionAccount) }
  }

  /// While what records mean is not known, blocks and tails still count if they are right ([B-DMG-8]).
  private func isIndexRight(_ frame: FoundFrame) throws(BuktiError) -> Bool {
    switch frame.core.type {
    case .index: return try reader.content(frame, as: IndexBlock.self) == index.dueBlock
    case .tail:
      guard let tail: Tail = try reader.content(frame) else { return false }
      return tail == index.tail(state: tail.state)
    default: return true
    }
  }
}
