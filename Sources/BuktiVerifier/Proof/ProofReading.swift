import BuktiEngines
import BuktiFormat

/// What a proof holds, once it is *included* (spec/proof.md, sections 2 and 3).
struct ProofReading {
  /// A session and the tail whose session in force it is ([B-PRF-4]).
  struct Link {
    let record: UInt64
    let session: Session
  }

  let body: ProofBody
  let bundleID: BundleID
  let genesis: Genesis?
  let itemRecord: ProofRecord
  /// Nil where it is withheld.
  let item: Item?
  let tail: Tail
  /// From the session in force at the seal on backwards; at least one.
  let links: [Link]
  let checkpoint: Checkpoint
  let frames: ProofFrames

  /// Records that the seal covers, which is its record number.
  var size: UInt64 { checkpoint.size }
}

/// Makes the checks of *included* in their order; `record` is where it stands.
struct ProofReader {
  private let body: ProofBody
  private let stream: ProofStream
  private let sink: (any ProofSink)?
  private(set) var record: UInt64?

  init(_ body: ProofBody, _ stream: ProofStream, _ sink: (any ProofSink)?) {
    self.body = body
    self.stream = stream
    self.sink = sink
  }

  /// - Throws: the code of the first check that fails; `proof-truncated`, `proof-trailing`; `io`, and what
  ///   the sink throws.
  mutating func read() throws(BuktiError) -> ProofReading {
    let shown = try readShown()
    record = nil
    let invalid = BuktiError(.proofRecord, "These are not the records that a proof shows.")
    guard let last = shown.last, case .tail(let tail)? = last.body else { throw invalid }
    let items = shown.filter { $0.core.type == .item }
    guard items.count == 1, let itemRecord = items.first else { throw invalid }
    let links = try links(shown, last.number, tail)
    var item: Item?
    if case .item(let content)? = itemRecord.body { item = content }
    var frames = ProofFrames(
      of: itemRecord.core, item: item, shown: Set(shown.map(\.number)), range: body.range)
    do throws(BuktiError) { try frames.read(stream, sink) } catch {
      record = frames.record
      throw error
    }
    var genesis: Genesis?
    if case .genesis(let content)? = shown.first?.body { genesis = content }
    let checkpoint = try fold(shown, frames.leaves, last, tail)
    return ProofReading(
      body: body, bundleID: last.core.bundleID, genesis: genesis, itemRecord: itemRecord,
      item: item, tail: tail, links: links, checkpoint: checkpoint, frames: frames)
  }

  /// [B-PRF-3].
  private mutating func readShown() throws(BuktiError) -> [ProofRecord] {
    let deflate = FastDeflate()
    var records: [ProofRecord] = []
    for shown in body.shown {
      let core = try Core(decoding: shown.core.span)
      record = core.shownNumber
      try core.check()
      guard records.last.map({ $0.number < core.number }) ?? true else {
        throw BuktiError(.proofRecord)
      }
      guard records.first.map({ $0.core.bundleID == core.bundleID }) ?? true else {
        throw BuktiError(.coreBundleID)
      }
      let isGenesis = core.type == .genesis && core.number == 0
      guard isGenesis || [.session, .item, .tail].contains(core.type),
        shown.payload != nil || core.type == .item
      else { throw BuktiError(.proofRecord) }
      var content: RecordBody?
      if let payload = shown.payload {
        let plain = try core.plain(of: payload, deflate)
        content = try RecordBody(type: core.type, plain: plain.span)
      }
      records.append(ProofRecord(core, content))
    }
    return records
  }

  /// [B-PRF-4]; numbers go down from link to link, so that it ends.
  private func links(
    _ shown: [ProofRecord], _ last: UInt64, _ tail: Tail
  ) throws(BuktiError) -> [ProofReading.Link] {
    let invalid = BuktiError(.proofRecord, "The sessions shown do not lead to each other.")
    var links: [ProofReading.Link] = []
    var linked = 0
    var next: (number: UInt64, tail: Tail)? = (last, tail)
    while let (number, tail) = next {
      let place = shown.first { $0.number == tail.state.session }
      guard let place, place.number < number, case .session(let session)? = place.body else {
        throw invalid
      }
      links.append(ProofReading.Link(record: place.number, session: session))
      linked += 2
      next = nil
      guard let size = session.extends?.size, size <= place.number else { continue }
      let before = shown.first { $0.number == size - 1 }
      if let before, case .tail(let tail)? = before.body { next = (before.number, tail) }
    }
    guard shown.count(where: { [.session, .tail].contains($0.core.type) }) == linked else {
      throw invalid
    }
    return links
  }

  /// [B-PRF-6] and [B-PRF-7].
  private func fold(
    _ shown: [ProofRecord], _ frames: [TreeLeaf], _ last: ProofRecord, _ tail: Tail
  ) throws(BuktiError) -> Checkpoint {
    let sha256 = LibcryptoSHA256()
    let leaves = (shown.map { TreeLeaf($0.number, $0.hash) } + frames)
      .sorted { $0.number < $1.number }
    let size = last.number + 1
    let root = try body.tree.root(over: leaves, size: size, using: sha256)
    let checkpoint = Checkpoint(
      bundleID: last.core.bundleID, branch: tail.state.branch, size: size, root: root)
    guard checkpoint.encoded() == body.checkpoint else { throw BuktiError(.sealMismatch) }
    guard var frontier = Frontier(count: last.number, hashes: tail.frontier) else {
      throw BuktiError(.tailMismatch)
    }
    frontier.append(last.hash, using: sha256)
    guard frontier.root(using: sha256) == root else { throw BuktiError(.tailMismatch) }
    return checkpoint
  }
}
