import BuktiEngines
public import BuktiFormat

/// Takes the bytes of a proof's range as they are read; they count once the report says so.
public protocol ProofSink: AnyObject {
  /// Takes the next bytes; what it throws ends the verification.
  func take(_ part: RawSpan) throws(BuktiError)
}

/// The frames of a range ([B-PRF-5]), read one after the other.
struct ProofFrames {
  private let item: Core
  private let content: Item?
  private let shown: Set<UInt64>
  let range: ProofRange?
  /// The record that is being judged.
  private(set) var record: UInt64?
  /// In the order of their numbers.
  private(set) var leaves: [TreeLeaf] = []
  private(set) var firstGap: UInt64?
  /// Of the bytes of the range.
  private(set) var sha256: Hash?

  init(of item: Core, item content: Item?, shown: Set<UInt64>, range: ProofRange?) {
    self.item = item
    self.content = content
    self.shown = shown
    self.range = range
    record = range == nil ? nil : item.number
  }

  mutating func read(_ stream: ProofStream, _ sink: (any ProofSink)?) throws(BuktiError) {
    guard let range else { return }
    guard let content else { throw BuktiError(.proofRecord, "The item record is withheld.") }
    let (end, overflow) = range.offset.addingReportingOverflow(range.length)
    guard !overflow, end <= content.size else {
      throw BuktiError(.proofRange, "The item has \(content.size) bytes.")
    }
    let deflate = FastDeflate()
    let digest = LibcryptoSHA256().start()
    var place: UInt64?
    for _ in 0..<range.frames {
      let bytes = try stream.take(Core.size)
      let core = try Core(decoding: bytes.span)
      record = core.shownNumber
      try check(core)
      // Check 12 bounds the stored length.
      let payload = try stream.take(Int(core.storedLength))
      let plain = try core.plain(of: payload, deflate)
      var size = UInt64(plain.count)
      if core.type == .gap {
        size = try Gap(plain: plain.span).length
        firstGap = firstGap ?? core.number
      }
      guard place.map({ core.offset == $0 && $0 < end }) ?? (core.offset <= range.offset) else {
        throw BuktiError(.proofRange, "The frames do not follow each other in the range.")
      }
      let until = core.offset + size  // both are below 2^63
      let wanted =
        max(
          range.offset, core.offset)..<max(
          max(range.offset, core.offset), min(end, until))
      try give(
        wanted, of: core, core.type == .gap ? nil : plain, to: digest, sink)
      place = until
      leaves.append(TreeLeaf(core.number, LibcryptoSHA256().recordHash(core)))
    }
    guard let place, place >= end else {
      throw BuktiError(.proofRange, "The frames end before the range.")
    }
    try stream.end()
    sha256 = digest.digest()
  }

  private func check(_ core: Core) throws(BuktiError) {
    try core.check()
    let follows = leaves.last.map { $0.number < core.number } ?? true
    guard [.data, .gap].contains(core.type), core.itemID == item.itemID, follows,
      core.number < item.number, !shown.contains(core.number)
    else { throw BuktiError(.proofFrame) }
    guard core.bundleID == item.bundleID else { throw BuktiError(.coreBundleID) }
  }

  /// Hands over a part of a frame, of a gap zeros.
  private func give(
    _ wanted: Range<UInt64>, of core: Core, _ plain: [UInt8]?, to digest: any SHA256State,
    _ sink: (any ProofSink)?
  ) throws(BuktiError) {
    if let plain {
      guard !wanted.isEmpty else { return }
      let part = Int(wanted.lowerBound - core.offset)..<Int(wanted.upperBound - core.offset)
      let bytes = plain.span.extracting(part).raw
      digest.update(bytes)
      try sink?.take(bytes)
      return
    }
    let zeros = [UInt8](repeating: 0, count: 1 << 16)
    var rest = wanted.upperBound - wanted.lowerBound
    while rest > 0 {
      let count = Int(min(rest, UInt64(zeros.count)))
      let bytes = zeros.span.extracting(first: count).raw
      digest.update(bytes)
      try sink?.take(bytes)
      rest -= UInt64(count)
    }
  }
}
