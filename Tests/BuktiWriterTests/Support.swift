import BuktiFixtures
import BuktiEngines
import BuktiFormat
import BuktiStore
import BuktiTrust
import BuktiVerifier
import Glibc
import Testing

@testable import BuktiWriter

/// Reads records one by one.
func recordReader(_ storage: any Storage) throws(BuktiError) -> RecordReader {
  RecordReader(
    try BundleVolumes([storage]), sha256: LibcryptoSHA256(), deflate: ZlibDeflate())
}

/// Bytes that do not shrink, the same for the same seed.
func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
  var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
  return (0..<count).map { _ in
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return UInt8(truncatingIfNeeded: state >> 32)
  }
}

/// Keeps torn bytes in memory.
final class Drawer: TornKeeper {
  /// By physical offset, of whatever volume.
  private(set) var sides: [UInt64: MemoryStorage] = [:]

  func place(
    for torn: Torn, from offset: UInt64, of volume: Int
  ) throws(BuktiError) -> (any Storage)? {
    if try kept(from: offset, of: volume) == torn { return nil }
    let side = MemoryStorage()
    sides[offset] = side
    return side
  }

  func kept(from offset: UInt64, of volume: Int) throws(BuktiError) -> Torn? {
    sides[offset].map {
      Torn(count: UInt64($0.bytes.count), sha256: LibcryptoSHA256.digest(of: $0.bytes))
    }
  }
}

/// A disk with so much room and no more, on which room can be set aside.
final class SmallDisk: Storage {
  private let inner = MemoryStorage()
  private let capacity: UInt64

  init(_ capacity: UInt64) { self.capacity = capacity }

  var bytes: [UInt8] { inner.bytes }

  func append(_ pieces: [UnsafeRawBufferPointer]) throws(BuktiError) {
    try requireRoom(unsafe pieces.reduce(0) { $0 + UInt64($1.count) })
    unsafe try inner.append(pieces)
  }
  func reserve(_ count: UInt64) throws(BuktiError) { try requireRoom(count) }
  func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(BuktiError) -> Int { unsafe try inner.read(into: buffer, at: offset) }
  func sync() throws(BuktiError) {}
  func size() throws(BuktiError) -> UInt64 { try inner.size() }
  func truncate(to size: UInt64) throws(BuktiError) { try inner.truncate(to: size) }

  private func requireRoom(_ count: UInt64) throws(BuktiError) {
    if try size() + count > capacity { throw BuktiError(.diskFull) }
  }
}

/// The people and keys of the tests; making a key once is enough.
enum Office {
  static let time: Int64 = 1_800_000_000_000_000_000
  static let signer = key("Signer")
  static let second = key("Second")
  static let stranger = key("Stranger")

  private static func key(_ name: String) -> SigningKey {
    guard let key = try? Identity.runKey(IdentitySubject(name: name), now: 1_700_000_000) else {
      preconditionFailure("no key")
    }
    return key
  }

  static var genesis: Genesis {
    Genesis(
      case: Genesis.Case(number: "1/2026"), creator: Person(name: "Examiner"),
      tool: Tool(name: "test", version: "1"), time: Timestamp(instant: time))
  }

  static func session(
    _ keys: [SigningKey] = [Office.signer], needed: UInt64 = 1, digests: [FurtherDigest]? = nil
  ) -> Session {
    let certificates = keys.map(\.certificate.fingerprint)
      .sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    var session = Session(
      who: Person(name: "Examiner"), why: "test", host: BuktiFormat.Host(name: "host"),
      tool: Tool(name: "test", version: "1"), time: Timestamp(instant: time),
      policy: Policy(certificates: certificates, needed: needed))
    session.digests = digests
    return session
  }

  static var options: WriterOptions { WriterOptions { Timestamp(instant: time) } }
}

/// Bytes handed out in pieces of odd sizes, as a pipe does.
final class PieceSource: ByteSource {
  private let bytes: [UInt8]
  private nonisolated(unsafe) var place = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(BuktiError) -> Int {
    let count = min(buffer.count, bytes.count - (unsafe place), 7_001)
    let from = unsafe place
    unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
      .copyBytes(from: bytes[from..<from + count])
    unsafe place += count
    return count
  }
}

extension ItemDescription {
  init(_ name: String, kind: ItemKind = .file) {
    self.init(kind: kind, name: Array(name.utf8))
  }
}

extension Office {
  /// Accepts seals of the one signer.
  static var acceptance: Acceptance {
    var acceptance = Acceptance(time: 1_800_000_000)
    acceptance.ownCertificates = [signer.certificate.fingerprint]
    return acceptance
  }

  static func create(
    _ storage: any Storage, _ options: WriterOptions = Office.options
  ) throws(BuktiError) -> BundleWriter {
    try BundleWriter.create(in: storage, genesis: genesis, session: session(), options: options)
  }

  static func append(
    _ storage: any Storage, _ unsealed: UnsealedDecision = .ask, _ acceptance: Acceptance? = nil,
    torn: any TornKeeper = Drawer(), options: WriterOptions = Office.options
  ) throws(BuktiError) -> BundleWriter {
    try BundleWriter.append(
      to: storage, session: session(), acceptance: acceptance ?? self.acceptance,
      unsealed: unsealed, options: options, tornKeeper: torn)
  }
}

/// The second reader of the format, written from the specification alone.
enum OtherReader {
  private static let program: String = {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return "/" + root + "/spec/verify/bukti-verify"
  }()

  /// Whether it is there to be asked; tests say so when it is not.
  static let isThere = shell("python3 '\(program)' --help > /dev/null 2>&1")

  /// Expects that a bundle is intact, and signed by the one signer if it is sealed.
  static func agrees(
    _ storage: any Storage, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try agrees([storage], sourceLocation: sourceLocation)
  }

  /// Expects the same of a bundle of several volumes.
  static func agrees(
    _ volumes: [any Storage], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    guard isThere else {
      print("skipped: python3 and spec/verify are not there")
      return
    }
    let folder = TemporaryFolder()
    for (number, storage) in volumes.enumerated() {
      let later = BundleVolumes.name(ofVolume: number, beside: Array("b.bukti".utf8)) ?? []
      let name = number == 0 ? "b.bukti" : String(decoding: later, as: UTF8.self)
      try folder.write(name, storage.read(Int(try storage.size()), at: 0))
    }
    let bundle = folder.text + "/b.bukti"
    let out = folder.text + "/out"
    let pins = [Office.signer, Office.second].map { "--pin \($0.certificate.fingerprint.hex)" }
    let line = "python3 '\(program)' verify \(pins.joined(separator: " "))"
    let isRight = shell("\(line) '\(bundle)' > '\(out)' 2>&1")
    if !isRight { shell("cat '\(out)'") }
    #expect(isRight, sourceLocation: sourceLocation)
  }
}

/// Expects that the verifier finds a bundle intact, complete and signed by those who should.
func expectVerified(
  _ storage: any Storage, pins: [SigningKey] = [Office.signer, Office.second],
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  try expectVerified([storage], pins: pins, sourceLocation: sourceLocation)
}

/// Expects the same of a bundle of several volumes.
func expectVerified(
  _ volumes: [any Storage], pins: [SigningKey] = [Office.signer, Office.second],
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  var options = VerificationOptions(time: 1_800_000_000)
  options.pins = Set(pins.map(\.certificate.fingerprint))
  var sources: [PieceSource] = []
  for storage in volumes {
    sources.append(PieceSource(try storage.read(Int(try storage.size()), at: 0)))
  }
  let report = try BundleVerifier(options).verify(volumes: sources)
  for claim: Claim in [.intact, .complete, .signedBy] {
    let holds = report.claims[claim] == .holds
    #expect(holds, "\(report.findings)", sourceLocation: sourceLocation)
  }
}
