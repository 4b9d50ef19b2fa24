import BuktiEngines
import BuktiFormat
import BuktiStore

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

  private let reader: RecordReader
  /// What the seal proves; nil where there is none.
  private let proven: ProvenIndex?
  /// Address of the first record after the seal.
  private let start: UInt64
  /// Size and root of the seal that every session here must extend; nil where there is none.
  private let seal: Checkpoint?
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
  /// A seal among the unsealed records: nobody that is accepted signed it.
  private(set) var strangeSeal: UInt64?
  /// The first record that breaks a rule, so that it cannot be adopted.
  private(set) var broken: BuktiError?
  /// The last session among these records, while none broke a rule.
  private(set) var session: Session?
  private(set) var lastType: RecordType

  /// Goes on from a seal that is accepted.
  ///
  /// - Throws: `damaged` where what it proves cannot be read; `io`, `dead`.
  init(_ reader: RecordReader, after end: SealedEnd) throws(BuktiError) {
    self.reader = reader
    seal = end.checkpoint
    start = end.sealRecord.end
    do throws(BuktiError) {
      let proven = try ProvenIndex(reader, end: end)
      self.proven = proven
      index = try proven.indexState(using: LibcryptoSHA256())
      ledger = try proven.ledger()
    } catch { throw error.ofProven }
    previous = end.sealRecord.hash
    self.end = end.sealRecord.end
    base = end.sealRecord.core.number + 1
    lastType = .seal
  }

  /// Begins at the first record of a bundle without a seal.
  init(_ reader: RecordReader) {
    self.reader = reader
    seal = nil
    proven = nil
    start = UInt64(Preamble.size)
    index = IndexState(engine: LibcryptoSHA256())
    ledger = Ledger()
    previous = reader.volumes.preamble.hash(using: reader.sha256)
    end = UInt64(Preamble.size)
    base = 1
    lastType = .close
  }

  /// Number of the next record.
  var number: UInt64 { index.count }

  /// What was there when the bundle was opened, to be read again.
  var stored: StoredPart { StoredPart(index: proven, reader: reader, unsealed: start..<end) }

  /// Reads to the end, or to where nothing goes on the chain.
  ///
  /// - Throws: `interrupted` once `isCancelled` says so; `io`, `dead`.
  func run(_ isCancelled: () -> Bool) throws(BuktiError) {
    while end < reader.volumes.end, let (frame, defect) = try next() {
      if isCancelled() { throw BuktiError(.interrupted) }
      try take(frame, defect)
    }
    // The end is a boundary too: nothing at all is refused there.
    noteBoundary()
  }

  /// The record that goes on the chain, with what is wrong with its core; nil where there is none.
  private func next() throws(BuktiError) -> (StoredRecord, BuktiError?)? {
    do throws(BuktiError) {
      let (frame, defect) = try reader.framed(at: end)
      guard frame.core.number == number, frame.core.previous == previous,
        try reader.hasPayload(of: frame)
      else { return nil }
      return (frame, defect)
    } catch {
      if error.isOfStorage { throw error }
      return nil
    }
  }

  private func take(_ frame: StoredRecord, _ defect: BuktiError?) throws(BuktiError) {
    let core = frame.core
    let isAttestOfSeal = seal != nil && number == base && core.type == .attest
    // One that is wrong must be accounted for: base stops at it.
    let isSteppedOver = isAttestOfSeal && defect == nil ? try isRight(attest: frame) : false
    if isSteppedOver {
      base += 1
    } else if number >= base {
      let isMark = lastType == .tail || lastType == .seal || core.type == .session
      if isMark || number == base { noteBoundary() }
      note(core)
    }
    if core.type == .seal, strangeSeal == nil { strangeSeal = core.number }
    let isRight = isSteppedOver ? true : try judge(frame, defect)
    index.append(core, hash: frame.hash, isRight: isRight)
    previous = frame.hash
    end = frame.end
    lastType = core.type
  }

  private func isRight(attest frame: StoredRecord) throws(BuktiError) -> Bool {
    do throws(BuktiError) {
      try reader.requireTarget(of: frame)
      return true
    } catch {
      if error.isOfStorage || error.code == .cryptoEngine { throw error }
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
  private func judge(_ frame: StoredRecord, _ defect: BuktiError?) throws(BuktiError) -> Bool {
    do throws(BuktiError) {
      if let defect { throw defect }
      if broken != nil { return try isIndexRight(frame) }
      if frame.core.type == .session { try checkAccount(frame) }
      if frame.core.type == .attest { try reader.requireTarget(of: frame) }
      try ledger.take(frame, reader: reader, index: index, boundaries: boundaries)
      return true
    } catch {
      if error.isOfStorage || error.code == .cryptoEngine { throw error }
      if broken == nil { broken = error.at(offset: frame.address, record: frame.core.number) }
      return false
    }
  }

  /// [B-SES-1] and [B-SES-2] for a session that no accepted seal covers.
  private func checkAccount(_ frame: StoredRecord) throws(BuktiError) {
    guard let session = try reader.known(Session.self, of: frame) else { return }
    guard session.extends?.size == seal?.size, session.extends?.root == seal?.root else {
      throw BuktiError(.sessionExtends)
    }
    let adopted = session.adopts?.count ?? 0
    let refused = session.refuses?.count ?? 0
    self.session = session
    guard session.adopts == nil || session.adopts?.first == base,
      session.refuses == nil || session.refuses?.first == base &+ adopted,
      adopted &+ refused == frame.core.number - base
    else { throw BuktiError(.sessionAccount) }
  }

  /// While what records mean is not known, blocks and tails still count if they are right ([B-DMG-8]).
  private func isIndexRight(_ frame: StoredRecord) throws(BuktiError) -> Bool {
    switch frame.core.type {
    case .index: return try reader.known(IndexBlock.self, of: frame) == index.dueBlock
    case .tail:
      guard let tail = try reader.known(Tail.self, of: frame) else { return false }
      return tail == index.tail(state: tail.state)
    default: return true
    }
  }
}

extension RecordReader {
  /// The content of a record whose payload was checked; nil where it is withheld.
  ///
  /// - Throws: as `content(_:of:)`.
  func known<T: RecordContent>(
    _ type: T.Type, of record: StoredRecord
  ) throws(BuktiError) -> T? {
    record.header.state == .withheld ? nil : try content(type, of: record)
  }
}
