/// How much of the data a verifier reads; all other records are always read.
public enum VerificationLevel: String, Sendable, CaseIterable {
  /// No data: headers, chain, tree, what describes the items, and who signed.
  case seals
  /// Stored bytes against their digests; data are not decoded, so that digests of items are not checked.
  case stored
  case full
}

/// A part of the data records, picked by their numbers: the same seed picks the same ones.
public struct DataSample: Sendable, Equatable {
  /// Of all data records, above 0 and up to 100.
  public let percent: Double
  public let seed: UInt64

  public init(percent: Double, seed: UInt64) {
    precondition(percent > 0 && percent <= 100)
    self.percent = percent
    self.seed = seed
  }

  func contains(_ record: UInt64) -> Bool {
    if percent >= 100 { return true }
    // SplitMix64: all bits of seed and number count.
    var word = seed &+ (record &+ 1) &* 0x9E37_79B9_7F4A_7C15
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    word ^= word >> 31
    return Double(word >> 11) < percent / 100 * 0x1p53
  }

  /// The percentage as one writes it.
  var text: String { percent == percent.rounded() ? "\(Int(percent)) %" : "\(percent) %" }
}

/// What a verifier was told to read, and what it left out.
public struct Coverage: Sendable, Equatable {
  public let level: VerificationLevel
  public let sample: DataSample?
  /// Data records whose bytes were not read.
  public internal(set) var recordsNotRead: UInt64 = 0
  /// Their stored bytes.
  public internal(set) var bytesNotRead: UInt64 = 0
  /// Data records whose stored bytes were read and not decoded.
  public internal(set) var recordsNotDecoded: UInt64 = 0
  /// The first of either.
  var first: UInt64?

  init(_ level: VerificationLevel, _ sample: DataSample?) {
    self.level = level
    self.sample = sample
  }

  /// Data records that were left out in one way or the other.
  var count: UInt64 { recordsNotRead + recordsNotDecoded }

  var isAsked: Bool { level != .full || sample != nil }

  /// Whether some data are not read at all.
  var leavesOut: Bool { level == .seals || sample != nil }

  /// What is to be read of a data record.
  func reading(_ number: UInt64) -> FrameReading {
    if level == .seals { return .nothing }
    if let sample, !sample.contains(number) { return .nothing }
    return level == .stored ? .stored : .full
  }

  /// Whether anything was passed over; a sample may be of all, and a bundle without data.
  var leftOut: Bool { recordsNotRead > 0 || recordsNotDecoded > 0 }

  var words: String {
    var text = "level \(level.rawValue)"
    if let sample { text += ", a sample of \(sample.text) with seed \(sample.seed)" }
    guard leftOut else { return text + ": nothing was left out" }
    text += ": \(recordsNotRead) data record(s), \(bytesNotRead) stored bytes, not read"
    return text + ", \(recordsNotDecoded) more read and not decoded"
  }

  var json: JSON {
    .object([
      "level": .string(level.rawValue),
      "sample": sample.map { .string($0.text) } ?? .null,
      "seed": .optional(sample?.seed),
      "records-not-read": .integer(recordsNotRead),
      "bytes-not-read": .integer(bytesNotRead),
      "records-not-decoded": .integer(recordsNotDecoded),
    ])
  }
}
