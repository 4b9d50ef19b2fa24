import BuktiEngines
import BuktiFormat
import BuktiStore

/// One pass over a bundle: what was read so far, and what is known from it.
///
/// The folders beside this one extend it, each with the rules of one part of the specification.
final class Pass {
  typealias NextVolume = () throws(BuktiError) -> (any ByteSource)?

  let options: VerificationOptions
  let visitor: (any BundleVisitor)?
  let pace: Pace

  // Reading (sections 3 and 4).
  let window = Window()
  let ring: BatchRing
  let digests: DigestLanes
  /// For frames that are too large for a batch, or read one by one.
  let engine = FastDeflate()
  let plainRoom = PlainRoom()
  var search = CandidateSearch()
  var bundleID = BundleID(0)
  /// The preamble of volume 0.
  var first = Preamble(volume: 0, bundleID: BundleID(0))
  /// Position of the volume that is read.
  var volume = 0
  /// Bytes of the volumes before it.
  var earlierBytes: UInt64 = 0
  var tornTails: [TornTail] = []

  // Chain and tree.
  /// Number of the next record.
  var next: UInt64 = 0
  var previous = Hash.zero
  /// Records taken into the chain.
  var taken: UInt64 = 0
  var lastType: RecordType?
  var index = IndexState(engine: LibcryptoSHA256())
  var ledger = RecordLedger()
  /// Whether records are missing, so that what follows can never be judged again.
  var isLostForGood = false
  /// The tree once that is so; nil where it is not known.
  var lateTree: Frontier?
  var receiptStates: [UInt64: ReceiptState] = [:]

  // Order and items (sections 5, 6 and 8).
  var state = OrderState()
  var history = StateHistory()
  /// The session whose policy counts for the next seal, if it is known.
  var knownSession: SessionFacts?
  var genesis: Genesis?
  var coverage: Coverage
  var plainBytes: UInt64 = 0
  var stopsDecoding = false

  // What the end asks for.
  var findings = FindingList()
  var seals: [SealEntry] = []
  var withheld = WithheldFrames()
  var withholds: [WithholdEntry] = []
  var events: [EventEntry] = []
  var stamps: [StampEntry] = []
  var counterSignatures: [CounterEntry] = []
  var halves: [HalfEntry] = []
  var listed = ItemListing()

  init(
    _ options: VerificationOptions, visitor: (any BundleVisitor)?, pace: Pace
  ) {
    self.options = options
    coverage = Coverage(options.level, options.sample)
    digests = DigestLanes(isThreaded: options.jobs > 1, small: options.gathering.small)
    ring = BatchRing(jobs: options.jobs, options.gathering, digests)
    self.visitor = visitor
    self.pace = pace
  }

  /// Reads every volume to its end.
  ///
  /// - Throws: `preamble-truncated`, `preamble-magic` or `preamble-version` where the first volume is
  ///   none; what sources, visitor and cancellation throw.
  func run(_ nextVolume: NextVolume) throws(BuktiError) {
    // An item may be left open, and whoever stops or fails waits for nothing: its bytes must outlive who hashes them.
    defer { digests.waitForAll() }
    guard let first = try nextVolume() else { throw BuktiError(.preambleTruncated) }
    begin(first)
    var belongs = try beginBundle()
    if belongs { try readFrames() }
    try drain()
    while let source = try nextVolume() {
      earlierBytes += window.taken
      volume += 1
      begin(source)
      if belongs { belongs = try beginFurtherVolume() }
      if belongs { try readFrames() }
      try drain()
    }
    noteReceipts()
  }

  private func begin(_ source: any ByteSource) {
    window.begin(source)
    // From the first byte on, it reads no more than it needs.
    if coverage.leavesOut { _ = window.move(to: 0) }
  }

  /// Counts what is left of a volume that does not belong to the bundle.
  private func drain() throws(BuktiError) {
    while try window.require(1) > 0 {
      try pause()
      window.skip(window.count)
    }
  }

  private func readFrames() throws(BuktiError) {
    do throws(BuktiError) { try readAhead() } catch {
      // What came before an error of the source counts, as it does without reading ahead. After any other error
      // nothing is judged any more: the batch that it came from would be judged twice.
      if window.hasFailed, error.code != .interrupted { try judgeAll() }
      throw error
    }
    try judgeAll()
  }

  private func readAhead() throws(BuktiError) {
    var isCandidate = false
    while try window.require(1) > 0 {
      try pause()
      if coverage.leavesOut, !isCandidate, try passOverData() { continue }
      switch try window.frame() {
      case .frame(let frame):
        try take(frame, at: window.offset, isCandidate: isCandidate)
        isCandidate = false
        window.skip(frame.length)
      case .endless(let code):
        try judgeAll()
        isCandidate = try passOver(code)
      }
    }
  }

  /// Takes a frame whose data nobody asked for, without reading them, where the source can go on behind them.
  private func passOverData() throws(BuktiError) -> Bool {
    let offset = window.offset
    let frame = try window.frameWithoutBody { reading(of: $0) == .nothing }
    guard let frame else { return false }
    try take(frame, at: offset)
    return true
  }

  /// Reads on after a frame without an end ([B-DMG-1]); whether a candidate follows.
  private func passOver(_ code: ErrorCode) throws(BuktiError) -> Bool {
    let place = Place(volume: volume, offset: window.offset)
    let gone = try search.run(window, bundleID: bundleID, next: next) { () throws(BuktiError) in
      try pause()
    }
    let finding = Finding(
      gone.isFollowed ? code : .tornTail, record: next, at: place, length: gone.count)
    let entry = findings.add(finding)
    if !gone.isFollowed {
      tornTails.append(
        TornTail(volume: volume, count: gone.count, digest: gone.digest, entry: entry))
    }
    return gone.isFollowed
  }

  /// Reports progress and asks whether to go on.
  func pause() throws(BuktiError) { try pace.pause(earlierBytes + window.taken) }

  /// Whether the tree over the records so far is known, and its root.
  var root: Hash? {
    isLostForGood
      ? lateTree?.root(using: LibcryptoSHA256()) : index.frontier.root(using: LibcryptoSHA256())
  }
}

/// Bytes at the end of a volume that are no frames.
struct TornTail {
  let volume: Int
  let count: UInt64
  let digest: Hash
  let entry: Int?
}
