import BuktiFormat
import BuktiStore
import BuktiTrust
import BuktiVerifier
import FoundationEssentials
import Testing

/// Every proof of `testvectors/proofs.json` through the public interface.
@Suite struct ProofTests {
  static let vectors = (try? ProofManifest.load().vectors) ?? []

  @Test func manifestIsThere() { #expect(Self.vectors.count > 100) }

  @Test(arguments: vectors) func saysWhatTheManifestSays(_ vector: ProofVector) throws {
    if let refused = vector.expect.refused {
      let error = #expect(throws: BuktiError.self) { try vector.verify() }
      #expect(error?.code.rawValue == refused)
      return
    }
    let collected = CollectedRange()
    let report = try vector.verify(collected)
    let findings = report.findings.map {
      ExpectedProofFinding(code: $0.code.rawValue, record: $0.record)
    }
    #expect(findings == vector.expect.findings)
    let claims = report.claims.map { ($0.rawValue, $1.rawValue) }
    #expect(Dictionary(uniqueKeysWithValues: claims) == vector.expect.claims)
    let subject = report.subject
    #expect(subject.map { ExpectedBundle($0) } == vector.expect.bundle)
    #expect(subject.map { ExpectedProofItem($0) } == vector.expect.item)
    #expect(subject.flatMap { ExpectedRange($0) } == vector.expect.range)
    if let range = vector.expect.range { #expect(UInt64(collected.count) == range.length) }
  }

  /// Whatever is done to a proof: an answer or a refusal, never a trap.
  @Test func damagedProofsAreAnswered() throws {
    var chance = SplitMix(7)
    let valid = Self.vectors.filter { $0.id.contains("/valid_") }
    for _ in 0..<600 {
      let vector = try #require(valid.randomElement(using: &chance))
      var bytes = try Manifest.read(vector.file)
      for _ in 0..<Int.random(in: 1...3, using: &chance) {
        let place = Int.random(in: 0..<bytes.count, using: &chance)
        switch Int.random(in: 0..<3, using: &chance) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &chance)
        case 1: bytes.removeSubrange(place..<min(bytes.count, place + 20))
        default: bytes.insert(contentsOf: bytes[..<min(9, place)], at: place)
        }
        if bytes.isEmpty { break }
      }
      do {
        _ = try vector.verify(bytes)
      } catch let error as BuktiError {
        #expect(error.code.claim == .intact || error.code.rawValue.hasPrefix("proof-"), "\(error)")
      }
    }
  }
}

/// A source of chance that is the same each time.
private struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

private final class CollectedRange: ProofSink {
  private(set) var count = 0

  func take(_ part: RawSpan) throws(BuktiError) { count += part.byteCount }
}

/// Bytes in memory as a source.
private final class MemorySource: ByteSource, @unchecked Sendable {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(BuktiError) -> Int {
    let part = rest.prefix(buffer.count)
    unsafe buffer.copyBytes(from: part)
    rest = rest.dropFirst(part.count)
    return part.count
  }
}

struct ProofManifest: Decodable {
  let vectors: [ProofVector]

  static func load() throws -> ProofManifest {
    try JSONDecoder().decode(ProofManifest.self, from: Data(try Manifest.read("proofs.json")))
  }
}

struct ProofVector: Decodable, Sendable, CustomTestStringConvertible {
  let id: String
  let file: String
  let pins: [String]
  let roots: String?
  let receipts: [String]
  let content: String?
  let expect: Expectation

  var testDescription: String { id }

  struct Expectation: Decodable, Sendable {
    let refused: String?
    let claims: [String: String]?
    let findings: [ExpectedProofFinding]?
    let bundle: ExpectedBundle?
    let item: ExpectedProofItem?
    let range: ExpectedRange?
  }

  func verify(_ sink: (any ProofSink)? = nil) throws -> ProofReport {
    try verify(Manifest.read(file), sink)
  }

  func verify(_ bytes: [UInt8], _ sink: (any ProofSink)? = nil) throws -> ProofReport {
    var options = VerificationOptions(time: 1_709_294_400)
    options.pins = Set(pins.compactMap { Hex.decode($0.utf8).flatMap { Hash(bytes: $0) } })
    if let roots { options.roots = try Certificate.all(in: Manifest.read(roots)) }
    options.receipts = try receipts.map { try Checkpoint(receipt: Manifest.read($0)) }
    let beside = try content.map { MemorySource(try Manifest.read($0)) }
    return try ProofVerifier(options).verify(MemorySource(bytes), content: beside, range: sink)
  }
}

struct ExpectedProofFinding: Decodable, Sendable, Equatable {
  let code: String
  let record: UInt64?
}

struct ExpectedBundle: Decodable, Sendable, Equatable {
  let id: String
  let records: UInt64
  let root: String

  init(_ subject: ProofSubject) {
    id = subject.bundleID.uuid
    records = subject.records
    root = subject.root.hex
  }
}

struct ExpectedProofItem: Decodable, Sendable, Equatable {
  let record: UInt64
  let id: UInt64
  let size: UInt64?
  let sha256: String?

  init(_ subject: ProofSubject) {
    record = subject.itemRecord
    id = subject.itemID
    size = subject.item?.size
    sha256 = subject.item?.digests?.sha256.hex
  }
}

struct ExpectedRange: Decodable, Sendable, Equatable {
  let offset: UInt64
  let length: UInt64
  let frames: UInt64
  let sha256: String

  init?(_ subject: ProofSubject) {
    guard let range = subject.range, let sha256 = subject.rangeSHA256 else { return nil }
    offset = range.offset
    length = range.length
    frames = range.frames
    self.sha256 = sha256.hex
  }
}
