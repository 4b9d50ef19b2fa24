import Testing
import BuktiFormat
import BuktiStore
import BuktiTrust
import BuktiVerifier
import FoundationEssentials

/// `testvectors/manifest.json`, whose README says what the fields mean.
struct Manifest: Decodable {
  let vectors: [Vector]

  static let folder =
    String(#filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 })
    + "/testvectors/"

  static func load() throws -> Manifest {
    try JSONDecoder().decode(Manifest.self, from: Data(try read("manifest.json")))
  }

  static func read(_ path: String) throws -> [UInt8] {
    let source = try FileDescriptorSource.open(at: Array((folder + path).utf8))
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = try unsafe chunk.withUnsafeMutableBytes { unsafe try source.read(into: $0) }
      if count == 0 { return bytes }
      bytes += chunk[..<count]
    }
  }
}

/// One entry: files, what the verifier is given, and what it must say.
struct Vector: Decodable, Sendable, CustomTestStringConvertible {
  let id: String
  let files: [String]
  let pins: [String]
  let roots: String?
  let receipts: [String]
  let at: String?
  let maxPlain: UInt64?
  let generated: Bool?
  let logKeys: [String]?
  let witnessKeys: [String]?
  let expect: Expectation

  var testDescription: String { id }

  enum CodingKeys: String, CodingKey {
    case id, files, pins, roots, receipts, at, generated, expect
    case maxPlain = "max-plain"
    case logKeys = "log-keys"
    case witnessKeys = "witness-keys"
  }

  struct Expectation: Decodable, Sendable {
    let refused: String?
    let claims: [String: String]?
    let findings: [ExpectedFinding]?
    let seals: [ExpectedSeal]?
    let items: [String: ExpectedItem]?
    let logProofs: [ExpectedLogProof]?

    enum CodingKeys: String, CodingKey {
      case refused, claims, findings, seals, items
      case logProofs = "log-proofs"
    }
  }
}

struct ExpectedFinding: Decodable, Sendable, Equatable {
  let code: String
  let record: UInt64?
  let volume: UInt64?
  let offset: UInt64?
  let length: UInt64?
  let item: UInt64?
}

struct ExpectedSeal: Decodable, Sendable, Equatable {
  let record: UInt64
  let size: UInt64
  let root: String?
  let status: String
}

struct ExpectedItem: Decodable, Sendable, Equatable {
  let sha256: String
  let size: UInt64
}

struct ExpectedLogProof: Decodable, Sendable, Equatable {
  struct Signature: Decodable, Sendable, Equatable {
    let name: String
    let key: String
    let role: String
    let mathematics: String
    let time: UInt64?
  }

  let record: UInt64
  let seal: UInt64
  let outcome: String
  let origin: String?
  let index: UInt64?
  let size: UInt64?
  let root: String?
  let signatures: [Signature]
}

extension Vector {
  func options() throws -> VerificationOptions {
    // Certificates of the vectors are valid from 2020 to 2119.
    var options = VerificationOptions(time: 1_709_294_400)
    if let at { options.time = Int64(try Date(at, strategy: .iso8601).timeIntervalSince1970) }
    options.pins = Set(pins.compactMap { Hex.decode($0.utf8).flatMap { Hash(bytes: $0) } })
    if let roots { options.roots = try Certificate.all(in: Manifest.read(roots)) }
    options.receipts = try receipts.map { try Checkpoint(receipt: Manifest.read($0)) }
    for key in logKeys ?? [] { try options.logKeys.add(log: Array(key.utf8)) }
    for key in witnessKeys ?? [] { try options.logKeys.add(witness: Array(key.utf8)) }
    if let maxPlain { options.maxPlain = maxPlain }
    return options
  }

  /// Where its files are: the large ones are made on demand.
  var folder: String { generated == true ? "build/" : "" }

  /// Verifies the files as they lie there.
  func verify(_ change: (inout VerificationOptions) -> Void = { _ in }) throws -> Report {
    let sources = try files.map { path -> any ByteSource in
      try FileDescriptorSource.open(at: Array((Manifest.folder + folder + path).utf8))
    }
    var options = try options()
    change(&options)
    return try BundleVerifier(options).verify(volumes: sources)
  }
}
